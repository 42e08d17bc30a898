"""Wanted: records that are to be read anew, for a retry or because somebody asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.statements import Row, Statements, Tx
from sync.model import Entity, Lane

SQL = Statements("wanted")


def put(tx: Tx, connection_id: int, entity: Entity, lane: Lane, ids: Sequence[str]) -> None:
    """Asks for these records; asking twice is asking once."""
    SQL.run(tx, "put", connection_id=connection_id, entity=entity, lane=lane, ids=list(ids))


def forgotten(tx: Tx, now: datetime, before: datetime) -> list[Row]:
    """{connection_id, entity, lane} of records asked for before that time that no cycle is about to read, each once.

    They count as asked for at `now`: open a cycle for them.
    """
    found = SQL.rows(tx, "forgotten", now=now, before=before)
    return [dict(key) for key in dict.fromkeys(tuple(row.items()) for row in found)]


def peek(tx: Tx, connection_id: int, entity: Entity, lane: Lane, limit: int) -> list[str]:
    """The records that were asked for first. They stay on the list until `take`."""
    return SQL.column(tx, "peek", connection_id=connection_id, entity=entity, lane=lane, limit=limit)


def of_record(tx: Tx, connection_id: int, entity: Entity, record_id: str) -> list[Row]:
    """Where this record is asked for: {lane, asked_at}."""
    return SQL.rows(tx, "of_record", connection_id=connection_id, entity=entity, record_id=record_id)


def take(tx: Tx, connection_id: int, entity: Entity, lane: Lane, ids: Sequence[str]) -> int:
    """Strikes records off the list, in the transaction that files them; answers with how many are still on it."""
    scope = {"connection_id": connection_id, "entity": entity, "lane": lane}
    SQL.run(tx, "take", **scope, ids=list(ids))
    return int(SQL.value(tx, "remaining", **scope))
