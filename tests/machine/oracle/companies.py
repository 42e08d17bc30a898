"""Accounts: each once on either side, and equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from machine.journal import Journal
from machine.oracle.sides import Sides


def judge(sides: Sides, journal: Journal) -> Iterator[str]:
    yield from arrived(sides, journal)
    yield from equal(sides)
    yield from once(sides)


def arrived(sides: Sides, journal: Journal) -> Iterator[str]:
    """Whatever was entered on one side has come to the other."""
    carried = {account.carries for account in sides.accounts.values()}
    for record_id, company in sides.companies.items():
        if record_id not in carried and record_id not in journal.companies_gone:
            yield f"account {record_id[-4:]} {company.name!r} has no ActiveCampaign account"
    for account in sides.accounts.values():
        if account.name in journal.names_entered and not account.carries:
            yield f"the ActiveCampaign account {account.name!r} did not come to Dynamics"


def equal(sides: Sides) -> Iterator[str]:
    for account in sides.accounts.values():
        company = sides.companies.get(account.carries)
        if company is None:
            continue
        theirs = {"name": account.name, **{name: account.values.get(name, "") for name in company.values}}
        for name, value in {"name": company.name, **company.values}.items():
            if theirs[name] != value:
                yield f"{name} of account {company.id[-4:]} is {value!r} in Dynamics and {theirs[name]!r} there"


def once(sides: Sides) -> Iterator[str]:
    """Nothing stands for the same twice."""
    carried = Counter(account.carries for account in sides.accounts.values() if account.carries)
    for record_id, number in carried.items():
        if number > 1 and record_id in sides.companies:
            yield f"{number} ActiveCampaign accounts carry the id of account {record_id[-4:]}"
    for name, number in Counter(company.name for company in sides.companies.values()).items():
        if number > 1:
            yield f"Dynamics has {number} accounts of the name {name!r}"
