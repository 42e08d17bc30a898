"""Wanted: records that are to be read anew, for a retry or because somebody asked for them."""

from __future__ import annotations

from collections.abc import Sequence

from store.statements import Statements, Tx
from sync.model import Entity, Lane

SQL = Statements("wanted")


def put(tx: Tx, connection_id: int, entity: Entity, lane: Lane, ids: Sequence[str]) -> None:
    """Asks for these records; asking twice is asking once."""
    SQL.run(tx, "put", connection_id=connection_id, entity=entity, lane=lane, ids=list(ids))


def peek(tx: Tx, connection_id: int, entity: Entity, lane: Lane, limit: int) -> list[str]:
    """The records that were asked for first. They stay on the list until `take`."""
    return SQL.column(tx, "peek", connection_id=connection_id, entity=entity, lane=lane, limit=limit)


def take(tx: Tx, connection_id: int, entity: Entity, lane: Lane, ids: Sequence[str]) -> int:
    """Strikes records off the list, in the transaction that files them; answers with how many are still on it."""
    scope = {"connection_id": connection_id, "entity": entity, "lane": lane}
    SQL.run(tx, "take", **scope, ids=list(ids))
    return int(SQL.value(tx, "remaining", **scope))
