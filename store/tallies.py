"""Tallies: how many records, changes on their way, failures and conflicts there are, and outcomes by day.

Triggers keep them in the transactions that they count, see `store/migrations/0013.tallies.sql` and decision record 18.
"""

from __future__ import annotations

from datetime import date

from store.statements import Row, Statements, Tx

SQL = Statements("tallies")


def standing(tx: Tx, connection_id: int) -> list[Row]:
    """How many stand where now: {kind, entity, direction, what, number}.

    kind: record (what: its state), outbox, failure (what: its class) or conflict; only failures that are on the list,
    and open conflicts. direction: "" where the kind has none.
    """
    return SQL.rows(tx, "standing", connection_id=connection_id)


def days(tx: Tx, connection_id: int, since: date) -> list[Row]:
    """Outcomes by day in UTC, from this day on: {day, direction, outcome, number}."""
    return SQL.rows(tx, "days", connection_id=connection_id, since=since)


def fold(tx: Tx) -> int:
    """Adds up what belongs together, so that reading stays cheap; answers with how many sums were made."""
    return SQL.run(tx, "fold")


def forget(tx: Tx, before: date) -> int:
    """Forgets days before this one."""
    return SQL.run(tx, "forget", before=before)
