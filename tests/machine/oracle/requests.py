"""Records that ac365 made in Dynamics: asked for by tags, one per request, none where somebody was there."""

from __future__ import annotations

from collections.abc import Iterator

from machine.journal import Journal
from machine.oracle.sides import Contact, Person, Sides

PULLED = "[D365: Pulled from ActiveCampaign]"
KIND = {"contact": "[D365: Contact]", "lead": "[D365: Lead]"}


def note(sides: Sides, journal: Journal) -> list[str]:
    """Notes the people made since it was asked last, with complaints about those that nobody needed."""
    found = []
    for person in sides.people:
        if person.made_by_ac365 and person.key not in journal.made:
            journal.made[person.key] = person.address
            journal.addresses[person.key].add(person.address)
            found += _needless(sides, journal, person)
    return found


def _needless(sides: Sides, journal: Journal, made: Person) -> Iterator[str]:
    wanted = {table for number, table in journal.requested.items() if made.address in journal.held[number]}
    if made.table not in wanted:
        yield f"ac365 made {made}, and nobody asked for it"
    for other in sides.people:
        if other.key != made.key and other.active and other.address == made.address:
            yield f"ac365 made {made} although there was {other}"


def judge(sides: Sides, journal: Journal) -> Iterator[str]:
    """Every request that stands was heard."""
    for number, table in journal.requested.items():
        contact = sides.contacts.get(number)
        if contact and {KIND[table], PULLED} <= contact.tags and not _heard(sides, journal, contact):
            yield f"a {table} was requested for {contact}, and Dynamics has none"


def _heard(sides: Sides, journal: Journal, contact: Contact) -> bool:
    """Somebody in Dynamics has or had one of its addresses."""
    addresses = {contact.address, *journal.held[contact.id]}
    known = {address for found in journal.addresses.values() for address in found}
    return bool(addresses & known) or any(person.address in addresses for person in sides.people)
