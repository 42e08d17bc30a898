"""A contact table, the matching ActiveCampaign fields, and Ada's row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mapping.columns import Column, ColumnType, Option
from mapping.compiled import CompiledMapping, compile_mapping
from mapping.fields import Field, account_fields, contact_fields

ADA = "a1b2c3d4-0000-4000-8000-000000000001"
CONTOSO = "7d5c1f2e-0000-4000-8000-000000000001"
EURO = "0c110000-0000-4000-8000-000000000001"

SOURCES = ("Advertisement", "Web", "Trade Show")
INTERESTS = ("Engines", "Poetry", "Music")


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(value, label) for value, label in enumerate(labels, start=1))


def table(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


def text_columns(*names: str) -> list[Column]:
    return [Column(name, name.title(), ColumnType.STRING) for name in names]


@pytest.fixture
def columns() -> dict[str, Column]:
    """Of contact: the standard ones, one of each other type, and what the sync always looks at."""
    address = ("address1_line1", "address1_city", "address1_stateorprovince", "address1_postalcode", "address1_country")
    return table(
        *text_columns("emailaddress1", "firstname", "telephone1", "jobtitle", "mobilephone", "websiteurl", *address),
        Column("lastname", "Last Name", ColumnType.STRING, required=True),
        Column("parentcustomerid", "Company", ColumnType.CUSTOMER, targets=("account", "contact")),
        Column("ownerid", "Owner", ColumnType.OWNER, targets=("systemuser", "team")),
        Column("description", "Description", ColumnType.MEMO),
        Column("numberofchildren", "Children", ColumnType.INTEGER),
        Column("new_score", "Score", ColumnType.DECIMAL, precision=2),
        Column("annualincome", "Income", ColumnType.MONEY, precision=2, secured=True),
        Column("creditonhold", "Credit Hold", ColumnType.BOOLEAN, options=(Option(1, "Yes"), Option(0, "No"))),
        Column("leadsourcecode", "Lead Source", ColumnType.PICKLIST, options=options(*SOURCES)),
        Column("new_interests", "Interests", ColumnType.MULTI_PICKLIST, options=options(*INTERESTS)),
        Column("birthdate", "Birthday", ColumnType.DATE),
        Column("lastusedincampaign", "Last Campaign", ColumnType.DATETIME_AS_DATE),
        Column("modifiedon", "Modified", ColumnType.DATETIME, updatable=False),
        Column("statecode", "Status", ColumnType.STATE, options=(Option(0, "Active"), Option(1, "Inactive"))),
        Column("statuscode", "Reason", ColumnType.STATUS, options=options("Active", "Inactive")),
        Column("donotbulkemail", "No Bulk E-mail", ColumnType.BOOLEAN),
        Column("masterid", "Master", ColumnType.LOOKUP, targets=("contact",)),
        Column("merged", "Merged", ColumnType.BOOLEAN),
        Column("originatingleadid", "Lead", ColumnType.LOOKUP, targets=("lead",)),
        Column("transactioncurrencyid", "Currency", ColumnType.LOOKUP, targets=("transactioncurrency",)),
    )


CONTACT_FIELDS = (
    ("JOB_TITLE", "text", ()),
    ("CITY", "text", ()),
    ("NOTES", "textarea", ()),
    ("LEAD_SOURCE", "dropdown", SOURCES),
    ("INTERESTS", "listbox", INTERESTS),
    ("BIRTHDAY", "date", ()),
    ("LAST_SEEN", "datetime", ()),
    ("CHILDREN", "number", ()),
    ("ON_HOLD", "checkbox", ("true",)),
    ("OWNER", "text", ()),
)


@pytest.fixture
def fields() -> dict[str, Field]:
    """Of contacts: ids from 1 in the order above."""
    rows = [{"id": str(place), "title": key.title(), "type": kind, "perstag": key} for place, (key, kind, _) in every()]
    found = [{"field": str(place), "value": option} for place, (_, _, choices) in every() for option in choices]
    return contact_fields({"fields": rows, "fieldOptions": found})


def every() -> list[tuple[int, tuple[str, str, tuple[str, ...]]]]:
    return list(enumerate(CONTACT_FIELDS, start=1))


@pytest.fixture
def company_columns() -> dict[str, Column]:
    """Of account."""
    return table(
        *text_columns("name", "websiteurl", "telephone1"),
        Column("numberofemployees", "Employees", ColumnType.INTEGER),
        Column("revenue", "Revenue", ColumnType.MONEY, precision=2),
        Column("new_markets", "Markets", ColumnType.MULTI_PICKLIST, options=options("EMEA", "APAC")),
        Column("transactioncurrencyid", "Currency", ColumnType.LOOKUP, targets=("transactioncurrency",)),
    )


@pytest.fixture
def company_fields() -> dict[str, Field]:
    """Of accounts."""
    currency = {"id": 20, "fieldLabel": "Annual Revenue", "fieldType": "currency", "fieldDefaultCurrency": "usd"}
    return account_fields(
        [
            {"id": "9", "fieldLabel": "Number of Employees", "fieldType": "number"},
            {"id": 11, "fieldLabel": "Markets", "fieldType": "multiselect", "fieldOptions": ["EMEA", "APAC"]},
            currency,
        ]
    )


Compile = Callable[..., CompiledMapping]


@pytest.fixture
def compiled(columns: dict[str, Column], fields: dict[str, Field]) -> Compile:
    """Compiles a contact mapping: own mappings as (column, field) or dicts; said: further settings of the entity."""

    def build(
        *own: Any, standard: dict[str, Any] | None = None, said: dict[str, Any] | None = None, **options: Any
    ) -> CompiledMapping:
        entries = [
            entry if isinstance(entry, dict) else {"dynamics": entry[0], "activecampaign": entry[1]} for entry in own
        ]
        settings = {"fields": entries, "standard": standard or {}, **(said or {})}
        arguments = {"version": 3, "zone": "UTC", "columns": columns, "fields": fields, **options}
        return compile_mapping("contact", settings, **arguments)

    return build


@pytest.fixture
def ada() -> dict[str, Any]:
    """Ada's row as the Web API sends it."""
    return {
        "contactid": ADA,
        "emailaddress1": " Ada@Contoso.example ",
        "firstname": "Ada",
        "lastname": "Byron",
        "telephone1": "+44 20 7946 0958",
        "jobtitle": "Analyst",
        "_parentcustomerid_value": CONTOSO.upper(),
        "leadsourcecode": 2,
        "new_interests": "2,1",
    }
