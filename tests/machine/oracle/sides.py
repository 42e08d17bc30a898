"""What both services hold at one moment, in the words of the oracle. Read from the simulators' own state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from simulators.activecampaign.model.contacts import Contact as Row
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import CLIENT_ID, Dynamics

PERSON_FIELDS = {
    "firstname": "first name",
    "lastname": "last name",
    "telephone1": "phone",
    "jobtitle": "JOB_TITLE",
    "mobilephone": "MOBILE_PHONE",
    "address1_line1": "ADDRESS",
    "address1_city": "CITY",
    "address1_stateorprovince": "STATE",
    "address1_postalcode": "POSTAL_CODE",
    "address1_country": "COUNTRY",
    "websiteurl": "WEBSITE",
}
"""Column of Dynamics -> field of ActiveCampaign, for contacts and leads."""
LEAD_FIELDS = {**PERSON_FIELDS, "companyname": "COMPANY", "leadsourcecode": "LEAD_SOURCE"}
COMPANY_FIELDS = {"telephone1": "Phone Number", "address1_city": "City", "description": "Description"}
CARRIER = "D365 Account Id"
"""The field of an ActiveCampaign account that says which Dynamics account it stands for."""

Key: TypeAlias = tuple[str, str]
"""Table and id of a person's record in Dynamics."""


@dataclass(frozen=True)
class Person:
    """A contact or a lead in Dynamics. values: texts by ActiveCampaign's names, "" for nothing."""

    table: str
    id: str
    address: str
    active: bool
    merged: bool
    qualified: bool
    modified_on: str
    values: dict[str, str]
    company: str | None
    no_bulk_mail: bool
    no_mail: bool
    made_by_ac365: bool

    @property
    def key(self) -> Key:
        return (self.table, self.id)

    def __str__(self) -> str:
        return f"{self.table} {self.id[-4:]} ({self.address or 'no address'})"


@dataclass(frozen=True)
class Contact:
    """A contact in ActiveCampaign. lists: state by list, 1 subscribed, 2 unsubscribed, 3 unconfirmed."""

    id: int
    address: str
    values: dict[str, str]
    tags: frozenset[str]
    lists: dict[int, int]
    company: int | None

    @property
    def active(self) -> bool:
        """Whether it may receive mail from any list."""
        return any(status in (1, 3) for status in self.lists.values())

    def __str__(self) -> str:
        return f"AC contact {self.id} ({self.address})"


@dataclass(frozen=True)
class Company:
    """An account of either service. carries: the Dynamics id that an ActiveCampaign account bears."""

    id: str
    name: str
    values: dict[str, str]
    carries: str = ""


@dataclass
class Sides:
    """Everything at once."""

    people: list[Person] = field(default_factory=list)
    contacts: dict[int, Contact] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    accounts: dict[int, Company] = field(default_factory=dict)

    def person(self, key: Key) -> Person | None:
        return next((person for person in self.people if person.key == key), None)

    def contact_at(self, address: str) -> Contact | None:
        return next((contact for contact in self.contacts.values() if contact.address == address), None)

    def account_for(self, company: str) -> int | None:
        """The ActiveCampaign account that carries the id of this Dynamics account."""
        return next((number for number, account in self.accounts.items() if account.carries == company), None)

    def company_of(self, contact: Contact) -> str | None:
        """The Dynamics account that a contact's ActiveCampaign account stands for."""
        account = self.accounts.get(contact.company or 0)
        return account.carries if account and account.carries in self.companies else None


def look(crm: Dynamics, ac: ActiveCampaign) -> Sides:
    """Reads both services."""
    ac.settle()
    with ac.lock:
        contacts = {row.id: as_contact(ac, row) for row in ac.contacts.rows.values()}
        accounts = {row["id"]: as_account(ac, row) for row in ac.accounts}
    return Sides(
        [as_person(crm, table, row) for table in ("contact", "lead") for row in rows(crm, table)],
        contacts,
        {row["accountid"]: as_company(row) for row in rows(crm, "account") if row["statecode"] == 0},
        accounts,
    )


def rows(crm: Dynamics, table: str) -> list[dict[str, Any]]:
    """All rows of a table in the order in which they were made."""
    names = [column.name for column in crm.catalog.tables[table].columns.values() if column.stored]
    key = crm.catalog.tables[table].key
    listed = ", ".join(f'"{name}"' for name in dict.fromkeys([key, *names]))
    with crm.storage.read() as session:
        found = session.rows(f'SELECT {listed} FROM "{table}" ORDER BY rowid')
    return [dict(zip(dict.fromkeys([key, *names]), row, strict=True)) for row in found]


def as_person(crm: Dynamics, table: str, row: dict[str, Any]) -> Person:
    fields = LEAD_FIELDS if table == "lead" else PERSON_FIELDS
    shown = {**row, "leadsourcecode": _label(crm, table, row.get("leadsourcecode"))}
    return Person(
        table,
        row[f"{table}id"],
        (row["emailaddress1"] or "").strip().lower(),
        row["statecode"] == 0,
        bool(row["merged"]),
        table == "lead" and row["statecode"] == 1,
        row["modifiedon"],
        {name: shown[column] or "" for column, name in fields.items()},
        row["parentcustomerid" if table == "contact" else "parentaccountid"],
        bool(row["donotbulkemail"]),
        bool(row["donotemail"]),
        row["createdby"] == integration(crm),
    )


def integration(crm: Dynamics) -> str:
    """The user that ac365 signs in as."""
    with crm.storage.read() as session:
        return str(session.value("SELECT systemuserid FROM systemuser WHERE applicationid = ?", (CLIENT_ID,)))


def _label(crm: Dynamics, table: str, value: int | None) -> str:
    options = crm.catalog.tables[table].columns["leadsourcecode"].options
    return next((option.label for option in options if option.value == value), "")


def as_company(row: dict[str, Any]) -> Company:
    return Company(row["accountid"], row["name"], {name: row[column] or "" for column, name in COMPANY_FIELDS.items()})


def as_contact(ac: ActiveCampaign, row: Row) -> Contact:
    own = {"first name": row.first, "last name": row.last, "phone": row.phone}
    custom = {ac.fields.rows[number]["perstag"]: value[1] for number, value in row.values.items()}
    link = ac.links.get(row.account)
    tags = frozenset(ac.tags.rows[number]["tag"] for number in row.tags)
    lists = {number: membership.status for number, membership in row.lists.items()}
    return Contact(row.id, row.email.strip().lower(), own | custom, tags, lists, link["account"] if link else None)


def as_account(ac: ActiveCampaign, row: dict[str, Any]) -> Company:
    values = {
        ac.account_fields.rows[number]["fieldLabel"]: str(ac.account_values.rows[value]["value"] or "")
        for number, value in row["values"].items()
    }
    return Company(str(row["id"]), row["name"], values, values.get(CARRIER, "").lower())
