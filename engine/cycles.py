"""A cycle: opened for a connection, it runs its streams in order and ends with a state that says what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine import aftermath, caution, configured, fellows, stopping, timing, trailing
from engine.context import Context, read_ways
from engine.wake import Stage, Wake
from store import asked, connections, cycles, outbox, outcomes, pauses, streams, wanted, watermarks
from store.db import Database, Tx
from store.statements import Row
from sync import progress
from sync.model import ORDER, PEOPLE, CycleKind, Direction, Entity, Lane

INTRODUCTION = "ids of new contacts"
"""Who asks for the reading that follows an import: it learns which contacts the imported records became."""
EXCLUSIVE = (CycleKind.SCHEDULED, CycleKind.MANUAL, CycleKind.INITIAL, CycleKind.BASELINE)


def open_due(db: Database, now: datetime) -> list[Wake]:
    """Opens a cycle for every connection whose time has come. The due row is the lock: two beats do no harm."""
    opened = []
    with db.transaction() as tx:
        for connection in connections.due(tx, now):
            current = configured.current(tx, connection["id"])
            if current is None:
                continue
            version, document = current
            allowed = timing.allowed(document, now)
            if allowed > now:
                connections.set_next_due(tx, connection["id"], allowed)
                continue
            connections.set_next_due(tx, connection["id"], timing.next_due(document, connection["next_due_at"], now))
            # A cycle that asks a person holds the others up: they would do what it asks about.
            asking = cycles.asking(tx, connection["id"])
            idle = not document["sync"]["enabled"] or any(not cycle["trails"] for cycle in asking)
            on = [entity for entity in enabled(document) if not (asking and entity is Entity.OPPORTUNITY)]
            wanted = [] if idle else [one for one in planned(document, on) if _due(tx, connection, one)]
            if wanted:
                slot = connection["next_due_at"] or now
                opened.append(_open(tx, connection["id"], CycleKind.SCHEDULED, wanted, version, slot, "schedule"))
    return [wake for wake in opened if wake]


def planned(document: Mapping[str, Any], entities: Iterable[Entity], *, full: bool = False) -> list[Row]:
    """The streams of a cycle over these entities in their order: inbound before outbound, accounts before people."""
    chosen = [entity for entity in ORDER if entity in set(entities)]
    return [
        {"entity": entity, "direction": direction, "full": full}
        for direction in (Direction.INBOUND, Direction.OUTBOUND)
        for entity in chosen
        if direction in read_ways(document, entity)
    ]


def _due(tx: Tx, connection: Row, stream: Row) -> bool:
    """Whether a stream takes part in scheduled cycles: a person has started its first sync, and nobody paused it.

    A first sync that failed half-way goes on by itself; one from now on has to be asked for again.
    """
    return _begun(tx, connection["id"], stream)


def _begun(tx: Tx, connection_id: int, stream: Row) -> bool:
    where = (connection_id, stream["entity"], stream["direction"])
    begun = watermarks.get(tx, *where) is not None or cycles.asked_for(tx, *where, CycleKind.INITIAL)
    return begun and not pauses.paused(tx, *where)


def open_now(
    tx: Tx,
    connection_id: int,
    kind: CycleKind,
    entities: list[Entity],
    requested_by: str,
    full: bool = False,
    lane: Lane | None = None,
    direction: Direction | None = None,
) -> tuple[int | None, list[Wake]]:
    """Opens a cycle that a person or a retry asked for. Answers with its id (None: the same already waits) and wakes.

    direction: this one for all of the entities, whatever is configured; None as configured. Raises LookupError when the
    connection has no configuration yet.
    """
    current = configured.current(tx, connection_id)
    if current is None:
        raise LookupError("there is no configuration yet: import one with `ac365 config import FILE`")
    wanted = planned(current[1], entities, full=full)
    if direction:
        on = [e for e in enabled(current[1]) if e in entities]
        wanted = [{"entity": e, "direction": direction, "full": full} for e in on]
    wake = _open(tx, connection_id, kind, wanted, current[0], None, requested_by, lane) if wanted else None
    return (int(wake.args[1]), [wake]) if wake else (None, [])


def open_inbound(tx: Tx, connection_id: int, requested_by: str, lane: Lane, kind: str = "person") -> list[Wake]:
    """Opens a cycle that reads what is asked for in ActiveCampaign (`store.asked`), `person` or `account`."""
    entities = list(PEOPLE) if kind == "person" else [Entity.ACCOUNT]
    why = CycleKind.RECORD if lane is Lane.LIVE else CycleKind.RETRY
    return open_now(tx, connection_id, why, entities, requested_by, lane=lane, direction=Direction.INBOUND)[1]


def _open(
    tx: Tx,
    connection_id: int,
    kind: CycleKind,
    wanted: list[Row],
    version: int,
    slot: datetime | None,
    requested_by: str,
    lane: Lane | None = None,
) -> Wake | None:
    lane = lane or (Lane.BACKFILL if kind in (CycleKind.INITIAL, CycleKind.BASELINE) else Lane.SYNC)
    cycle_id = cycles.open(tx, connection_id, kind, lane, version, wanted, slot=slot, requested_by=requested_by)
    return Wake(Stage.CYCLE, (connection_id, cycle_id), lane) if cycle_id else None


def enabled(document: Mapping[str, Any]) -> list[Entity]:
    """The entities that are switched on, in the order of a cycle."""
    return [e for e in ORDER if document["entities"][e]["enabled"]]


def advance(context: Context, cycle_id: int) -> list[Wake]:
    """Moves a cycle on by one step: starts it, begins the next stream, releases deletions, or ends it.

    Called whenever something was settled, and by the sweep. It is safe to call at any time and from several workers:
    the row of the cycle is locked, and every step is a swap.
    """
    with context.db.transaction() as tx:
        cycle = cycles.lock(tx, cycle_id)
        if cycle is None or cycle["state"] not in ("queued", "running"):
            return []
        if cycle["state"] == "queued" and not cycles.start(tx, cycle_id):
            return []
        lane = Lane(cycle["lane"])
        for stream in cycles.streams(tx, cycle_id):
            if stream["state"] == "pending":
                return _begin(tx, context, cycle, stream)
            answer = caution.look(tx, context, cycle, stream)
            if answer is not None:
                return answer
            if not _through(tx, context, stream):
                rest = stream["entity"] == Entity.OPPORTUNITY and streams.decided(tx, stream["id"])
                return trailing.begin(tx, cycle) if rest else []
        if outbox.release_held(tx, cycle_id):
            return [Wake(Stage.UPSERT, (context.id, e, lane), lane) for e in ORDER]
        return _end(tx, context, cycle_id)


def _begin(tx: Tx, context: Context, cycle: Row, stream: Row) -> list[Wake]:
    """Begins a stream. One that another stream has read for already has only to deliver what it was handed."""
    lane, entity = Lane(cycle["lane"]), Entity(stream["entity"])
    streams.begin(tx, stream["id"], context.select_hash(entity))
    reader = fellows.reader(tx, stream)
    if reader is None:
        return [Wake(Stage.FETCH, (context.id, stream["id"]), lane)]
    if reader["state"] == "failed":
        streams.fail(tx, stream["id"], reader["error"])
    else:
        streams.fetched(tx, stream["id"], whole=reader["full"])
    return [Wake(Stage.CYCLE, (context.id, cycle["id"]), lane)]


def _through(tx: Tx, context: Context, stream: Row) -> bool:
    """Whether the next stream may begin: this one ended, or has nothing left but held deletions, or may not travel."""
    ended = stream["state"] in ("done", "failed")
    return ended or streams.drained(tx, stream["id"]) or _park(tx, context, stream)


def _park(tx: Tx, context: Context, stream: Row) -> bool:
    """Ends a stream whose entity was paused or switched off meanwhile, so that the others go on: its records wait."""
    entity = Entity(stream["entity"])
    on = context.rules[entity].settings["enabled"]
    return (not on or pauses.paused(tx, context.id, entity, stream["direction"])) and streams.park(tx, stream["id"])


def _end(tx: Tx, context: Context, cycle_id: int) -> list[Wake]:
    rows = cycles.streams(tx, cycle_id)
    open_rows = [s for s in rows if s["state"] not in ("done", "failed")]
    if any(not (streams.settled(tx, s["id"]) or _park(tx, context, s)) for s in open_rows):
        return []
    for stream in open_rows:
        streams.finish(tx, stream["id"])
    rows = cycles.streams(tx, cycle_id)
    missing, note = aftermath.unseen(tx, context.id, [row for row in rows if row["direction"] == Direction.OUTBOUND])
    inbound = [row for row in rows if row["direction"] == Direction.INBOUND]
    vanished, remark = aftermath.vanished(tx, context.id, inbound)
    caution.trip(tx, context, rows)
    by_hand = stopping.stopped(rows)
    state = "stopped" if by_hand else progress.cycle_state([_patient(tx, row) for row in rows])
    told = (stopping.STOPPED if by_hand else "", note, remark)
    cycles.finish(tx, cycle_id, state, note="; ".join(part for part in told if part))
    next_up = trailing.next_up(tx, context.id)
    wakes = _read_again(tx, context.id, missing, "not shown by a full read")
    wakes += _read_again(tx, context.id, aftermath.arrivals(tx, context.id, rows), "account arrived")
    if context.rules[Entity.OPPORTUNITY].settings["enabled"]:
        wakes += _read_again(tx, context.id, aftermath.restless(tx, context.id, rows), "contact arrived")
    wakes += _introduce(tx, context, rows)
    return [*next_up, *wakes, *_look_again(tx, context.id, vanished, aftermath.asked(tx, context.id, inbound))]


def _patient(tx: Tx, row: Row) -> Row:
    """The stream without those that wait by rule, each with its reason: they are where they should be."""
    return {**row, "read": row["read"] - (by_rule := outcomes.waiting(tx, row)), "waiting": row["waiting"] - by_rule}


def _introduce(tx: Tx, context: Context, rows: list[Row]) -> list[Wake]:
    """After an import ActiveCampaign is read at once, and not with the next cycle: it shows the ids of the new."""
    if not aftermath.newcomers(tx, context.id, rows):
        return []
    people = [entity for entity in enabled(context.document) if entity in PEOPLE]
    back = [s for s in planned(context.document, people) if s["direction"] == Direction.INBOUND]
    wanted = [s for s in back if _begun(tx, context.id, s)]
    wake = _open(tx, context.id, CycleKind.SCHEDULED, wanted, context.version, None, INTRODUCTION) if wanted else None
    return [wake] if wake else []


def _look_again(tx: Tx, connection_id: int, vanished: Mapping[str, list[int]], swept: bool) -> list[Wake]:
    """What this cycle found worth looking at in ActiveCampaign: what a full read did not show, and who moved."""
    for kind, ids in vanished.items():
        asked.put(tx, connection_id, ids, entity=None, lane=Lane.SYNC, kind=kind)
    kinds = {*vanished, *(["person"] if swept else [])}
    return [
        wake
        for kind in sorted(kinds)
        for wake in open_inbound(tx, connection_id, "found by reading all", Lane.SYNC, kind)
    ]


def _read_again(tx: Tx, connection_id: int, found: dict[Entity, list[str]], why: str) -> list[Wake]:
    for entity, ids in found.items():
        wanted.put(tx, connection_id, entity, Lane.SYNC, ids)
    if not found:
        return []
    return open_now(tx, connection_id, CycleKind.RETRY, list(found), why, direction=Direction.OUTBOUND)[1]
