"""Pages: raw rows as they were read, until they are transformed. filed -> claimed -> done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("pages")
HOPELESS_ATTEMPTS = 5


def file(tx: Tx, stream_id: int, expected_pages: int, rows: Sequence[Any], cursor: str | None) -> int | None:
    """Files the page after the first `expected_pages` ones together with the cursor, and counts its rows as read.

    Answers with the page's id. None: somebody filed that page already, or the stream isn't fetching any more; then
    nothing was changed.
    """
    moved = SQL.run(tx, "move", stream_id=stream_id, expected_pages=expected_pages, number=len(rows), cursor=cursor)
    return int(SQL.value(tx, "file", stream_id=stream_id, rows=jsonb(rows))) if moved else None


def claim(tx: Tx, page_id: int, worker: str, lease_s: float) -> Row | None:
    """Takes a filed page: {id, stream_id, cycle_id, connection_id, number, rows, attempts, entity, direction, lane,
    full, kind, config_version}. None: another worker has it, or it is done."""
    return SQL.row(tx, "claim", id=page_id, worker=worker, lease_s=lease_s)


def done(tx: Tx, page_id: int, worker: str | None = None) -> bool:
    """Ends a page and drops its rows. False: the lease ran out and somebody else has it; keep nothing then."""
    return SQL.run(tx, "done", id=page_id, worker=worker) == 1


def postpone(tx: Tx, page_id: int, worker: str, after_s: float) -> None:
    """Keeps a claimed page for later because a service can't be reached: that says nothing about the page."""
    SQL.run(tx, "postpone", id=page_id, worker=worker, after_s=after_s)


def unclaimed(tx: Tx, limit: int) -> list[Row]:
    """Pages that wait for a worker, oldest first: {id, connection_id, stream_id, lane, entity}."""
    return SQL.rows(tx, "unclaimed", limit=limit)


def hopeless(tx: Tx, now: datetime) -> list[Row]:
    """Pages that so many workers died with that another one would too: {id, stream_id, cycle_id, connection_id,
    entity, rows}. Account for their records and end them with `done`."""
    return SQL.rows(tx, "hopeless", now=now, attempts=HOPELESS_ATTEMPTS)


def expired(tx: Tx, now: datetime) -> list[int]:
    """Takes back what dead workers held; answers with the ids of those pages."""
    return SQL.column(tx, "expired", now=now)


def abandon(tx: Tx, stream_ids: Sequence[int]) -> dict[int, int]:
    """Ends what nobody has decided of these streams; answers with how many rows that were, by stream. A worker that
    decides one of the pages keeps nothing."""
    return {row["stream_id"]: row["count"] for row in SQL.rows(tx, "abandon", streams=list(stream_ids))}


def prune(tx: Tx, before: datetime) -> int:
    """Forgets pages of streams that ended before this time; answers with how many."""
    return SQL.run(tx, "prune", before=before)
