"""Names of the tables in Dataverse. Source: MicrosoftDocs/dynamics-365-customer-engagement, table references.

Of connections: MicrosoftDocs/powerapps-docs, and learn.microsoft.com/dynamics365/developer/reference/entities.
"""

from __future__ import annotations

from dataclasses import dataclass

from sync.model import Entity


@dataclass(frozen=True, slots=True)
class TableFacts:
    """logical: name in metadata; entity_set: name in URLs; key and primary_name: columns."""

    logical: str
    entity_set: str
    key: str
    primary_name: str


FACTS = {
    Entity.ACCOUNT: TableFacts("account", "accounts", "accountid", "name"),
    Entity.CONTACT: TableFacts("contact", "contacts", "contactid", "fullname"),
    Entity.LEAD: TableFacts("lead", "leads", "leadid", "fullname"),
    Entity.OPPORTUNITY: TableFacts("opportunity", "opportunities", "opportunityid", "name"),
}

# Lookups that point to one of several tables: without an annotation nobody knows to which.
POLYMORPHIC = ("_parentcustomerid_value", "_customerid_value")

# Beside the opportunities: instances of their business process, and connections. Entity set and key.
PROCESSES = ("opportunitysalesprocesses", "businessprocessflowinstanceid")
CONNECTIONS = ("connections", "connectionid")
ENDS = ("_record1id_value", "_record2id_value", "createdon")
BETWEEN = "record1objecttypecode eq 3 and record2objecttypecode eq 2"
"""The $filter for connections from opportunities to contacts, one direction of each."""
OF_STAKEHOLDERS = f"{BETWEEN} and record2roleid/category eq 1000"

# Tables of ac365's own: what people ask for on the form, and what they may pick there.
REQUESTS = TableFacts("ac365_request", "ac365_requests", "ac365_requestid", "ac365_name")
CHOICES = TableFacts("ac365_choice", "ac365_choices", "ac365_choiceid", "ac365_name")

BY_SET = {facts.entity_set: facts for facts in (*FACTS.values(), REQUESTS, CHOICES)}
