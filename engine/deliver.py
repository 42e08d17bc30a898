"""Upsert: claims a batch from the outbox, decides each row anew, and carries it out by bulk import or row by row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import bulk, singles
from engine.context import Context
from engine.settling import settle
from engine.transform import BATCH
from engine.wake import LONGEST_DELAY_S, Stage, Wake
from engine.work import Work, revive
from store import outbox
from sync import decide
from sync.errors import Throttled
from sync.model import Entity, Lane

LEASE_S = 30.0
SINGLES_AT_ONCE = 25
"""Row by row, a batch of this size takes five seconds at five calls a second: well within its lease."""


def upsert(context: Context, entity: Entity, lane: Lane) -> list[Wake]:
    """Carries out one batch of this entity and lane; asks to be woken again while there is more."""
    limit = SINGLES_AT_ONCE if entity is Entity.ACCOUNT else BATCH
    with context.db.transaction() as tx:
        if entity is not Entity.ACCOUNT and not outbox.batch_ready(tx, context.id, entity, lane, BATCH, context.now()):
            return []
        claimed = outbox.claim(
            tx,
            context.id,
            entity=entity,
            lane=lane,
            limit=limit,
            worker=context.worker,
            lease_s=LEASE_S,
            now=context.now(),
        )
    if not claimed:
        return []
    work = [_decide(context, row) for row in claimed]
    again = Wake(Stage.UPSERT, (context.id, entity, lane), lane)
    try:
        wakes = _carry_out(context, entity, lane, work)
    except Throttled as pause:
        return [Wake(again.stage, again.args, lane, min(pause.after_s, LONGEST_DELAY_S))]
    cycles = {item.row.cycle_id for item in work}
    return [*wakes, again, *(Wake(Stage.CYCLE, (context.id, cycle_id), lane) for cycle_id in cycles)]


def _decide(context: Context, row: outbox.Claimed) -> Work:
    change = revive(row.change)
    rules = context.rules[change.entity]
    decision = decide.decide(
        change, row.link, holder=row.holder, on_empty=rules.mapping.on_empty, on_deleted=rules.settings["on_deleted"]
    )
    return Work(row, change, decision)


def _carry_out(context: Context, entity: Entity, lane: Lane, work: list[Work]) -> list[Wake]:
    """Settles what needs nothing, then imports what may travel in bulk, then writes the rest one by one."""
    nothing = [item for item in work if item.decision.action == "none"]
    if nothing:
        with context.db.transaction() as tx:
            settle(tx, context, [(item, None) for item in nothing])
    writes = [item for item in work if item.decision.action != "none"]
    if entity is Entity.ACCOUNT:
        singles.write(context, lane, writes)
        return []
    in_bulk = [item for item in writes if bulk.fits(item, lane)]
    if not bulk.worthwhile(len(in_bulk), lane):
        in_bulk = []
    in_bulk_ids = {item.row.id for item in in_bulk}
    one_by_one = [item for item in writes if item.row.id not in in_bulk_ids]
    _put_back(context, one_by_one[SINGLES_AT_ONCE:], single=True)
    wakes = _guarded(context, lane, in_bulk, one_by_one[:SINGLES_AT_ONCE])
    singles.write(context, lane, one_by_one[:SINGLES_AT_ONCE])
    return wakes


def _guarded(context: Context, lane: Lane, in_bulk: list[Work], others: list[Work]) -> list[Wake]:
    """Imports; when the budget says wait, what was claimed for single calls goes back as well."""
    try:
        return bulk.send(context, lane, in_bulk) if in_bulk else []
    except Throttled as pause:
        _put_back(context, others, after_s=pause.after_s)
        raise


def _put_back(context: Context, work: list[Work], *, single: bool = False, after_s: float = 0.0) -> None:
    if work:
        due_at = context.now() + timedelta(seconds=after_s)
        same = {"due_at": due_at, "error": None, "count_attempt": False, "single": single}
        rows: list[dict[str, Any]] = [{**same, "id": item.row.id} for item in work]
        with context.db.transaction() as tx:
            outbox.back(tx, rows)
