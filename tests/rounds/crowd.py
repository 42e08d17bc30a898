"""Who is there when a round begins: a dozen accounts, a few dozen people on either side, some opportunities."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

COMPANIES, CONTACTS, LEADS, THERE, DEALS = 12, 22, 8, 8, 6
TITLES = ("Engineer", "Countess", "Programmer", "")
MOVING = 8
"""So many of the first people's addresses may also become somebody else's; the others keep theirs to themselves."""


def address(number: int) -> str:
    return f"person{number}@example.com"


FREE = tuple(f"guest{number}@example.com" for number in range(8))
"""Addresses that nobody has yet. Some of them belong to people whom only ActiveCampaign knows."""
ADDRESSES = (*(address(number) for number in range(MOVING)), *FREE)
"""Addresses that people may get during a round."""


def id_of(table: str, number: int) -> str:
    return str(UUID(int=(ord(table[0]) << 120) + number, version=4))


def gather(crm: Dynamics, ac: ActiveCampaign, draw: Random) -> None:
    """Fills both services as if everybody had always been there."""
    crm.load("account", [_company(number, draw) for number in range(COMPANIES)])
    crm.load("contact", [_person("contact", number, draw) for number in range(CONTACTS)])
    crm.load("lead", [_person("lead", CONTACTS + number, draw) | {"subject": "Web"} for number in range(LEADS)])
    crm.load("opportunity", [_deal(number, draw) for number in range(DEALS)])
    known = [address(MOVING + number) for number in range(THERE // 2)]
    ac.load_contacts([{"email": one, "first_name": "Cleo"} for one in (*known, *FREE[: THERE // 2])])


def _company(number: int, draw: Random) -> dict[str, Any]:
    return {
        "accountid": id_of("account", number),
        "name": f"House {number}",
        "telephone1": draw.choice(("+49 30 1", "+44 20 2", None)),
    }


def _person(table: str, number: int, draw: Random) -> dict[str, Any]:
    row = {
        f"{table}id": id_of(table, number),
        "firstname": draw.choice(("Ada", "Ben", "Zoë")),
        "lastname": f"Person {number}",
        "emailaddress1": address(number),
        "jobtitle": draw.choice(TITLES),
        "donotbulkemail": draw.random() < 0.1,
    }
    company = id_of("account", draw.randrange(COMPANIES))
    if table == "contact":
        return row | {"_parentcustomerid_value": company, "parentcustomerid_type": "account"}
    return row | {"_parentaccountid_value": company}


def _deal(number: int, draw: Random) -> dict[str, Any]:
    contact = id_of("contact", MOVING + number)
    return {
        "opportunityid": id_of("opportunity", number),
        "name": f"Deal {number}",
        "estimatedvalue": draw.randrange(1, 100) * 100,
        "_customerid_value": contact,
        "customerid_type": "contact",
        "_parentcontactid_value": contact,
    }
