"""Alerts that are open, and those that were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.statements import Row, Statements, Tx

SQL = Statements("alerts")


def listed(tx: Tx) -> list[Row]:
    """Alerts that are seen or fire: the columns of the table."""
    return SQL.rows(tx, "open")


def add(tx: Tx, **columns: Any) -> int | None:
    """Files an alert: every column but id and recovered_at; answers with its id, None when it is open already."""
    found: int | None = SQL.value(tx, "add", **columns)
    return found


def move(tx: Tx, alert_id: int, **columns: Any) -> bool:
    """Says how an alert stands: severity, text, advice, firing_at, calm_at, told_at, recovered_at. False: it recovered
    meanwhile."""
    return SQL.run(tx, "move", id=alert_id, **columns) == 1


def drop(tx: Tx, ids: Sequence[int]) -> int:
    """Forgets alerts that never fired."""
    return SQL.run(tx, "drop", ids=list(ids))


def firing(tx: Tx, connection_id: int | None = None) -> list[Row]:
    """Alerts that fire, with the name of their connection, the most urgent first; those of everything are of every
    connection."""
    return SQL.rows(tx, "firing", connection_id=connection_id)


def recent(tx: Tx, limit: int) -> list[Row]:
    """The latest that fired; untold: how many of their notices nobody has taken so far."""
    return SQL.rows(tx, "recent", limit=limit)


def prune(tx: Tx, before: datetime) -> int:
    """Forgets what recovered before this time."""
    return SQL.run(tx, "prune", before=before)
