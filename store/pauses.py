"""Pauses: while one covers an entity and direction, changes are collected and nothing is delivered (decision Q17)."""

from __future__ import annotations

from datetime import datetime

from store import audit
from store.statements import Row, Statements, Tx
from sync.model import Direction, Entity

SQL = Statements("pauses")


def pause(
    tx: Tx,
    connection_id: int,
    entity: Entity | None,
    direction: Direction | None,
    author: str,
    reason: str = "",
    until: datetime | None = None,
) -> bool:
    """Pauses an entity and direction; None stands for all of them. False: exactly this is paused already.

    until: when the pause ends by itself, None for never.
    """
    scope = {"connection_id": connection_id, "entity": entity, "direction": direction}
    if not SQL.run(tx, "pause", **scope, author=author, reason=reason, until=until):
        return False
    audit.write(tx, connection_id, author, "pause", _named(entity, direction), after={"reason": reason})
    return True


def resume(tx: Tx, connection_id: int, entity: Entity | None, direction: Direction | None, author: str) -> bool:
    """Ends the pause of exactly this scope. False: there was none."""
    if not SQL.run(tx, "resume", connection_id=connection_id, entity=entity, direction=direction):
        return False
    audit.write(tx, connection_id, author, "resume", _named(entity, direction))
    return True


def active(tx: Tx, connection_id: int) -> list[Row]:
    """All pauses: entity and direction (None for all), author, reason, paused_at, until; those that ran out are
    gone."""
    return SQL.rows(tx, "active", connection_id=connection_id)


def paused(tx: Tx, connection_id: int, entity: Entity, direction: Direction) -> bool:
    """Whether a pause covers this entity and direction."""
    return bool(SQL.value(tx, "paused", connection_id=connection_id, entity=entity, direction=direction))


def _named(entity: Entity | None, direction: Direction | None) -> str:
    return f"{entity or 'all'} {direction or 'both'}"
