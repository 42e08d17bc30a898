"""Provision: what ac365 needs to find in ActiveCampaign before opportunities can travel, shown first and then made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import metadata
from engine.context import Context
from engine.opportunities import deal_place, deal_provision, rollup_state
from engine.opportunities import rollup_provision as rollup
from mapping import objects
from store import audit, snapshots
from sync.errors import BadRecord, NotAvailable
from sync.model import Entity, Lane

LANE = Lane.LIVE
NO_OBJECTS = "this ActiveCampaign account can't have custom objects of its own"
PLAN = (
    "They come with the Enterprise plan, and the user of the key has to be an administrator. Leads, contacts and "
    "accounts don't need them. Opportunities can be shown on their contacts or as deals "
    "instead: set entities.opportunity.shown_as to contact_fields or deals, then run this again."
)
CLASH = rollup.CLASH


@dataclass(frozen=True, slots=True)
class Provision:
    """The custom object as it stands. id: of its schema, "" as long as there is none; made: whether it was changed."""

    id: str
    evolution: objects.Evolution
    made: bool = False

    @property
    def clashes(self) -> tuple[str, ...]:
        """What stands in the way, in plain words."""
        return self.evolution.clashes

    def as_json(self) -> dict[str, Any]:
        """For scripts: what there is to do, or what was done."""
        todo = self.evolution
        return {
            "shown_as": "object",
            "schema": self.id,
            "slug": objects.SLUG,
            "create": todo.create,
            "fields": [{"id": one.id, "label": one.label, "type": one.kind} for one in todo.add],
            "relationship": todo.relate,
            "relabel": todo.relabel,
            "clashes": list(todo.clashes),
            "complete": todo.nothing or self.made,
            "made": self.made,
        }


def look(context: Context) -> Provision | rollup.Provision | deal_provision.Provision:
    """What there would be to do. Reads only. Whether the plan has custom objects shows when one is made."""
    if deal_place.chosen(context):
        return deal_provision.look(context)
    if rollup_state.chosen(context):
        return rollup.look(context)
    return _stated(context, _schema(context))


def carry_out(context: Context, author: str) -> Provision | rollup.Provision | deal_provision.Provision:
    """Makes what is missing and answers with what that was; a second time there is nothing to do.

    The next cycle knows what is there now. Raises NotAvailable where the plan has no custom objects, BadRecord where
    something stands in the way.
    """
    if deal_place.chosen(context):
        return deal_provision.carry_out(context, author)
    if rollup_state.chosen(context):
        return rollup.carry_out(context, author)
    schema = _schema(context)
    found = _stated(context, schema)
    if found.evolution.clashes:
        raise BadRecord("; ".join(found.evolution.clashes), code="provision.clash", advice=CLASH)
    if found.evolution.nothing:
        _keep(context, schema)
        return found
    number = _write(context, schema, found.evolution)
    with context.db.transaction() as tx:
        added = [one.id for one in found.evolution.add]
        audit.write(tx, context.id, author, "provision", objects.SLUG, after={"schema": number, "fields": added})
    _keep(context, _schema(context))
    return Provision(number, found.evolution, made=True)


def _schema(context: Context) -> Mapping[str, Any] | None:
    return objects.chosen(context.activecampaign.schemas(lane=LANE))


def wanted(context: Context) -> tuple[objects.Attribute, ...]:
    """The fields that the object should have, those of the administrator's own mappings included."""
    rules = context.rules[Entity.OPPORTUNITY]
    return objects.attributes(rules.settings, rules.columns)


def _stated(context: Context, schema: Mapping[str, Any] | None) -> Provision:
    return Provision(str(schema["id"]) if schema else "", objects.evolution(schema, wanted(context)))


def _keep(context: Context, schema: Mapping[str, Any] | None) -> None:
    """What is known of the object, for the next cycle. A list that does not show it yet says nothing."""
    if schema:
        with context.db.transaction() as tx:
            snapshots.put(tx, context.id, metadata.OBJECT, schema)


def _write(context: Context, schema: Mapping[str, Any] | None, wanted: objects.Evolution) -> str:
    definition = objects.definition(schema, wanted)
    if schema:
        context.activecampaign.replace_schema(str(schema["id"]), definition, lane=LANE)
        return str(schema["id"])
    try:
        return context.activecampaign.create_schema(definition, lane=LANE)
    except NotAvailable as error:
        raise NotAvailable(NO_OBJECTS, code="provision.no_custom_objects", advice=PLAN, status=error.status) from error
