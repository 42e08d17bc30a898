"""The activity feed. The service makes it when a contact is read, so later events wait for the next reading."""

from __future__ import annotations

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World

# Kebab-case name of the model, as `referenceModelName` gives it, and the internal class behind it.
CLASSES = {
    "log": "Log",
    "link": "Link",
    "campaign": "Campaign",
    "contact-list": "SubscriberList",
    "contact-automation": "SubscriberSeries",
    "contact-email": "SubscriberEmail",
    "note": "Note",
    "event": "TrackingLog",
}


def add(world: World, contact: Contact, model: str, action: str, reference: int, at: int | None = None) -> Row:
    """Files one event of the contact. `reference` is the id of the row of `model` that it speaks of."""
    moment = world.now() if at is None else at
    row = world.activities.add(contact=contact.id, model=model, action=action, reference=reference, at=moment)
    world.feeds[contact.id].append(row)
    return row


def made_for(world: World, contact: Contact) -> None:
    """Reading the contact generates its feed, up to what is old enough to be in it."""
    contact.note("read", max((row["id"] for row in world.feeds[contact.id] if _settled(world, row)), default=0))


def _settled(world: World, row: Row) -> bool:
    return row["at"] <= world.now() - world.switches["activities_lag_s"]


def visible(world: World, row: Row) -> bool:
    """Whether the feed shows this event already (S23). Those of deleted contacts are gone."""
    contact = world.contacts.rows.get(row["contact"])
    if contact is None:
        return False
    if world.switches["activities_need_contact_read"]:
        return row["id"] <= contact.seldom("read", 0)
    return _settled(world, row)
