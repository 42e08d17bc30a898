"""Automations: who is let in, what an entry looks like, and those that start by themselves."""

from __future__ import annotations

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import feed, journal, mail, people

ACTIVE = 1
IN_PROGRESS, LEFT = 1, 2
_TRIGGER = "system"
_MOST_A_DAY, _DAY = 10, 24 * 3600


def may_enter(world: World, automation: Row, contact: Contact) -> bool:
    """Only active ones let anybody in; one that allows a single entry lets nobody in twice (S34)."""
    entered = any(row["automation"] == automation["id"] for row in world.enrolled[contact.id])
    again = automation["multientry"] or world.switches["reenter_always"]
    return automation["status"] == ACTIVE and (again or not entered)


def enter(world: World, automation: Row, contact: Contact, source: str) -> Row:
    """Lets the contact in, and answers with the row of its entry. An automation that only sends a mail is over then."""
    row = world.enrolments.add(
        contact=contact.id, automation=automation["id"], status=IN_PROGRESS, adddate=world.now(), remdate=None,
        source=source,
    )  # fmt: skip
    world.enrolled[contact.id].append(row)
    automation["entered"] += 1
    journal.contact(world, "entered", source, contact, automation=automation["id"])
    feed.add(world, contact, "contact-automation", "start", row["id"])
    if automation["sends"]:
        _send(world, automation, contact)
        leave(world, row)
    return row


def _send(world: World, automation: Row, contact: Contact) -> None:
    """The step that sends passes by whoever is on no list, or bounced. Source: help.activecampaign.com, page on
    contacts that don't receive mails of an automation (only active contacts do)."""
    subscribed = any(each.status == people.SUBSCRIBED for each in contact.lists.values())
    if not subscribed or contact.seldom("bounced_hard"):
        return
    campaign = world.campaigns.rows[automation["sends"]]
    mail.sent(world, contact, campaign)
    ids = {"contact": contact.id, "campaign": campaign["id"], "message": campaign["message"]}
    world.outbox.append({"email": contact.email, **ids, "automation": automation["id"], "at": world.now()})


def shown(world: World, contact: Contact) -> list[Row]:
    """The contact's entries as reads show them: new ones may appear late, by a switch."""
    until = world.clock.now() - world.switches["enrolment_list_lag_s"]
    return [row for row in world.enrolled.get(contact.id, []) if row["adddate"] <= until]


def start(world: World, automation: Row, contact: Contact) -> Row | None:
    """The entry by a trigger, or None where it lets the contact in no more.

    A trigger lets a contact in at most 10 times within 24 hours. Source: help.activecampaign.com, article
    115000299724; when the 24 hours begin is told in two ways, so that they roll here.
    """
    since = world.now() - _DAY
    recent = [
        row for row in world.enrolled[contact.id]
        if row["automation"] == automation["id"] and row["source"] == _TRIGGER and row["adddate"] > since
    ]  # fmt: skip
    if len(recent) >= _MOST_A_DAY or not may_enter(world, automation, contact):
        return None
    return enter(world, automation, contact, _TRIGGER)


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
        if automation["starts_on_list"] in lists:
            start(world, automation, contact)
