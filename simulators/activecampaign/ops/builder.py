"""Automations as a person builds them in the user interface: the API makes none and changes none."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.core.answers import Problem
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import objects
from simulators.activecampaign.ops.object_triggers import CREATED, UPDATED, contact_relations, watchable

_FRESH: Row = {"name": "Automation", "status": 1, "multientry": 0, "starts_on_list": None, "trigger": None,
              "sends": None, "hidden": 0}  # fmt: skip


def build(world: World, given: dict[str, Any]) -> Row:
    """A new automation, or with `id` the one that is there, changed.

    `name`, `status` (1 active, 2 inactive, 0 draft), `hidden`, `multientry` (1 lets contacts in again), `sends` (id of
    the campaign whose message is its only step), and how it starts:
    `starts_on_list` (id of a list) or `trigger`. A trigger of a custom object has `schema` (its id) and `kind`
    (created or updated); updated also `field`, and perhaps `from` and `to`, which are any value unless given. An
    automation with such a trigger has no other (help.activecampaign.com, article 5195780267292). Raises LookupError
    for an unknown automation, campaign, schema, kind or field, Problem (422) for a value that the field can't have.
    """
    known = _known(world, given)
    chosen = {key: given[key] for key in _FRESH if key in given}
    if chosen.get("trigger"):
        chosen["trigger"] = _trigger(world, chosen["trigger"])
    if chosen.get("sends") and world.campaigns.get(chosen["sends"]) is None:
        raise LookupError("campaign")
    wanted = {**_FRESH, **(known or {}), **chosen}
    if wanted["trigger"] and wanted["starts_on_list"]:
        raise Problem(422, {"message": "A trigger of a custom object must be the only one"})
    if known is None:
        return world.automations.add(**wanted, entered=0, exited=0, cdate=world.now())
    known.update(chosen)
    return known


def _known(world: World, given: dict[str, Any]) -> Row | None:
    if "id" not in given:
        return None
    row = world.automations.get(given["id"])
    if row is None:
        raise LookupError("automation")
    return row


def _trigger(world: World, given: dict[str, Any]) -> Row:
    schema, kind = world.schemas.get(given["schema"]), given["kind"]
    if schema is None or not contact_relations(schema):
        raise LookupError("schema of contacts")
    if kind not in (CREATED, UPDATED):
        raise LookupError("kind")
    trigger = {"schema": schema["id"], "kind": kind, "field": None, "from": None, "to": None}
    return trigger if kind == CREATED else {**trigger, **_change(schema, given)}


def _change(schema: Row, given: dict[str, Any]) -> Row:
    if given["field"] not in watchable(schema):
        raise LookupError("field")
    field = next(each for each in schema["fields"] if each["id"] == given["field"])
    bounds = {key: given[key] for key in ("from", "to") if given.get(key) is not None}
    return {"field": field["id"], **{key: objects.fitting(field, value) for key, value in bounds.items()}}
