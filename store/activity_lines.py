"""Lines: reading activities and writing them go on by themselves, each by one worker at a time under a lease."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("activity_lines")
READ, WRITE = "read", "write"


def ensure(tx: Tx, connection_id: int, now: datetime) -> None:
    """Makes both lines of a connection, due at once, unless they are there."""
    SQL.run(tx, "ensure", connection_id=connection_id, now=now)


def get(tx: Tx, connection_id: int, line: str) -> Row | None:
    """The row of a line: state, due_at, claimed_by, lease_until, attempts, error, moved_at."""
    return SQL.row(tx, "get", connection_id=connection_id, line=line)


def due(tx: Tx, now: datetime) -> list[Row]:
    """{connection_id, line} of those whose time has come and that nobody holds, or whose holder is dead."""
    return SQL.rows(tx, "due", now=now)


def claim(tx: Tx, connection_id: int, line: str, token: str, now: datetime, until: datetime) -> Row | None:
    """Takes a line for the holder of `token`; None when it isn't due, or somebody else has it."""
    return SQL.row(tx, "claim", connection_id=connection_id, line=line, token=token, now=now, until=until)


def advance(tx: Tx, connection_id: int, line: str, token: str, state: Mapping[str, Any], until: datetime) -> bool:
    """Keeps where it stands and holds it on. False: another one has taken it over, so leave everything as it is."""
    where = {"connection_id": connection_id, "line": line, "token": token}
    return SQL.run(tx, "advance", **where, state=jsonb(state), until=until) == 1


def release(
    tx: Tx, connection_id: int, line: str, token: str, due_at: datetime, error: Mapping[str, Any] | None = None
) -> None:
    """Gives it back until then. error: what stopped it, as `engine.dead_letters.describe` tells it."""
    told = None if error is None else jsonb(error)
    SQL.run(tx, "release", connection_id=connection_id, line=line, token=token, due_at=due_at, error=told)


def hurry(tx: Tx, connection_id: int, line: str, at: datetime) -> None:
    """Lets it go on at that time, unless it does so sooner."""
    SQL.run(tx, "hurry", connection_id=connection_id, line=line, at=at)
