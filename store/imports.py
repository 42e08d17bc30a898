"""Bulk imports under way: sending -> queued at the service -> done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.errors import Stale
from store.outbox import SQL as OUTBOX
from store.outbox import Claimed, to_claimed
from store.statements import Row, Statements, Tx
from sync.model import Lane

SQL = Statements("imports")


def begin(
    tx: Tx, connection_id: int, lane: Lane, decisions: Mapping[int, Mapping[str, Any]], worker: str, lease_s: float
) -> int:
    """Files an import before it is sent, with the decision for each claimed outbox row; answers with its id.

    Raises Stale when one of the rows is not this worker's any more: then nothing may be sent.
    """
    import_id = SQL.value(
        tx, "begin", connection_id=connection_id, lane=lane, rows=len(decisions), worker=worker, lease_s=lease_s
    )
    given = [{"id": outbox_id, "decision": decision} for outbox_id, decision in decisions.items()]
    taken = SQL.run(
        tx, "take_along", connection_id=connection_id, import_id=import_id, worker=worker, decisions=jsonb(given)
    )
    if taken != len(decisions):
        raise Stale(f"{len(decisions) - taken} of {len(decisions)} rows were taken back meanwhile")
    return int(import_id)


def queued(tx: Tx, import_id: int, service_id: str, poll_at: datetime) -> bool:
    """The service took it; ask at `poll_at`. False: the lease ran out meanwhile and the rows go again."""
    return SQL.run(tx, "queued", id=import_id, service_id=service_id, poll_at=poll_at) == 1


def due(tx: Tx, now: datetime, worker: str, lease_s: float, limit: int) -> list[Row]:
    """Takes imports whose turn to be asked about has come: the columns of the table."""
    return SQL.rows(tx, "due", now=now, worker=worker, lease_s=lease_s, limit=limit)


def claim(tx: Tx, import_id: int, worker: str, lease_s: float, now: datetime) -> Row | None:
    """Takes one import whose turn has come. None: it is too early, somebody else asks, or it is done."""
    return SQL.row(tx, "claim", id=import_id, worker=worker, lease_s=lease_s, now=now)


def overdue(tx: Tx, now: datetime) -> list[Row]:
    """Imports whose turn has come and that nobody asks about: {id, connection_id, lane}."""
    return SQL.rows(tx, "overdue", now=now)


def again(tx: Tx, import_id: int, poll_at: datetime) -> bool:
    """The service isn't through: ask again at `poll_at`."""
    return SQL.run(tx, "again", id=import_id, poll_at=poll_at) == 1


def rows_of(tx: Tx, import_id: int) -> list[Claimed]:
    """The rows that travel with it and are not settled yet, each with its decision."""
    return [to_claimed(row) for row in OUTBOX.rows(tx, "of_import", import_id=import_id)]


def done(tx: Tx, import_id: int) -> bool:
    """Nothing more is expected of it. Settle its rows, or put them back, in the same transaction; what is left over
    counts as held by a dead worker, so that nothing stays behind unseen."""
    ended = SQL.run(tx, "done", id=import_id) == 1
    SQL.run(tx, "abandon", ids=[import_id])
    return ended


def expired(tx: Tx, now: datetime) -> list[int]:
    """Gives up imports that a dead worker was sending; answers with their ids.

    Whether the service has them is not known. Their rows count as held by a dead worker: call `outbox.expired` next.
    """
    ids = SQL.column(tx, "expired", now=now)
    if ids:
        SQL.run(tx, "abandon", ids=ids)
    return ids


def outstanding(tx: Tx, connection_id: int) -> int:
    """How many imports the service has not finished, as far as is known."""
    return int(SQL.value(tx, "outstanding", connection_id=connection_id))


def prune(tx: Tx, before: datetime) -> int:
    """Forgets imports that were sent before this time and are done; answers with how many."""
    return SQL.run(tx, "prune", before=before)
