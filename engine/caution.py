"""Caution: a cycle that would change too much stops and asks a person, a direction that keeps failing is paused
(G8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine import history, trailing
from engine.context import Context
from engine.wake import Stage, Wake
from store import cycles, links, outbox, pauses, streams
from store.db import Tx
from store.statements import Row
from sync import breaker, guards
from sync.model import CycleKind, Direction, Entity, Lane, Outcome

BREAKER: Final = "circuit breaker"
HELD: Final = (CycleKind.SCHEDULED, CycleKind.MANUAL)
"""Cycles that nobody has confirmed: their changes wait until all of a stream is read and counted."""
CHAINS: Final = 2
"""So many workers begin to write opportunities one by one; each batch wakes the next one."""
REJECTED: Final = "rejected by a person before anything was written; `ac365 verify --repair` brings it later"


def holds(kind: str) -> bool:
    """Whether a cycle of this kind writes nothing of a stream before all of the stream is decided."""
    return kind in HELD


def look(tx: Tx, context: Context, cycle: Row, stream: Row) -> list[Wake] | None:
    """Judges a stream once all of it is decided, then lets it go. None: nothing is held up here.

    A cycle that asks answers with nothing to do; `approve` wakes it.
    """
    if stream["state"] != "delivering" or not streams.decided(tx, stream["id"]):
        return None
    planned = outbox.planned(tx, stream["id"])
    if not planned:
        return None
    question = "" if cycle["approved_by"] else _question(tx, context, cycle, stream, planned)
    # Opportunities, and what is asked about them, hold nobody else up.
    wakes = trailing.begin(tx, cycle) if stream["entity"] == Entity.OPPORTUNITY else []
    if question and cycles.ask(tx, cycle["id"], question):
        return wakes
    if not outbox.release(tx, stream["id"]):
        return wakes or None
    lane = Lane(cycle["lane"])
    upsert = Wake(Stage.UPSERT, (context.id, stream["entity"], lane, stream["direction"]), lane)
    return [*wakes, *[upsert] * (CHAINS if stream["entity"] == Entity.OPPORTUNITY else 1)]


def _question(tx: Tx, context: Context, cycle: Row, stream: Row, planned: Mapping[str, int]) -> str:
    if stream["entity"] == Entity.OPPORTUNITY and (asked := history.question(tx, context, planned.get("create", 0))):
        return asked.replace(" N`", f" {cycle['id']}`")
    said = context.document["guards"]
    limits = guards.Limits(said["creates"], said["changes"], said["deletes"], int(said["from"]))
    counted = planned if holds(cycle["kind"]) else {"unlink": planned.get("unlink", 0)}
    wanted = guards.Planned(counted.get("create", 0), counted.get("update", 0), counted.get("unlink", 0))
    known = links.count(tx, context.id).get(stream["entity"], 0)
    found = guards.judge(wanted, known, limits)
    return f"{stream['entity']} {stream['direction']}: {found}".replace(" N`", f" {cycle['id']}`") if found else ""


def approve(tx: Tx, connection_id: int, cycle_id: int, author: str) -> list[Wake]:
    """Lets a cycle go on that asked. Raises LookupError when it does not ask, or another cycle is running."""
    cycle = cycles.get(tx, cycle_id)
    if cycle is None or cycle["connection_id"] != connection_id or not cycles.approve(tx, cycle_id, author):
        raise LookupError(f"cycle {cycle_id} does not wait for an answer, or another cycle runs; see `ac365 cycles`")
    lane = Lane(cycle["lane"])
    return [Wake(Stage.CYCLE, (connection_id, cycle_id), lane)]


def reject(tx: Tx, connection_id: int, cycle_id: int, author: str) -> int:
    """Ends a cycle that asked; nothing of what it held back is written. Answers with how many records that were."""
    cycle = cycles.get(tx, cycle_id)
    if (
        cycle is None
        or cycle["connection_id"] != connection_id
        or not cycles.reject(tx, cycle_id, f"{author}: {REJECTED}")
    ):
        raise LookupError(f"cycle {cycle_id} does not wait for an answer; see `ac365 cycles`")
    dropped = outbox.drop_held(tx, cycle_id)
    for stream_id, number in dropped.items():
        streams.count(tx, stream_id, {Outcome.SKIPPED.value: number})
    for stream in cycles.streams(tx, cycle_id):
        streams.fail(tx, stream["id"], {"message": REJECTED, "code": "cycle.rejected", "advice": ""})
    return sum(dropped.values())


def trip(tx: Tx, context: Context, rows: Sequence[Mapping[str, Any]]) -> None:
    """Pauses a direction that has failed persistently, for a while: the cycle after that is the probe."""
    for direction in {Direction(row["direction"]) for row in rows}:
        ends = [
            breaker.StreamEnd(row["failed"], row["read"], row["failed_records"])
            for row in streams.recent_ends(tx, context.id, direction, breaker.REMEMBERED)
        ]
        if breaker.trips(ends):
            until = context.now() + breaker.pause_for(breaker.trips_in_a_row(ends))
            reason = "every cycle in this direction failed lately; it is tried again by itself"
            pauses.pause(tx, context.id, None, direction, BREAKER, reason, until=until)


def empty(tx: Tx, context: Context, entities: Sequence[Entity], read: int) -> str:
    """Why a full read of a side is not believed, "" when it is: it showed nothing, or far less than is linked."""
    known = links.count(tx, context.id)
    return guards.looks_empty(read, sum(known.get(entity, 0) for entity in entities))
