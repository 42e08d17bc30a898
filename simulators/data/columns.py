"""Columns of the four tables as Microsoft's generated table references and the CDM definitions describe them.

Lengths are in characters. Choice columns list every value of the standard option sets.
"""

from __future__ import annotations

_ADDRESS = {
    "address1_line1": 250,
    "address1_line2": 250,
    "address1_city": 80,
    "address1_stateorprovince": 50,
    "address1_county": 50,
    "address1_country": 80,
    "address1_postalcode": 20,
}

_PERSON = {
    "firstname": 50,
    "lastname": 50,
    "salutation": 100,
    "jobtitle": 100,
    "emailaddress1": 100,
    "telephone1": 50,
    "websiteurl": 200,
    "description": 2000,
    **_ADDRESS,
}

LENGTHS = {
    "account": {
        "name": 160,
        "accountnumber": 20,
        "emailaddress1": 100,
        "telephone1": 50,
        "websiteurl": 200,
        "description": 2000,
        **_ADDRESS,
    },
    "contact": {**_PERSON, "mobilephone": 50, "department": 100},
    "lead": {**_PERSON, "mobilephone": 20, "companyname": 100, "subject": 300, "qualificationcomments": 2000},
    "opportunity": {"name": 300, "stepname": 200, "description": 2000, "customerneed": 2000},
}
"""The longest text that each column takes: Dynamics never holds a longer one."""

INDUSTRIES = (
    "Accounting",
    "Agriculture and Non-petrol Natural Resource Extraction",
    "Broadcasting Printing and Publishing",
    "Brokers",
    "Building Supply Retail",
    "Business Services",
    "Consulting",
    "Consumer Services",
    "Design, Direction and Creative Management",
    "Distributors, Dispatchers and Processors",
    "Doctor's Offices and Clinics",
    "Durable Manufacturing",
    "Eating and Drinking Places",
    "Entertainment Retail",
    "Equipment Rental and Leasing",
    "Financial",
    "Food and Tobacco Processing",
    "Inbound Capital Intensive Processing",
    "Inbound Repair and Services",
    "Insurance",
    "Legal Services",
    "Non-Durable Merchandise Retail",
    "Outbound Consumer Service",
    "Petrochemical Extraction and Distribution",
    "Service Retail",
    "SIG Affiliations",
    "Social Services",
    "Special Outbound Trade Contractors",
    "Specialty Realty",
    "Transportation",
    "Utility Creation and Distribution",
    "Vehicle Retail",
    "Wholesale",
)
"""Labels of industrycode; the value of the first is 1."""


def _values(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


CHOICES: dict[str, dict[str, tuple[int, ...]]] = {
    "account": {
        "industrycode": _values(1, 33),
        "customertypecode": _values(1, 12),
        "accountcategorycode": (1, 2),
        "accountratingcode": (1,),
        "accountclassificationcode": (1,),
        "businesstypecode": (1,),
        "ownershipcode": _values(1, 4),
        "preferredcontactmethodcode": _values(1, 5),
        "paymenttermscode": _values(1, 4),
    },
    "contact": {
        "gendercode": (1, 2),
        "familystatuscode": _values(1, 4),
        "accountrolecode": _values(1, 3),
        "customertypecode": (1,),
        "leadsourcecode": (1,),
        "haschildrencode": (1,),
        "educationcode": (1,),
        "customersizecode": (1,),
        "shippingmethodcode": (1,),
        "territorycode": (1,),
        "preferredcontactmethodcode": _values(1, 5),
    },
    "lead": {
        "industrycode": _values(1, 33),
        "leadsourcecode": _values(1, 10),
        "leadqualitycode": _values(1, 3),
        "preferredcontactmethodcode": _values(1, 5),
        "budgetstatus": _values(0, 3),
        "purchasetimeframe": _values(0, 4),
        "purchaseprocess": _values(0, 2),
        "need": _values(0, 3),
        "initialcommunication": (0, 1),
        "salesstage": (0,),
        "salesstagecode": (1,),
        "prioritycode": (1,),
    },
    "opportunity": {
        "opportunityratingcode": _values(1, 3),
        "budgetstatus": _values(0, 3),
        "purchasetimeframe": _values(0, 4),
        "purchaseprocess": _values(0, 2),
        "need": _values(0, 3),
        "timeline": _values(0, 4),
        "salesstage": _values(0, 3),
        "salesstagecode": (1,),
        "prioritycode": (1,),
    },
}

STATES: dict[str, tuple[tuple[int, int], ...]] = {
    "account": ((0, 1), (1, 2)),
    "contact": ((0, 1), (1, 2)),
    "lead": ((0, 1), (0, 2), (1, 3), (2, 4), (2, 5), (2, 6), (2, 7)),
    "opportunity": ((0, 1), (0, 2), (1, 3), (2, 4), (2, 5)),
}
"""Pairs of statecode and statuscode that are valid together, the one of a new row first."""


def cut(table: str, column: str, text: str) -> str:
    """The text as far as the column takes it."""
    return text[: LENGTHS[table][column]]
