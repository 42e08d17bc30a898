"""Which ActiveCampaign contact stands for which Dynamics record: the survivor rule in words.

ActiveCampaign has one contact per address. Of all active Dynamics people with that address a contact comes before a
lead, then the one that was modified last, then the one with the smallest id.
"""

from __future__ import annotations

from collections.abc import Iterator

from machine.oracle.sides import Contact, Person, Sides


def speakers(sides: Sides) -> dict[str, Person]:
    """Who speaks for which address."""
    found: dict[str, Person] = {}
    for person in sides.people:
        if person.active and person.address:
            rival = found.get(person.address)
            found[person.address] = person if rival is None or beats(person, rival) else rival
    return found


def beats(one: Person, other: Person) -> bool:
    """Whether the first of two records with one address speaks for it."""
    if one.table != other.table:
        return one.table == "contact"
    if one.modified_on != other.modified_on:
        return one.modified_on > other.modified_on
    return one.id < other.id


def pairs(sides: Sides) -> Iterator[tuple[Person, Contact]]:
    """Everybody who is on both sides."""
    for address, person in speakers(sides).items():
        contact = sides.contact_at(address)
        if contact is not None:
            yield person, contact
