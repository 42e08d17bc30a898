"""Notices: what is to be told of alerts, by which way, and whether it was taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.statements import Row, Statements, Tx

SQL = Statements("notices")


def add(tx: Tx, alert_id: int, kind: str, ways: Sequence[str], now: datetime) -> None:
    """Files a notice for each of these ways, due at once. kind: firing, reminder or recovered."""
    SQL.run(tx, "add", alert_id=alert_id, kind=kind, ways=list(ways), now=now)


def claim(tx: Tx, way: str, now: datetime, again: datetime, limit: int) -> list[Row]:
    """Takes notices that are due, each with its alert, and makes them due at `again`, should nothing be heard of them.

    {id, kind, attempts, made_at, alert_id, rule, subject, connection_id, severity, text, advice, firing_at,
    recovered_at}, the oldest first.
    """
    found = SQL.rows(tx, "claim", way=way, now=now, again=again, limit=limit)
    return sorted(found, key=lambda row: int(row["id"]))


def sent(tx: Tx, ids: Sequence[int], now: datetime) -> int:
    """Somebody took them."""
    return SQL.run(tx, "sent", ids=list(ids), now=now)


def refused(tx: Tx, ids: Sequence[int], error: str, now: datetime, before: datetime) -> int:
    """Nobody took them: due again in 2, 4, 8 … 32 minutes; given up where they were made before this time."""
    return SQL.run(tx, "refused", ids=list(ids), error=error, now=now, before=before)


def untaken(tx: Tx) -> list[Row]:
    """Why the latest notice of each way was not taken: {way, error, attempts, given_up_at}."""
    return SQL.rows(tx, "untaken")
