"""Upsert: claims a batch from the outbox, decides each row anew, and carries it out by bulk import or row by row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from engine import bulk, singles, turns
from engine.associations import Targets, targets_of, within_reach
from engine.context import Context
from engine.dead_letters import describe
from engine.opportunities import rollup, rollup_state
from engine.opportunities.targets import targets
from engine.settling import back, settle
from engine.transform import BATCH
from engine.wake import Stage, Wake
from engine.work import Work, revive
from store import counterparts, outbox, records, streams
from sync import decide, opportunities
from sync.errors import Stop, Throttled
from sync.model import PEOPLE, Change, Entity, Lane, Outcome

LEASE_S = 30.0
SINGLES_AT_ONCE = 10
"""Row by row, a batch of this size takes a few seconds at five calls a second: what is urgent has its turn soon."""
SPARE = 10
"""So many rows more than an import takes are claimed, because some turn out to travel alone."""
BESIDE_IMPORT = 1
"""So many rows travel alone after an import while others wait for theirs; the rest fills the pauses between imports."""
IN_PAUSE = 5
"""So many rows travel alone at once while imports have to wait, which may be over soon."""


def upsert(context: Context, entity: Entity, lane: Lane) -> list[Wake]:
    """Carries out one batch of this entity and lane; asks to be woken again while there is more.

    What is on its way when its entity is switched off waits until it is switched on again.
    """
    if not context.rules[entity].settings["enabled"]:
        return []
    wait_s = turns.until_import(context, entity, lane)
    claimed = _claimed(context, entity, lane, alone=wait_s > 0)
    if not claimed:
        return turns.come_back(context, entity, lane, wait_s) if wait_s else []
    work = _decided(context, claimed)
    again = Wake(Stage.UPSERT, (context.id, entity, lane), lane)
    try:
        wakes = _carry_out(context, entity, lane, work)
    except Throttled as pause:
        return turns.come_back(context, entity, lane, pause.after_s)
    except Stop as error:
        return _stopped(context, lane, work, error)
    cycles = {item.row.cycle_id for item in work}
    return [*wakes, again, *(Wake(Stage.CYCLE, (context.id, cycle_id), lane) for cycle_id in cycles)]


def _claimed(context: Context, entity: Entity, lane: Lane, *, alone: bool) -> list[outbox.Claimed]:
    """A batch that is worth its call; alone: of what travels alone anyway, while imports have to wait."""
    limit = IN_PAUSE if alone else BATCH + SPARE if entity in PEOPLE else SINGLES_AT_ONCE
    waits_for_more = entity in PEOPLE and not alone
    with context.db.transaction() as tx:
        if waits_for_more and not outbox.batch_ready(tx, context.id, entity, lane, BATCH, context.now()):
            return []
        return outbox.claim(
            tx,
            context.id,
            entity=entity,
            lane=lane,
            limit=limit,
            worker=context.worker,
            lease_s=LEASE_S,
            now=context.now(),
            single=True if alone else None,
        )


def _stopped(context: Context, lane: Lane, work: list[Work], error: Stop) -> list[Wake]:
    """Nothing can go on until a person acts: the streams fail with the advice, their rows wait and try again later."""
    with context.db.transaction() as tx:
        for stream_id in {item.row.stream_id for item in work}:
            streams.fail(tx, stream_id, describe(error))
    return [Wake(Stage.CYCLE, (context.id, cycle_id), lane) for cycle_id in {item.row.cycle_id for item in work}]


def _decided(context: Context, claimed: list[outbox.Claimed]) -> list[Work]:
    """Every row decided anew: between transform and now others may have been delivered, links and accounts too."""
    changes = [revive(row.change) for row in claimed]
    if changes[0].entity is Entity.OPPORTUNITY:
        return _decided_opportunities(context, claimed, changes)
    with context.db.transaction() as tx:
        targets = targets_of(tx, context, changes)
        before = counterparts.belongings(tx, context.id, [change.address for change in changes if change.address])
    return [_decide(context, row, change, targets, before) for row, change in zip(claimed, changes, strict=True)]


def _decided_opportunities(context: Context, claimed: list[outbox.Claimed], changes: list[Change]) -> list[Work]:
    with context.db.transaction() as tx:
        found = targets(tx, context.id, changes)
    terms = context.rules[Entity.OPPORTUNITY].terms
    return [
        Work(row, change, opportunities.decide(change, row.link, target, terms), target=target)
        for row, change in zip(claimed, changes, strict=True)
        for target in (found[change.record_id],)
    ]


def _decide(context: Context, row: outbox.Claimed, read: Change, targets: Targets, before: Mapping[str, int]) -> Work:
    change = within_reach(read, targets)
    rules = context.rules[change.entity]
    decision = decide.decide(change, row.link, holder=row.holder, terms=rules.terms)
    return Work(row, change, decision, targets.get(change.account_id or ""), before.get(change.address or ""))


def _carry_out(context: Context, entity: Entity, lane: Lane, work: list[Work]) -> list[Wake]:
    """Settles what needs nothing, then imports what may travel in bulk, then writes the rest one by one."""
    nothing = [item for item in work if item.decision.action == "none"]
    if nothing:
        waiting = [item for item in nothing if item.decision.outcome is Outcome.WAITING]
        with context.db.transaction() as tx:
            settle(tx, context, [(item, None) for item in nothing])
            records.wait(tx, context.id, entity, [_waiting(item) for item in waiting])
    writes = [item for item in work if item.decision.action != "none"]
    if entity is Entity.OPPORTUNITY and rollup_state.chosen(context):
        singles.in_turn(context, rollup.groups(writes), partial(rollup.carry_out, context, lane))
        return []
    if entity not in PEOPLE:
        singles.write(context, lane, writes)
        return []
    in_bulk = [item for item in writes if bulk.fits(item, lane)]
    if not bulk.worthwhile(len(in_bulk), lane):
        in_bulk = []
    in_bulk_ids = {item.row.id for item in in_bulk}
    one_by_one = [item for item in writes if item.row.id not in in_bulk_ids]
    room = BESIDE_IMPORT if in_bulk else SINGLES_AT_ONCE
    _put_back(context, one_by_one[room:], single=True)
    wakes = _guarded(context, lane, in_bulk, one_by_one[:room])
    singles.write(context, lane, one_by_one[:room])
    return wakes


def _waiting(item: Work) -> dict[str, Any]:
    return {"record_id": item.change.record_id, "reason": item.decision.reason, "awaits": item.target.contact_id}


def _guarded(context: Context, lane: Lane, in_bulk: list[Work], others: list[Work]) -> list[Wake]:
    """Imports; when that has to wait, what was claimed for single calls goes back as well."""
    try:
        return bulk.send(context, lane, in_bulk) if in_bulk else []
    except Throttled as pause:
        _put_back(context, others, after_s=pause.after_s)
        raise
    except Stop:
        _put_back(context, others, after_s=bulk.STOPPED_FOR_S)
        raise


def _put_back(context: Context, work: list[Work], *, single: bool = False, after_s: float = 0.0) -> None:
    if work:
        due_at = context.now() + timedelta(seconds=after_s)
        same = {"due_at": due_at, "error": None, "count_attempt": False, "single": single}
        rows: list[dict[str, Any]] = [{**same, "id": item.row.id} for item in work]
        with context.db.transaction() as tx:
            back(tx, rows)
