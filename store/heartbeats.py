"""Heartbeats: which parts are alive, as the parts themselves say."""

from __future__ import annotations

from typing import Any

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("heartbeats")


def beat(tx: Tx, name: str, facts: dict[str, Any] | None = None) -> None:
    """Says that this part is alive now."""
    SQL.run(tx, "beat", name=name, facts=jsonb(facts or {}))


def listed(tx: Tx) -> list[Row]:
    """Name, at and facts of every part that ever said so."""
    return SQL.rows(tx, "listed")
