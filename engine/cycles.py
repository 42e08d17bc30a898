"""A cycle: opened for a connection, it runs its streams in order and ends with a state that says what happened."""

from __future__ import annotations

from datetime import datetime

from engine import aftermath
from engine.context import Context
from engine.wake import Stage, Wake
from store import configurations, connections, cycles, outbox, pauses, streams, wanted, watermarks
from store.db import Database, Tx
from store.statements import Row
from sync import progress, schedule
from sync.model import ORDER, CycleKind, Direction, Entity, Lane

EXCLUSIVE = (CycleKind.SCHEDULED, CycleKind.MANUAL, CycleKind.INITIAL, CycleKind.BASELINE)


def open_due(db: Database, now: datetime) -> list[Wake]:
    """Opens a cycle for every connection whose time has come. The due row is the lock: two beats do no harm."""
    opened = []
    with db.transaction() as tx:
        for connection in connections.due(tx, now):
            current = configurations.current(tx, connection["id"])
            if current is None:
                continue
            version, document = current
            due_at = schedule.next_due(document["sync"]["frequency"], connection["next_due_at"], now)
            connections.set_next_due(tx, connection["id"], due_at)
            on = enabled(document) if document["sync"]["enabled"] else []
            entities = [entity for entity in on if _scheduled(tx, connection["id"], entity)]
            if entities:
                slot = connection["next_due_at"] or now
                opened.append(_open(tx, connection["id"], CycleKind.SCHEDULED, entities, version, slot, "schedule"))
    return [wake for wake in opened if wake]


def _scheduled(tx: Tx, connection_id: int, entity: Entity) -> bool:
    """Whether an entity takes part in scheduled cycles: a person has started its first sync, and nobody paused it.

    A first sync that failed half-way goes on by itself; one from now on has to be asked for again.
    """
    begun = watermarks.get(tx, connection_id, entity, Direction.OUTBOUND) is not None
    return (begun or cycles.asked_for(tx, connection_id, entity, CycleKind.INITIAL)) and not pauses.paused(
        tx, connection_id, entity, Direction.OUTBOUND
    )


def open_now(
    tx: Tx,
    connection_id: int,
    kind: CycleKind,
    entities: list[Entity],
    requested_by: str,
    full: bool = False,
    lane: Lane | None = None,
) -> tuple[int | None, list[Wake]]:
    """Opens a cycle that a person or a retry asked for. Answers with its id (None: the same already waits) and wakes.

    Raises LookupError when the connection has no configuration yet.
    """
    current = configurations.current(tx, connection_id)
    if current is None:
        raise LookupError("there is no configuration yet: import one with `ac365 config import FILE`")
    wake = _open(tx, connection_id, kind, entities, current[0], None, requested_by, full, lane)
    return (int(wake.args[1]), [wake]) if wake else (None, [])


def _open(
    tx: Tx,
    connection_id: int,
    kind: CycleKind,
    entities: list[Entity],
    version: int,
    slot: datetime | None,
    requested_by: str,
    full: bool = False,
    lane: Lane | None = None,
) -> Wake | None:
    lane = lane or (Lane.BACKFILL if kind in (CycleKind.INITIAL, CycleKind.BASELINE) else Lane.SYNC)
    wanted = [{"entity": e, "direction": Direction.OUTBOUND, "full": full} for e in ORDER if e in entities]
    cycle_id = cycles.open(tx, connection_id, kind, lane, version, wanted, slot=slot, requested_by=requested_by)
    return Wake(Stage.CYCLE, (connection_id, cycle_id), lane) if cycle_id else None


def enabled(document: dict) -> list[Entity]:  # type: ignore[type-arg]
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
                streams.begin(tx, stream["id"], context.select_hash(Entity(stream["entity"])))
                return [Wake(Stage.FETCH, (context.id, stream["id"]), lane)]
            if not _through(tx, context, stream):
                return []
        if outbox.release_held(tx, cycle_id):
            return [Wake(Stage.UPSERT, (context.id, e, lane), lane) for e in ORDER]
        return _end(tx, context, cycle_id)


def _through(tx: Tx, context: Context, stream: Row) -> bool:
    """Whether the next stream may begin: this one ended, or has nothing left but held deletions, or may not travel."""
    ended = stream["state"] in ("done", "failed")
    return ended or streams.drained(tx, stream["id"]) or _park(tx, context, stream)


def _park(tx: Tx, context: Context, stream: Row) -> bool:
    """Ends a stream whose entity was paused or switched off meanwhile, so that the others go on: its records wait."""
    entity = Entity(stream["entity"])
    on = context.rules[entity].settings["enabled"]
    return (not on or pauses.paused(tx, context.id, entity, Direction.OUTBOUND)) and streams.park(tx, stream["id"])


def _end(tx: Tx, context: Context, cycle_id: int) -> list[Wake]:
    rows = cycles.streams(tx, cycle_id)
    open_rows = [s for s in rows if s["state"] not in ("done", "failed")]
    if any(not (streams.settled(tx, s["id"]) or _park(tx, context, s)) for s in open_rows):
        return []
    for stream in open_rows:
        streams.finish(tx, stream["id"])
    rows = cycles.streams(tx, cycle_id)
    missing, note = aftermath.unseen(tx, context.id, rows)
    cycles.finish(tx, cycle_id, progress.cycle_state(rows), note=note)
    following = cycles.next_queued(tx, context.id)
    next_up = [Wake(Stage.CYCLE, (context.id, following["id"]), Lane(following["lane"]))] if following else []
    wakes = _read_again(tx, context.id, missing, "not shown by a full read")
    return [*next_up, *wakes, *_read_again(tx, context.id, aftermath.arrivals(tx, context.id, rows), "account arrived")]


def _read_again(tx: Tx, connection_id: int, found: dict[Entity, list[str]], why: str) -> list[Wake]:
    for entity, ids in found.items():
        wanted.put(tx, connection_id, entity, Lane.SYNC, ids)
    return open_now(tx, connection_id, CycleKind.RETRY, list(found), why)[1] if found else []
