"""The standard mappings, as data. A fixed one has no switch and can't be replaced (decision Q7).

Facts: help.activecampaign.com, article 360017526240, names e-mail and account as fixed; the list is ac365's choice.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standard:
    """One mapping that comes ready-made. dynamics: logical name; activecampaign: key of the field."""

    dynamics: str
    activecampaign: str
    fixed: bool = False


def _person(parent: str) -> tuple[Standard, ...]:
    return (
        Standard("emailaddress1", "email", fixed=True),
        Standard("firstname", "firstName"),
        Standard("lastname", "lastName"),
        Standard("telephone1", "phone"),
        Standard(parent, "account", fixed=True),
        Standard("jobtitle", "JOB_TITLE"),
        Standard("mobilephone", "MOBILE_PHONE"),
        Standard("address1_line1", "ADDRESS"),
        Standard("address1_city", "CITY"),
        Standard("address1_stateorprovince", "STATE"),
        Standard("address1_postalcode", "POSTAL_CODE"),
        Standard("address1_country", "COUNTRY"),
        Standard("websiteurl", "WEBSITE"),
    )


_ACCOUNT = (
    Standard("name", "name", fixed=True),
    Standard("websiteurl", "accountUrl"),
    Standard("telephone1", "Phone Number"),
    Standard("description", "Description"),
    Standard("address1_line1", "Address 1"),
    Standard("address1_line2", "Address 2"),
    Standard("address1_city", "City"),
    Standard("address1_stateorprovince", "State/Province"),
    Standard("address1_postalcode", "Postal Code"),
    Standard("address1_country", "Country"),
    Standard("numberofemployees", "Number of Employees"),
    Standard("revenue", "Annual Revenue"),
    Standard("industrycode", "Industry/Vertical"),
)

STANDARD: dict[str, tuple[Standard, ...]] = {
    "account": _ACCOUNT,
    "contact": _person("parentcustomerid"),
    "lead": (
        *_person("parentaccountid"),
        Standard("companyname", "COMPANY"),
        Standard("leadsourcecode", "LEAD_SOURCE"),
    ),
    "opportunity": (
        Standard("name", "topic"),
        Standard("estimatedvalue", "estimated-revenue"),
        Standard("estimatedclosedate", "estimated-close-date"),
        Standard("actualvalue", "actual-revenue"),
        Standard("actualclosedate", "actual-close-date"),
        Standard("stage", "stage"),
        Standard("statecode", "status"),
        Standard("currency", "currency"),
        Standard("closeprobability", "probability"),
        Standard("ownerid", "owner"),
        Standard("link", "dynamics-link"),
        Standard("createdon", "created-on"),
        Standard("modifiedon", "modified-on"),
    ),
}

PRIMARY_KEYS = {"account": "accountid", "contact": "contactid", "lead": "leadid", "opportunity": "opportunityid"}
PEOPLE = ("contact", "lead")

DEFAULTS: dict[str, dict[str, str]] = {
    "account": {},
    "contact": {"lastname": "{{email}}"},
    "lead": {"subject": "From ActiveCampaign: {{firstName}} {{lastName}}", "lastname": "{{email}}"},
    "opportunity": {},
}
"""What fills columns that Dynamics wants on a new record and ActiveCampaign may not have (decision Q24)."""
