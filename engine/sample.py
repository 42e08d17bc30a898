"""A sample before a first sync: the newest few records of each entity travel, to be looked at on both sides.

Where records travel both ways the full sync reads ActiveCampaign first and lets the conflict rule decide about values
that both sides have. A sample reads Dynamics only, so it leaves out whoever ActiveCampaign may have already.
"""

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
ADDRESS: Final = "emailaddress1"
NOTHING: Final = (
    "no record would travel as a sample: those in scope have no address, or may be in ActiveCampaign already and are "
    "left to the full sync"
)


def newest(context: Context, entities: Sequence[Entity]) -> dict[Entity, list[str]]:
    """The ids of the last modified records in scope, up to ten of each entity that travels to ActiveCampaign.

    Of people that travel both ways those whose address is there are left out, and accounts that do altogether: which
    one stands for which is known only once all of them are read. Raises SyncError, also where the criteria of an entity
    can't be evaluated.
    """
    ways = {entity: directions(context.document, entity) for entity in entities}
    both = {entity for entity, found in ways.items() if len(found) > 1}
    outward = [e for e in entities if Direction.OUTBOUND in ways[e] and not (e is Entity.ACCOUNT and e in both)]
    found = {entity: _newest(context, entity, strangers=entity in both) for entity in outward}
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


def _newest(context: Context, entity: Entity, *, strangers: bool) -> list[str]:
    facts = FACTS[entity]
    said = context.rules[entity].criteria.to_filter(context.now())
    parts = [f"({said})"] if said else []
    if entity is not Entity.OPPORTUNITY:
        parts.append("statecode eq 0")
    if entity in PEOPLE:
        parts.append(f"{ADDRESS} ne null")
    columns = (facts.key, ADDRESS) if entity in PEOPLE else (facts.key,)
    rows = patiently(
        lambda: context.dynamics.sample(
            facts.entity_set, columns, " and ".join(parts) or None, SIZE, newest=True, lane=Lane.LIVE
        )
    )
    fit = [row for row in rows if not (strangers and _there(context, str(row.get(ADDRESS) or "")))]
    return [str(row[facts.key]).lower() for row in fit]


def _there(context: Context, address: str) -> bool:
    return patiently(lambda: context.activecampaign.find_contact(address, lane=Lane.LIVE)) is not None
