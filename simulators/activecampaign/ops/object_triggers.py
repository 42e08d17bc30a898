"""What happens to records of custom objects, and the automations that wait for it.

Source: help.activecampaign.com, article 5195780267292: every object that is related to contacts has two triggers,
Created and Updated. Objects of accounts and deals have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import automate

CREATED, UPDATED = "created", "updated"
_BOUNDS = {"from": "old", "to": "new"}


def contact_relations(schema: Row) -> list[str]:
    """Ids of the relationships to contacts. Without one the object has no triggers."""
    return [relation["id"] for relation in schema["relationships"] if relation["namespace"] == "contacts"]


def watchable(schema: Row) -> list[str]:
    """Ids of the fields that a trigger can watch: all but those that are being deleted."""
    return [field["id"] for field in schema["fields"] if field.get("status") != "marked_for_deletion"]


def fire(world: World, schema: Row, record: Row, before: list[Row] | None) -> None:
    """Files what happened to the record, and lets its contact into the automations that wait for it.

    `before` holds the fields that the record had, None for a new one. A record without a contact fires nothing, and
    one that gets its contact later is not new any more.
    """
    contact = _contact(world, schema, record)
    if contact is None:
        return
    whose = {"schema": schema["id"], "record": record["id"], "externalId": record["externalId"], "contact": contact.id}
    for what in _events(schema, before, record["fields"]):
        event = {**whose, **what}
        world.object_events.add(**event, automations=_entered(world, contact, event))


def _contact(world: World, schema: Row, record: Row) -> Contact | None:
    related = [record["relationships"].get(name, []) for name in contact_relations(schema)]
    number = next((numbers[0] for numbers in related if numbers), None)
    return world.contacts.rows.get(as_id(number))


def _events(schema: Row, before: list[Row] | None, after: list[Row]) -> Iterator[Row]:
    if before is None:
        yield {"kind": CREATED, "field": None, "old": None, "new": None}
        return
    old, new = _by_id(before), _by_id(after)
    for name in watchable(schema):
        if old.get(name) != new.get(name):
            yield {"kind": UPDATED, "field": name, "old": old.get(name), "new": new.get(name)}


def _by_id(fields: list[Row]) -> dict[str, Any]:
    return {field["id"]: field["value"] for field in fields}


def _entered(world: World, contact: Contact, event: Row) -> list[int]:
    waiting = [automation for automation in world.automations if _waits(automation["trigger"], event)]
    return [automation["id"] for automation in waiting if automate.start(world, automation, contact)]


def _waits(trigger: Row | None, event: Row) -> bool:
    if trigger is None or any(trigger[key] != event[key] for key in ("schema", "kind", "field")):
        return False
    return all(trigger[bound] in (None, event[key]) for bound, key in _BOUNDS.items())
