"""The audit log: who changed what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Row, Statements, Tx, containing

SQL = Statements("audit")


def write(
    tx: Tx,
    connection_id: int | None,
    author: str,
    action: str,
    subject: str = "",
    *,
    before: Any = None,
    after: Any = None,
) -> None:
    """Writes one line; `before` and `after` are JSON and hold no secrets."""
    SQL.run(
        tx,
        "write",
        connection_id=connection_id,
        author=author,
        action=action,
        subject=subject,
        before=None if before is None else jsonb(before),
        after=None if after is None else jsonb(after),
    )


def page(
    tx: Tx,
    limit: int,
    *,
    before: int | None = None,
    connection_id: int | None = None,
    author: str | None = None,
    action: str | None = None,
) -> list[Row]:
    """The newest lines first, with the connection's name, behind the id `before`. author, action: parts of them."""
    return SQL.rows(
        tx,
        "page",
        limit=limit,
        before=before,
        connection_id=connection_id,
        author=containing(author) if author else None,
        action=containing(action) if action else None,
    )


def listed(tx: Tx, connection_id: int | None = None, limit: int = 100, offset: int = 0) -> list[Row]:
    """The newest lines first, of one connection or of all."""
    return SQL.rows(tx, "listed", connection_id=connection_id, limit=limit, offset=offset)


def prune(tx: Tx, before: datetime) -> int:
    """Forgets lines that were written before this time; answers with how many."""
    return SQL.run(tx, "prune", before=before)
