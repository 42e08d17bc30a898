"""Upsert, inbound: claims a batch, reads its records in Dynamics, decides each row with both sides in view, carries it
out."""

from __future__ import annotations

from typing import Final

from clients import tables
from engine import turns
from engine.changes import to_change
from engine.context import Context
from engine.dead_letters import describe
from engine.inbound import carrying, fresh, rows, settling
from engine.inbound.item import Item
from engine.wake import Stage, Wake
from store import outbox, streams
from sync import inbound
from sync.errors import Again, Stop, Throttled
from sync.model import Direction, Entity, Lane

BATCH: Final = 250
LEASE_S: Final = 180.0
"""Longer than the two minutes that Dynamics may take over one request, so that nobody else takes the rows up
meanwhile."""


def upsert(context: Context, entity: Entity, lane: Lane) -> list[Wake]:
    """Carries out one batch of this entity and lane in Dynamics; asks to be woken again while there is more."""
    if not context.rules[entity].settings["enabled"]:
        return []
    claimed = _claimed(context, entity, lane)
    if not claimed:
        return []
    again = Wake(Stage.UPSERT, (context.id, entity, lane, Direction.INBOUND), lane)
    try:
        items = _decided(context, entity, lane, claimed)
        wakes = carrying.carry_out(context, entity, lane, items)
    except Throttled as pause:
        settling.put_back(context, claimed, pause)
        return turns.come_back(context, entity, lane, pause.after_s, Direction.INBOUND)
    except Again as error:
        settling.put_back(context, claimed, error, count_attempt=True)
        return turns.come_back(context, entity, lane, settling.AGAIN_S, Direction.INBOUND)
    except Stop as error:
        settling.put_back(context, claimed, error)
        return _stopped(context, lane, claimed, error)
    cycles = {row.cycle_id for row in claimed}
    return [*wakes, again, *(Wake(Stage.CYCLE, (context.id, cycle_id), lane) for cycle_id in cycles)]


def _claimed(context: Context, entity: Entity, lane: Lane) -> list[outbox.Claimed]:
    with context.db.transaction() as tx:
        ready = outbox.batch_ready(tx, context.id, entity, lane, BATCH, context.now(), Direction.INBOUND)
        if not ready:
            return []
        return outbox.claim(
            tx,
            context.id,
            entity=entity,
            lane=lane,
            limit=BATCH,
            worker=context.worker,
            lease_s=LEASE_S,
            now=context.now(),
            direction=Direction.INBOUND,
        )


def _decided(context: Context, entity: Entity, lane: Lane, claimed: list[outbox.Claimed]) -> list[Item]:
    """Every row with its record as it is now: one request per hundred, and the decision that follows."""
    table, mapping = tables.FACTS[entity], context.rules[entity].mapping
    claimed = fresh.renewed(context, entity, lane, claimed)
    ids = [row.record_id for row in claimed]
    found = context.dynamics.rows_by_id(
        table.entity_set, table.key, mapping.select, ids, annotations=mapping.needs_annotations, lane=lane
    )
    raw = {str(row[table.key]).lower(): row for row in found}
    return [decide(context, row, raw.get(row.record_id)) for row in claimed]


def decide(context: Context, row: outbox.Claimed, raw: dict[str, object] | None) -> Item:
    """One row decided against its record as it was read, None when Dynamics doesn't have it."""
    terms = context.rules[row.entity].terms
    change = to_change(context, row.entity, raw) if raw else None
    there = rows.revive(row.change)
    if row.link is None:
        return Item(row, there, change, raw, inbound.Inbound(settling.SKIPPED, settling.UNLINKED))
    if row.phase:
        return Item(
            row, there, change, raw, inbound.Inbound(settling.UPDATED, "deleted in ActiveCampaign", "deactivate")
        )
    there = rows.aligned(context, there, row.link.agreed)
    there = rows.aligned(context, there, change.values) if change else there
    return Item(row, there, change, raw, inbound.decide(there, change, row.link, terms, context.consent))


def _stopped(context: Context, lane: Lane, claimed: list[outbox.Claimed], error: Stop) -> list[Wake]:
    """Nothing can go on until a person acts: the streams fail with the advice, their rows wait and try again later."""
    with context.db.transaction() as tx:
        for stream_id in {row.stream_id for row in claimed}:
            streams.fail(tx, stream_id, describe(error))
    return [Wake(Stage.CYCLE, (context.id, cycle_id), lane) for cycle_id in {row.cycle_id for row in claimed}]
