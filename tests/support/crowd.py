"""People and companies in number, for runs that take long enough to be disturbed."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics


def id_of(table: str, number: int) -> str:
    """The id of a record of the crowd, the same in every run."""
    return str(UUID(int=(ord(table[0]) << 96) + number * 7919 + 1, version=4))


def address(table: str, number: int) -> str:
    return f"{table}.{number}@contoso.example"


def gather(crm: Dynamics, accounts: int = 0, contacts: int = 0, leads: int = 0) -> None:
    """Fills Dynamics: contacts and leads belong to the accounts in turn, and everybody has an address of their own."""
    crm.load("account", [{"accountid": id_of("account", n), "name": f"Company {n}"} for n in range(accounts)])
    crm.load("contact", [_person("contact", n, accounts) for n in range(contacts)])
    crm.load("lead", [_person("lead", n, accounts) | {"subject": "Web"} for n in range(leads)])


def _person(table: str, number: int, accounts: int) -> dict[str, Any]:
    row = {f"{table}id": id_of(table, number), "lastname": f"Person {number}", "emailaddress1": address(table, number)}
    if not accounts:
        return row
    company = id_of("account", number % accounts)
    if table == "contact":
        return row | {"_parentcustomerid_value": company, "parentcustomerid_type": "account"}
    return row | {"_parentaccountid_value": company}


def census(ac: ActiveCampaign) -> dict[str, int]:
    """How many contacts, accounts and associations ActiveCampaign holds, and how many accounts share a name."""
    ac.settle()
    with ac.lock:
        names = Counter(row["name"] for row in ac.accounts.rows.values())
        return {
            "contacts": len(ac.contacts),
            "accounts": len(ac.accounts.rows),
            "associations": len(ac.links.rows),
            "twins": sum(count - 1 for count in names.values()),
        }
