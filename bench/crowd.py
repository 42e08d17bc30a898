"""A database as large as ac365 promises to stay quick with, made by PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiosql

from store import outcomes
from store.db import Database

STATEMENTS = aiosql.from_path(Path(__file__).parent / "crowd.sql", "psycopg", mandatory_parameters=False)
AT_ONCE = 250_000
CYCLES = 25_000


def fill(db: Database, connection_id: int, now: datetime, *, records: int, history: int) -> None:
    """Fills the store of one connection: so many records, and so many outcomes of the last eighty days."""
    _do(db, "cycles", connection_id=connection_id, cycles=CYCLES)
    _do(db, "streams", connection_id=connection_id)
    for first, last in _portions(records):
        _do(db, "records", connection_id=connection_id, first=first, last=last)
    _do(db, "links", connection_id=connection_id)
    with db.transaction() as tx:
        for days in (80, 50, 20):
            outcomes.prepare(tx, now - timedelta(days=days))
    for first, last in _portions(history):
        _do(
            db,
            "outcomes",
            connection_id=connection_id,
            first=first,
            last=last,
            records=records,
            cycle_id=1,
            cycles=CYCLES,
        )
    for name in ("outbox", "failures", "conflicts", "audit"):
        _do(db, name, connection_id=connection_id, number=records // 20)
    with db.transaction() as tx:
        tx.execute("ANALYZE")


def _portions(number: int) -> Iterator[tuple[int, int]]:
    for first in range(1, number + 1, AT_ONCE):
        yield first, min(first + AT_ONCE - 1, number)


def _do(db: Database, name: str, **values: Any) -> None:
    with db.transaction() as tx:
        tx.execute("SET LOCAL synchronous_commit = off")
        tx.execute(getattr(STATEMENTS, name).sql.encode(), values)
