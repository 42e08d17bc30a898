"""Nobody is lost, twice there or vanished without having been deleted, and who was deleted stays away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from machine.journal import Journal
from machine.oracle.pairs import speakers
from machine.oracle.sides import Key, Sides

DELETED = "[D365: Deleted]"
KIND = {"contact": "[D365: Contact]", "lead": "[D365: Lead]"}
BORN = {"[D365: Pushed from Dynamics]", "[D365: Pulled from ActiveCampaign]"}


def judge(sides: Sides, journal: Journal, rested: Sides, stood: dict[Key, int]) -> Iterator[str]:
    yield from everybody_arrived(sides, journal)
    yield from nobody_twice(sides)
    yield from nobody_vanished(sides, journal, rested)
    yield from the_deleted_are_marked(sides, journal, stood)
    yield from the_removed_stay_away(sides, journal)


def everybody_arrived(sides: Sides, journal: Journal) -> Iterator[str]:
    """Who is active in Dynamics and has an address has a contact with the right tags, unless a person deleted it."""
    for address, person in speakers(sides).items():
        contact = sides.contact_at(address)
        if contact is None:
            if address not in journal.excused:
                yield f"{person} has no contact in ActiveCampaign"
        elif KIND[person.table] not in contact.tags or not BORN & contact.tags or DELETED in contact.tags:
            yield f"{contact} stands for {person} and bears the tags {sorted(contact.tags)}"


def nobody_twice(sides: Sides) -> Iterator[str]:
    """An address stands in ActiveCampaign once."""
    for address, number in Counter(contact.address for contact in sides.contacts.values()).items():
        if number > 1:
            yield f"ActiveCampaign has {number} contacts with {address}"


def nobody_vanished(sides: Sides, journal: Journal, rested: Sides) -> Iterator[str]:
    """Only people delete and deactivate; a merge and a qualification are theirs too."""
    for person in rested.people:
        now = sides.person(person.key)
        if now is None and person.key not in journal.deleted:
            yield f"{person} vanished from Dynamics"
        if now is not None and now.active != person.active and person.key not in journal.switched:
            yield f"{person} was {'de' if person.active else ''}activated by nobody"
    for number, contact in rested.contacts.items():
        if number not in sides.contacts and number not in journal.removed:
            yield f"{contact} vanished from ActiveCampaign"


def the_deleted_are_marked(sides: Sides, journal: Journal, stood: dict[Key, int]) -> Iterator[str]:
    """Deleted in Dynamics: the contact stays and bears a tag, unless somebody else speaks for its address now."""
    spoken_for = speakers(sides)
    for key, number in stood.items():
        contact = sides.contacts.get(number)
        shared = contact and any(contact.address in found for other, found in journal.addresses.items() if other != key)
        alone = contact and contact.address not in spoken_for and not shared and key not in journal.switched
        if key in journal.deleted and contact and alone and DELETED not in contact.tags:
            yield f"{contact} stood for the deleted {key[0]} {key[1][-4:]} and does not say so: {sorted(contact.tags)}"


def the_removed_stay_away(sides: Sides, journal: Journal) -> Iterator[str]:
    """Deleted in ActiveCampaign: nobody but a person enters that contact again."""
    for key, address in journal.stays_gone.items():
        contact = sides.contact_at(address)
        if contact and contact.id not in journal.removed and journal.addresses[key] == {address}:
            shared = any(address in found for other, found in journal.addresses.items() if other != key)
            if address not in journal.entered and not shared:
                yield f"{contact} is there again although a person deleted it in ActiveCampaign"
