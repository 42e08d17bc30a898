"""Snapshots: what both services said about themselves, kept so that no page has to ask again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Statements, Tx

SQL = Statements("snapshots")


def put(tx: Tx, connection_id: int, key: str, document: Any) -> None:
    """Keeps a JSON document under its key in place of the former one."""
    SQL.run(tx, "put", connection_id=connection_id, key=key, document=jsonb(document))


def claim(tx: Tx, connection_id: int, key: str, now: datetime, until: datetime) -> bool:
    """Takes, under a key of its own, what one worker at a time may do; False while another one has it."""
    return SQL.run(tx, "claim", connection_id=connection_id, key=key, now=now, until=until) == 1


def release(tx: Tx, connection_id: int, key: str) -> None:
    """Gives it back before its time is over."""
    put(tx, connection_id, key, {"until": "-infinity"})


def forget(tx: Tx, connection_id: int, keys: Sequence[str]) -> int:
    """Forgets documents, so that they are made anew; answers with how many there were."""
    return SQL.run(tx, "forget", connection_id=connection_id, keys=list(keys))


def taken(tx: Tx, connection_id: int) -> dict[str, datetime]:
    """When each of the connection's documents was put, by key; the documents themselves are not read."""
    return {row["key"]: row["taken_at"] for row in SQL.rows(tx, "taken", connection_id=connection_id)}


def get(tx: Tx, connection_id: int, key: str) -> tuple[Any, datetime] | None:
    """The document and when it was put."""
    row = SQL.row(tx, "get", connection_id=connection_id, key=key)
    return (row["document"], row["taken_at"]) if row else None
