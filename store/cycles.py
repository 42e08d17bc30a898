"""Cycles: queued -> running -> complete, partial, failed or stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.documents import jsonb
from store.statements import Row, Statements, Tx
from sync.model import CycleKind, Direction, Entity, Lane

SQL = Statements("cycles")


def open(
    tx: Tx,
    connection_id: int,
    kind: CycleKind,
    lane: Lane,
    config_version: int,
    streams: Sequence[Row],
    slot: datetime | None = None,
    requested_by: str = "",
) -> int | None:
    """Files a cycle that waits for `start`; answers with its id. None: the slot is taken, or the same request (kind,
    lane, streams) waits already.

    streams: {entity, direction, full} in the order in which they are to run.
    """
    cycle_id = SQL.value(
        tx,
        "open",
        connection_id=connection_id,
        kind=kind,
        lane=lane,
        config_version=config_version,
        slot=slot,
        request=_request(streams),
        requested_by=requested_by,
    )
    if cycle_id is None:
        return None
    SQL.run(tx, "add_streams", cycle_id=cycle_id, connection_id=connection_id, lane=lane, streams=jsonb(streams))
    return int(cycle_id)


def _request(streams: Sequence[Row]) -> str:
    return " ".join(f"{s['entity']}:{s['direction']}{':full' if s.get('full') else ''}" for s in streams)


def start(tx: Tx, cycle_id: int) -> bool:
    """Starts a queued cycle. False: it was started already, or has to wait: over whole tables (scheduled, manual,
    initial, baseline) one cycle runs at a time on a connection."""
    SQL.run(tx, "lock_connection", id=cycle_id)
    return SQL.run(tx, "start", id=cycle_id) == 1


def asked_for(tx: Tx, connection_id: int, entity: Entity, direction: Direction, kind: CycleKind) -> bool:
    """Whether a cycle of this kind has begun to read the entity in this direction, however that ended."""
    return bool(SQL.value(tx, "asked_for", connection_id=connection_id, entity=entity, direction=direction, kind=kind))


def next_queued(tx: Tx, connection_id: int) -> Row | None:
    """The oldest queued cycle that could start now."""
    return SQL.row(tx, "next_queued", connection_id=connection_id)


def get(tx: Tx, cycle_id: int) -> Row | None:
    """One cycle: the columns of the table."""
    return SQL.row(tx, "get", id=cycle_id)


def lock(tx: Tx, cycle_id: int) -> Row | None:
    """One cycle, locked until the transaction ends."""
    return SQL.row(tx, "lock", id=cycle_id)


def streams(tx: Tx, cycle_id: int) -> list[Row]:
    """The streams of a cycle in their order, each with the cycle's kind."""
    return SQL.rows(tx, "streams", id=cycle_id)


def streams_of(tx: Tx, cycle_ids: Sequence[int]) -> list[Row]:
    """The streams of several cycles, each cycle's in their order."""
    return SQL.rows(tx, "streams_of", ids=list(cycle_ids))


def recent(tx: Tx, limit: int, connection_id: int | None = None, before: int | None = None) -> list[Row]:
    """The newest cycles first, of one connection or of all. before: the number behind which to go on."""
    return SQL.rows(tx, "recent", limit=limit, connection_id=connection_id, before=before)


def unfinished(tx: Tx) -> list[Row]:
    """Cycles that are queued or running, oldest first, of all connections."""
    return SQL.rows(tx, "unfinished")


def finish(tx: Tx, cycle_id: int, state: str, note: str = "") -> bool:
    """Ends a cycle as complete, partial, failed or stopped. False: it had ended already."""
    return SQL.run(tx, "finish", id=cycle_id, state=state, note=note) == 1


def trail(tx: Tx, cycle_id: int) -> bool:
    """Lets the next cycle begin although this one goes on. False: it does not run, or trails already."""
    return SQL.run(tx, "trail", id=cycle_id) == 1


def ask(tx: Tx, cycle_id: int, note: str) -> bool:
    """Stops a running cycle until a person answers `note`."""
    return SQL.run(tx, "ask", id=cycle_id, note=note) == 1


def approve(tx: Tx, cycle_id: int, author: str) -> bool:
    """Lets a stopped cycle go on. False: it did not wait for an answer, or another cycle runs."""
    return SQL.run(tx, "approve", id=cycle_id, author=author) == 1


def reject(tx: Tx, cycle_id: int, note: str) -> bool:
    """Ends a stopped cycle for good; it stays `stopped`. False: it did not wait for an answer."""
    return SQL.run(tx, "reject", id=cycle_id, note=note) == 1


def asking(tx: Tx, connection_id: int) -> list[Row]:
    """The cycles that wait for a person's answer, oldest first."""
    return SQL.rows(tx, "asking", connection_id=connection_id)


def prune(tx: Tx, before: datetime) -> int:
    """Forgets cycles that ended before this time and left nothing in the outbox, with their streams and pages."""
    return SQL.run(tx, "prune", before=before)
