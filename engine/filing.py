"""Keeps what was decided about a page: where its records stand, what needs no write, and the outbox for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.context import Context
from engine.dead_letters import unreadable
from engine.work import kept
from store import failures, outbox, outcomes, records, streams
from store.db import Tx
from sync.model import Change, Decision, Direction, Entity, Lane, Outcome, RecordState

KEYS: Final = ("entity", "record_id", "version")


@dataclass(frozen=True, slots=True)
class Decided:
    """One change with what is to be done about it. state: where its record stands now; awaits: the id of the record of
    Dynamics that it waits for, None when it waits for none."""

    change: Change
    decision: Decision
    state: RecordState
    awaits: str | None = None


def keep(tx: Tx, context: Context, page: dict[str, Any], decided: Sequence[Decided], *, held: bool) -> int:
    """Files all of it; answers with how many rows went to the outbox. held: they wait until the stream is released.

    What needs no write strikes off older versions that wait, and is decided after one that is being written.
    """
    idle = [one.change for one in decided if one.decision.action == "none" and not one.change.fault]
    passed_over(tx, context, [{name: getattr(one, name) for name in KEYS} for one in idle], Direction.OUTBOUND)
    older = outbox.underway(tx, context.id, [(one.entity, one.record_id) for one in idle])
    waiting = [one for one in decided if _travels(one, older)]
    settled = [one for one in decided if not _travels(one, older)]
    records.put(tx, context.id, [_record(one) for one in decided])
    outcomes.add(tx, [_outcome(context, page, one) for one in settled])
    failures.file(tx, [unreadable(context.id, one.change, page["cycle_id"]) for one in settled if one.change.fault])
    sound = [one.change for one in settled if not one.change.fault]
    for entity in {change.entity for change in sound}:
        failures.resolve(tx, context.id, entity, [change.record_id for change in sound if change.entity is entity])
    streams.count(tx, page["stream_id"], Counter(one.decision.outcome.value for one in settled))
    rows = [_row(one) for one in waiting]
    overtaken = outbox.put(tx, context.id, page["stream_id"], page["lane"], rows, held=held)
    for stream_id, number in overtaken.items():
        streams.count(tx, stream_id, {Outcome.SKIPPED.value: number})
    return len(waiting)


def passed_over(tx: Tx, context: Context, rows: Sequence[dict[str, Any]], direction: Direction) -> None:
    """Strikes off what waits for these records in older versions, and accounts for it. A row: the `KEYS`."""
    for stream_id, number in outbox.supersede(tx, context.id, rows, direction).items():
        streams.count(tx, stream_id, {Outcome.SKIPPED.value: number})


def _travels(one: Decided, older: set[tuple[Entity, str]]) -> bool:
    overtakes = (one.change.entity, one.change.record_id) in older and not one.change.fault
    return one.decision.action != "none" or overtakes


def urgent(decision: Decision) -> bool:
    """Whether it is an opt-out of somebody who was delivered, which overtakes the queue (guarantee G7)."""
    return decision.unsubscribe and decision.action == "update"


def _record(one: Decided) -> dict[str, Any]:
    change = one.change
    return {
        "entity": change.entity,
        "record_id": change.record_id,
        "state": one.state,
        "version": change.version,
        "address": change.address,
        "reason": one.decision.reason,
        "modified_on": change.modified_on or None,
        "awaits": one.awaits,
        "opted_out": change.do_not_bulk or change.do_not_email,
    }


def _outcome(context: Context, page: dict[str, Any], one: Decided) -> dict[str, Any]:
    return {
        "connection_id": context.id,
        "cycle_id": page["cycle_id"],
        "stream_id": page["stream_id"],
        "entity": one.change.entity,
        "record_id": one.change.record_id,
        "outcome": one.decision.outcome,
        "reason": "; ".join([one.decision.reason, *one.change.warnings]),
        "version": one.change.version,
    }


def _row(one: Decided) -> dict[str, Any]:
    return {
        "entity": one.change.entity,
        "record_id": one.change.record_id,
        "version": one.change.version,
        "address": one.change.address,
        "change": kept(one.change),
        "phase": 1 if one.decision.action == "unlink" else 0,
        "action": "update" if one.decision.action == "none" else one.decision.action,
        "lane": Lane.LIVE if urgent(one.decision) else None,
    }
