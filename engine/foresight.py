"""What another configuration would do: how many records it is about, and what would become of the first of them.

A look, not a count: of each entity a few hundred records that are in scope, outbound. `ac365 sync --dry-run` takes
every decision of both directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clients import tables
from config.texts import plain
from engine import preview_opportunities, preview_outbound, scoped
from engine.changes import to_change
from engine.context import Context, directions
from engine.opportunities import explain as opportunities
from engine.opportunities.enrich import enriched
from engine.preview_ahead import Ahead
from engine.preview_contacts import Contacts
from engine.preview_report import Preview
from engine.request import Plan
from engine.scoped import Scoped
from store import watermarks
from sync.errors import SyncError
from sync.model import ORDER, CycleKind, Direction, Entity, Lane

LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True)
class Sight:
    """One entity. before: who is in scope so far, None while it is off; after: who would be; looked: what would become
    of the first of them on their way to ActiveCampaign; missing: what could not be told, and why, "" for nothing.
    """

    entity: Entity
    before: Scoped | None = None
    after: Scoped | None = None
    looked: Preview | None = None
    missing: str = ""


def concerned(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Entity]:
    """The entities that are on in the new document and that something was changed for."""
    everywhere = any(old[name] != new[name] for name in ("zone", "consent"))
    before, after = old["entities"], new["entities"]
    return [one for one in ORDER if after[one]["enabled"] and (everywhere or before[one] != after[one])]


def foresee(present: Context, proposed: Context, entities: Iterable[Entity]) -> list[Sight]:
    """A look at each of these entities. A service that is away costs the rest of the looks, and is named in each."""
    found, missing = [], ""
    for entity in entities:
        sight = Sight(entity, missing=missing) if missing else _sight(present, proposed, entity)
        missing = sight.missing
        found.append(sight)
    return found


def _sight(present: Context, proposed: Context, entity: Entity) -> Sight:
    try:
        on = present.rules[entity].settings["enabled"]
        before = scoped.look(present, entity, first=0) if on else None
        after = scoped.look(proposed, entity, first=0)
        return Sight(entity, before, after, _looked(proposed, entity))
    except SyncError as error:
        return Sight(entity, missing=f"{error.message[:1].upper()}{error.message[1:]}. {error.advice}".strip())


def _looked(context: Context, entity: Entity) -> Preview | None:
    if Direction.OUTBOUND not in directions(context.document, entity):
        return None
    one = Preview(entity, None)
    if entity is Entity.OPPORTUNITY and (lacks := opportunities.lacks(context)):
        one.stopped = " ".join(lack.sentence for lack in lacks)
        return one
    rows = _rows(context, entity)
    if entity is Entity.OPPORTUNITY:
        changes = [to_change(context, entity, row) for row in enriched(context, rows, Lane.LIVE)]
        plan = Plan(CycleKind.INITIAL, (entity,), (entity,), full=True)
        preview_opportunities.page(context, plan, changes, one, Contacts(Ahead()))
    else:
        changes = [to_change(context, entity, row) for row in rows]
        preview_outbound.Half(context, {entity: one}, Ahead()).page(entity, changes)
    return one


def _rows(context: Context, entity: Entity) -> list[dict[str, Any]]:
    select = context.rules[entity].mapping.select
    where = scoped.filter_of(context, entity)
    table = tables.FACTS[entity].entity_set
    return context.dynamics.sample(table, select, where or None, LOOKED_AT, lane=Lane.LIVE)


def warnings(present: Context, proposed: Context) -> list[str]:
    """What somebody should know before they save, in sentences."""
    return [text for entity in ORDER for text in _warnings(present, proposed, entity)] + _idle(proposed.document)


def _warnings(present: Context, proposed: Context, entity: Entity) -> Iterable[str]:
    many = entity.plural.capitalize()
    before, after = (one.document["entities"][entity] for one in (present, proposed))
    anew = present.select_hash(entity) != proposed.select_hash(entity)
    if after["enabled"] and not _begun(proposed, entity):
        if not before["enabled"]:
            yield f"{many} begin with a first sync, which does not start by itself: start it once this is saved."
        elif before["direction"] != after["direction"]:
            yield f"{many} never travelled this way: that begins with a first sync, which you start once this is saved."
    elif after["enabled"] and anew:
        yield f"The next cycle reads all {entity.plural} anew; it writes only what differs."
    if before["enabled"] and not after["enabled"]:
        yield f"{many} stay on both sides as they are and are not synced any more."
    if after["enabled"] and before["enabled"] and _rescoped(before, after):
        yield f"{many} that leave the scope stay in ActiveCampaign as they are; nothing is removed."
        if not anew:
            yield f"{many} that enter the scope travel when they change next; a full sync brings them at once."
    if proposed.rules[entity].mapping.inactive and after["enabled"]:
        names = ", ".join(one.activecampaign for one in proposed.rules[entity].mapping.inactive)
        yield f"Mappings of {entity.plural} that do not run: {plain(names)}."


def _rescoped(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return any(before[name] != after[name] for name in ("scope", "criteria"))


def _begun(context: Context, entity: Entity) -> bool:
    """Whether it had a first sync in every direction that it travels."""
    with context.db.transaction() as tx:
        ways = directions(context.document, entity)
        return all(watermarks.get(tx, context.id, entity, one) is not None for one in ways)


def _idle(document: Mapping[str, Any]) -> list[str]:
    if document["sync"]["enabled"] or not any(document["entities"][one]["enabled"] for one in ORDER):
        return []
    return ["The global switch is off, so nothing runs by schedule."]
