"""Tokens that programs sign in with at the JSON API. Only their hashes are kept."""

from __future__ import annotations

from datetime import datetime

from store.statements import Row, Statements, Tx

SQL = Statements("api_tokens")


def listed(tx: Tx) -> list[Row]:
    """All tokens by name: id, name, role, author, made_at, used_at, ends_at."""
    return SQL.rows(tx, "listed")


def make(tx: Tx, name: str, role: str, token_hash: bytes, author: str, ends_at: datetime | None) -> int | None:
    """Makes one; None when the name is taken. ends_at: None for no end."""
    made: int | None = SQL.value(
        tx, "make", name=name, role=role, token_hash=token_hash, author=author, ends_at=ends_at
    )
    return made


def holder(tx: Tx, token_hash: bytes, now: datetime) -> Row | None:
    """Whose token this is: id, name, role; None for nobody's."""
    return SQL.row(tx, "holder", token_hash=token_hash, now=now)


def remove(tx: Tx, token_id: int) -> str | None:
    """Makes a token worthless; answers with its name, None when there is none."""
    name: str | None = SQL.value(tx, "remove", id=token_id)
    return name
