"""Nobody gets mail against his or her will. What somebody did later counts more than what was done before."""

from __future__ import annotations

from collections.abc import Iterator

from machine.journal import Journal
from machine.oracle.pairs import pairs
from machine.oracle.sides import Contact, Person, Sides

NEVER = -1


def judge(sides: Sides, journal: Journal, *, two_way: bool) -> Iterator[str]:
    for person, contact in pairs(sides) if two_way else ():
        yield from _opted_out(journal, person, contact)
        yield from _left(journal, person, contact)
        # Who has still to confirm a subscription may have just asked for it, and gets nothing before that.
        if person.no_bulk_mail and 1 in contact.lists.values():
            yield f"{person} gets no bulk mail by Dynamics, and {contact} is active on lists {contact.lists}"
    for contact in sides.contacts.values():
        yield from _resubscribed(journal, contact)


def _opted_out(journal: Journal, person: Person, contact: Contact) -> Iterator[str]:
    """Opted out in Dynamics after the last subscription of one's own: active on no list."""
    out = journal.opted_out.get(person.key, NEVER)
    if out > journal.subscribed.get(contact.id, NEVER) and contact.active:
        yield f"{person} opted out in step {out}, and {contact} is active on lists {contact.lists}"


def _left(journal: Journal, person: Person, contact: Contact) -> Iterator[str]:
    """Left all lists, or unreachable: no bulk mail from Dynamics either, unless one subscribed or it was cleared."""
    since = max(journal.subscribed.get(contact.id, NEVER), journal.cleared.get(person.key, NEVER))
    for what, steps in (("left all lists", journal.left_all), ("bounced", journal.bounced)):
        if steps.get(contact.id, NEVER) > since and not (person.no_bulk_mail or person.no_mail):
            yield f"{contact} {what} in step {steps[contact.id]}, and {person} still gets bulk mail by Dynamics"


def _resubscribed(journal: Journal, contact: Contact) -> Iterator[str]:
    """Nobody but oneself puts somebody back who left all lists."""
    left = journal.left_all.get(contact.id, NEVER)
    if left > journal.subscribed.get(contact.id, NEVER) and contact.active:
        yield f"{contact} left all lists in step {left} and was put back by ac365: {contact.lists}"
