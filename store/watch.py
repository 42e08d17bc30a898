"""What is looked at for alerts and metrics, and who looked last. Everything here is cheap, however much history there
is: the reading is made every minute and with every scrape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from store.statements import Row, Statements, Tx

SQL = Statements("watch")
MOST: Final = 10_000
"""So many failures or pages are counted; with more of them, the number makes no difference any more."""
OF_A_CYCLE: Final = 200
TWINS: Final = (
    "dynamics.duplicate_detected",
    "dynamics.0x80040237",
    "dynamics.0x80060892",
    "dynamics.0x80073002",
    "activecampaign.duplicate",
)
"""Codes that say that somebody is there already, see the tables of errors of both services."""


def claim(tx: Tx, now: datetime, every: timedelta) -> bool:
    """Takes this look; False when somebody looked less than `every` ago."""
    return SQL.run(tx, "claim", now=now, before=now - every) == 1


def last(tx: Tx) -> datetime | None:
    """When somebody looked last."""
    found: datetime | None = SQL.value(tx, "last")
    return found


def sizes(tx: Tx) -> list[Row]:
    """{name, bytes, parts, database} of every table, with its indexes; parts: of history, its partitions."""
    return SQL.rows(tx, "sizes")


def note_size(tx: Tx, day: date, size: int, keep_from: date) -> None:
    """Notes how large the database is, once a day, and forgets what is older than wanted."""
    SQL.run(tx, "note_size", day=day, bytes=size)
    SQL.run(tx, "forget_sizes", before=keep_from)


def size_of(tx: Tx, day: date) -> int | None:
    """How many bytes it had on that day, or on the last one before it that was noted."""
    found: int | None = SQL.value(tx, "size_of", day=day)
    return found


def locked(tx: Tx, now: datetime) -> int:
    """How many names can't sign in at the console for a while."""
    return int(SQL.value(tx, "locked", now=now))


def fresh(tx: Tx, connection_id: int, since: datetime) -> list[Row]:
    """Failures on the list that were tried since then: {class, service, number, new, doubtful, lost}."""
    return SQL.rows(tx, "fresh", connection_id=connection_id, since=since, most=MOST, twins=list(TWINS))


def echoes(tx: Tx, cycles: Sequence[int], since: datetime) -> int:
    """How many records were updated in every one of these cycles. since: when the first of them was asked for."""
    if not cycles:
        return 0
    return int(SQL.value(tx, "echoes", cycles=list(cycles), since=since, most=OF_A_CYCLE))


def marketing(tx: Tx, connection_id: int) -> Row:
    """{asked, heard, activities_due}: the oldest open request, when requests were last heard, and since when marketing
    activities are due; None where there is no such thing."""
    return SQL.row(tx, "marketing", connection_id=connection_id) or {}


def pages(tx: Tx) -> dict[int, int]:
    """How many filed pages wait for a worker, by connection."""
    return {row["connection_id"]: row["number"] for row in SQL.rows(tx, "pages", most=MOST)}
