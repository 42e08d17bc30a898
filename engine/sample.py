"""A sample before a first sync: the newest few records of each entity travel, to be looked at on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clients.tables import FACTS
from engine import request
from engine.context import Context, directions
from engine.patience import patiently
from engine.wake import Wake
from store import outcomes
from store.db import Tx
from sync.model import PEOPLE, Direction, Entity, Lane

SIZE: Final = 10
ADDRESS: Final = "emailaddress1 ne null"
NOTHING: Final = "no record could travel to ActiveCampaign: check the criteria, and that people have addresses"


def newest(context: Context, entities: Sequence[Entity]) -> dict[Entity, list[str]]:
    """The ids of the last modified records in scope, up to ten of each entity that travels to ActiveCampaign.

    Raises SyncError, also where the criteria of an entity can't be evaluated.
    """
    outward = [entity for entity in entities if Direction.OUTBOUND in directions(context.document, entity)]
    found = {entity: _newest(context, entity) for entity in outward}
    return {entity: ids for entity, ids in found.items() if ids}


def start(context: Context, found: Mapping[Entity, Sequence[str]], author: str) -> tuple[int, list[Wake]]:
    """Opens a cycle over these records, ahead of everything else. Send the wakes after the commit.

    It is no first sync: that reads them again and finds nothing to do. Raises Refused.
    """
    if not found:
        raise request.Refused(NOTHING)
    with context.db.transaction() as tx:
        return request.some_records(tx, context.id, context.document, found, author)


def results(tx: Tx, cycle_id: int) -> list[dict[str, Any]]:
    """What became of the records of a sample: entity, record_id, direction, outcome, reason, ac_id or None."""
    return [dict(row) for row in outcomes.linked(tx, cycle_id, limit=SIZE * len(Entity) * len(Direction))]


def _newest(context: Context, entity: Entity) -> list[str]:
    facts = FACTS[entity]
    said = context.rules[entity].criteria.to_filter(context.now())
    parts = [f"({said})"] if said else []
    if entity is not Entity.OPPORTUNITY:
        parts.append("statecode eq 0")
    if entity in PEOPLE:
        parts.append(ADDRESS)
    rows = patiently(
        lambda: context.dynamics.sample(
            facts.entity_set, (facts.key,), " and ".join(parts) or None, SIZE, newest=True, lane=Lane.LIVE
        )
    )
    return [str(row[facts.key]).lower() for row in rows]
