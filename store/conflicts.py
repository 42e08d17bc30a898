"""Conflicts: fields that both sides changed apart. decided by a policy, or open -> resolved by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.documents import jsonb
from store.statements import Row, Statements, Tx
from sync.model import Entity

SQL = Statements("conflicts")


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Records conflicts: {connection_id, entity, record_id, ac_id, key, agreed, ours, theirs, policy, winner,
    cycle_id}.

    winner: dynamics or activecampaign; empty asks a person. One that is open already takes the newer values.
    """
    if rows:
        SQL.run(tx, "add", rows=jsonb([{**row, "state": "decided" if row["winner"] else "open"} for row in rows]))


def listed(tx: Tx, connection_id: int, state: str | None = None, limit: int = 100, offset: int = 0) -> list[Row]:
    """Conflicts, the latest first: the columns of the table."""
    return SQL.rows(tx, "listed", connection_id=connection_id, state=state, limit=limit, offset=offset)


def page(
    tx: Tx,
    connection_id: int,
    states: Sequence[str],
    limit: int,
    *,
    before: int | None = None,
    entity: str | None = None,
    key: str | None = None,
) -> list[Row]:
    """Conflicts in these states, the latest first: the columns of the table. before: the id behind which to go on."""
    named = {"states": list(states), "limit": limit, "before": before, "entity": entity, "key": key}
    return SQL.rows(tx, "page", connection_id=connection_id, **named)


def open_fields(tx: Tx, connection_id: int) -> list[Row]:
    """How many conflicts are open: {entity, key, count}, the most frequent first."""
    return SQL.rows(tx, "open_fields", connection_id=connection_id)


def open_of_field(tx: Tx, connection_id: int, entity: str, key: str) -> list[int]:
    """The numbers of the open conflicts of one entity and field."""
    return SQL.column(tx, "open_of_field", connection_id=connection_id, entity=entity, key=key)


def get(tx: Tx, connection_id: int, conflict_id: int) -> Row | None:
    """One conflict."""
    return SQL.row(tx, "get", connection_id=connection_id, id=conflict_id)


def of_record(tx: Tx, connection_id: int, entity: Entity, record_id: str, limit: int = 20) -> list[Row]:
    """The conflicts of one record, the latest first."""
    return SQL.rows(tx, "of_record", connection_id=connection_id, entity=entity, record_id=record_id, limit=limit)


def open_like(tx: Tx, connection_id: int, conflict_id: int) -> list[Row]:
    """The open conflicts of the same entity and field as this one, itself included."""
    return SQL.rows(tx, "open_like", connection_id=connection_id, id=conflict_id)


def resolve(tx: Tx, connection_id: int, ids: Sequence[int], winner: str, author: str) -> list[Row]:
    """Ends open conflicts with this winner; answers with those that were open, and the links' parked fields follow.

    The loser's value becomes what was agreed, so that the winner's travels as an ordinary change.
    """
    return SQL.rows(tx, "resolve", connection_id=connection_id, ids=list(ids), winner=winner, author=author)


def settle(tx: Tx, connection_id: int, entity: Entity, record_id: str, keys: Sequence[str]) -> None:
    """Ends open conflicts of fields that both sides hold alike by now."""
    if keys:
        SQL.run(tx, "settle", connection_id=connection_id, entity=entity, record_id=record_id, keys=list(keys))


def counts(tx: Tx, connection_id: int) -> dict[str, int]:
    """How many conflicts there are by state."""
    return {row["state"]: row["count"] for row in SQL.rows(tx, "counts", connection_id=connection_id)}


def prune(tx: Tx, before: datetime) -> int:
    """Forgets conflicts that ended before this time; answers with how many."""
    return SQL.run(tx, "prune", before=before)
