"""Automations: who is let in, what an entry looks like, and those that start by themselves."""

from __future__ import annotations

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import feed, journal

ACTIVE = 1
IN_PROGRESS, LEFT = 1, 2


def may_enter(world: World, automation: Row, contact: Contact) -> bool:
    """Only active ones let anybody in; one that allows a single entry lets nobody in twice (S34)."""
    entered = any(row["automation"] == automation["id"] for row in world.enrolled[contact.id])
    again = automation["multientry"] or world.switches["reenter_always"]
    return automation["status"] == ACTIVE and (again or not entered)


def enter(world: World, automation: Row, contact: Contact, source: str) -> Row:
    """Lets the contact in, and answers with the row of its entry."""
    row = world.enrolments.add(
        contact=contact.id, automation=automation["id"], status=IN_PROGRESS, adddate=world.now(), remdate=None
    )
    world.enrolled[contact.id].append(row)
    automation["entered"] += 1
    journal.contact(world, "entered", source, contact, automation=automation["id"])
    feed.add(world, contact, "contact-automation", "start", row["id"])
    return row


def leave(world: World, row: Row) -> None:
    """Ends an enrolment. The row stays, with status 2 and the time of leaving."""
    if row["status"] == IN_PROGRESS:
        row["status"], row["remdate"] = LEFT, world.now()
        world.automations.rows[row["automation"]]["exited"] += 1
        contact = world.contacts.rows[row["contact"]]
        journal.contact(world, "left", "api", contact, automation=row["automation"])
        feed.add(world, contact, "contact-automation", "end", row["id"])


def joined(world: World, contact: Contact, lists: list[int]) -> None:
    """Starts what waits for new members of these lists."""
    for automation in world.automations:
        if automation["starts_on_list"] in lists and may_enter(world, automation, contact):
            enter(world, automation, contact, "system")
