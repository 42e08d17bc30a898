"""Accounts: each once on either side, and equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from machine.journal import Journal
from machine.oracle.sides import Sides


def judge(sides: Sides, journal: Journal) -> Iterator[str]:
    carried = Counter(account.carries for account in sides.accounts.values() if account.carries)
    for record_id, company in sides.companies.items():
        if not carried[record_id] and record_id not in journal.companies_gone:
            yield f"account {record_id[-4:]} {company.name!r} has no ActiveCampaign account"
        if carried[record_id] > 1:
            yield f"{carried[record_id]} ActiveCampaign accounts carry the id of account {record_id[-4:]}"
    yield from _equal(sides)
    yield from _entered(sides, journal)


def _equal(sides: Sides) -> Iterator[str]:
    for account in sides.accounts.values():
        company = sides.companies.get(account.carries)
        if company is None:
            continue
        theirs = {"name": account.name, **{name: account.values.get(name, "") for name in company.values}}
        for name, value in {"name": company.name, **company.values}.items():
            if theirs[name] != value:
                yield f"{name} of account {company.id[-4:]} is {value!r} in Dynamics and {theirs[name]!r} there"


def _entered(sides: Sides, journal: Journal) -> Iterator[str]:
    """What a person entered in ActiveCampaign has come to Dynamics once."""
    names = Counter(company.name for company in sides.companies.values())
    for account in sides.accounts.values():
        if account.name in journal.names_entered and not account.carries:
            yield f"the ActiveCampaign account {account.name!r} did not come to Dynamics"
    for name, number in names.items():
        if number > 1:
            yield f"Dynamics has {number} accounts of the name {name!r}"
