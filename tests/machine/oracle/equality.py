"""Both sides hold the same in every mapped field of everybody who is on both."""

from __future__ import annotations

from collections.abc import Iterator

from machine.journal import Journal
from machine.oracle.pairs import pairs
from machine.oracle.sides import Contact, Person, Sides


def judge(sides: Sides, journal: Journal, *, two_way: bool) -> Iterator[str]:
    """Without a way back, ActiveCampaign may hold what Dynamics never had."""
    for person, contact in pairs(sides):
        for name, value in person.values.items():
            if contact.values.get(name, "") != value and (value or two_way):
                yield f"{name} of {person} is {value!r} in Dynamics and {contact.values.get(name, '')!r} in {contact}"
        yield from _company(sides, journal, person, contact)


def _company(sides: Sides, journal: Journal, person: Person, contact: Contact) -> Iterator[str]:
    """Both belong to the same account, as far as there is one on both sides."""
    ours = person.company if person.company in sides.companies else None
    theirs = sides.company_of(contact)
    if ours in journal.companies_gone and theirs is None:
        return
    if ours != theirs:
        yield f"{person} belongs to account {_short(ours)} in Dynamics and {contact} to the one of {_short(theirs)}"


def _short(company: str | None) -> str:
    return company[-4:] if company else "nobody"
