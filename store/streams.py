"""Streams: one entity in one direction within a cycle. pending -> fetching -> delivering -> done, or failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Row, Statements, Tx
from sync.model import Direction, Entity, Outcome

SQL = Statements("streams")


def get(tx: Tx, stream_id: int) -> Row | None:
    """One stream: the columns of the table, with kind and config_version of its cycle."""
    return SQL.row(tx, "get", id=stream_id)


def begin(tx: Tx, stream_id: int, select_hash: str) -> bool:
    """pending -> fetching. False: somebody else has begun."""
    return SQL.run(tx, "begin", id=stream_id, select_hash=select_hash) == 1


def advance(tx: Tx, stream_id: int, cursor: str | None) -> bool:
    """Moves the cursor without filing a page. False: the stream isn't fetching any more."""
    return SQL.run(tx, "advance", id=stream_id, cursor=cursor) == 1


def fetched(tx: Tx, stream_id: int, *, whole: bool = False) -> bool:
    """fetching -> delivering: the last page is filed. False: somebody else said so, or the stream has failed.

    whole: all records there are were read, not only changes.
    """
    return SQL.run(tx, "fetched", id=stream_id, whole=whole) == 1


def use_modified(tx: Tx, stream_id: int) -> bool:
    """Reads by modification date from now on, from the start: the table has no change tracking."""
    return SQL.run(tx, "use_modified", id=stream_id) == 1


def reads_all(tx: Tx, stream_id: int) -> bool:
    """Says that a stream reads everything, before its first page is filed. False: it isn't fetching (any more)."""
    return SQL.run(tx, "reads_all", id=stream_id) == 1


def start_over(tx: Tx, stream_id: int) -> bool:
    """Reads everything again: the change token has expired. Pages filed so far stay and count."""
    return SQL.run(tx, "start_over", id=stream_id) == 1


def postpone(tx: Tx, stream_id: int, due_at: datetime, error: dict[str, Any]) -> bool:
    """Waits until `due_at` after a passing fault; one more attempt. The next filed page starts the count anew."""
    return SQL.run(tx, "postpone", id=stream_id, due_at=due_at, error=jsonb(error)) == 1


def count(tx: Tx, stream_id: int, outcomes: Mapping[str, int]) -> None:
    """Adds outcomes; what had been counted as waiting and is settled now leaves `waiting`."""
    numbers = {outcome.value: outcomes.get(outcome.value, 0) for outcome in Outcome}
    if any(numbers.values()):
        SQL.run(tx, "count", id=stream_id, total=sum(numbers.values()), **numbers)


def settled(tx: Tx, stream_id: int) -> bool:
    """Whether the stream is delivering and every record that it read has an outcome."""
    return bool(SQL.value(tx, "settled", id=stream_id))


def drained(tx: Tx, stream_id: int) -> bool:
    """Whether the stream is delivering and nothing is left of it but deletions held back until the cycle's end."""
    return bool(SQL.value(tx, "drained", id=stream_id))


def decided(tx: Tx, stream_id: int) -> bool:
    """Whether the stream has read all there is and every page of it is decided."""
    return bool(SQL.value(tx, "decided", id=stream_id))


def hand_over(tx: Tx, giver: int, taker: int, number: int) -> None:
    """Counts records that one stream read as read by another one: one reading of ActiveCampaign serves both."""
    if number:
        SQL.run(tx, "hand_over", giver=giver, taker=taker, number=number)


def fellow(tx: Tx, stream_id: int, entity: Entity) -> Row | None:
    """The stream of another entity in the same cycle and direction, None when it takes no part."""
    return SQL.row(tx, "fellow", id=stream_id, entity=entity)


def recent_ends(tx: Tx, connection_id: int, direction: Direction, limit: int) -> list[Row]:
    """How a direction fared in the last scheduled cycles, newest first: {failed, read, failed_records}."""
    return SQL.rows(tx, "recent_ends", connection_id=connection_id, direction=direction, limit=limit)


def finish(tx: Tx, stream_id: int) -> bool:
    """delivering -> done. False: it isn't delivering (any more)."""
    return SQL.run(tx, "finish", id=stream_id) == 1


def fail(tx: Tx, stream_id: int, error: dict[str, Any]) -> bool:
    """Gives the stream up with its error; what is on its way counts as waiting. False: it had ended already."""
    return SQL.run(tx, "fail", id=stream_id, error=jsonb(error)) == 1


def park(tx: Tx, stream_id: int) -> bool:
    """delivering -> done, while its records may not travel: they count as waiting. False: pages are still open."""
    return SQL.run(tx, "park", id=stream_id) == 1


def reselect(tx: Tx, stream_id: int, select_hash: str) -> bool:
    """Reads from the start with other columns; pages filed so far stay and count. False: it isn't fetching."""
    return SQL.run(tx, "reselect", id=stream_id, select_hash=select_hash) == 1


def idle(tx: Tx, now: datetime, before: datetime) -> list[Row]:
    """Streams that should be fetching, aren't waiting for a due time and have not moved since `before`."""
    return SQL.rows(tx, "idle", now=now, before=before)
