"""Watermarks: where the next cycle goes on reading."""

from __future__ import annotations

from datetime import datetime

from store.statements import Row, Statements, Tx
from sync.model import Direction, Entity

SQL = Statements("watermarks")


def get(tx: Tx, connection_id: int, entity: Entity, direction: Direction) -> Row | None:
    """{kind, link, select_hash, moved_at, established, opened_at, long_at, full_at, calls}; None when nothing was ever
    read."""
    return SQL.row(tx, "get", connection_id=connection_id, entity=entity, direction=direction)


def of_connection(tx: Tx, connection_id: int) -> list[Row]:
    """All of a connection, each with its entity and direction."""
    return SQL.rows(tx, "of_connection", connection_id=connection_id)


def move(
    tx: Tx,
    connection_id: int,
    entity: Entity,
    direction: Direction,
    *,
    kind: str,
    link: str | None,
    select_hash: str,
    established: str | None = None,
) -> None:
    """Moves the watermark. Call it in the transaction that files the last page.

    kind: delta or modified; link: change token, or the newest modification date; select_hash: the columns that the
    token was made for; established: initial or baseline, None to leave it as it is.
    """
    SQL.run(
        tx,
        "move",
        connection_id=connection_id,
        entity=entity,
        direction=direction,
        kind=kind,
        link=link,
        select_hash=select_hash,
        established=established,
    )


def note(
    tx: Tx,
    connection_id: int,
    entity: Entity,
    direction: Direction,
    *,
    opened_at: datetime,
    calls: int,
    long: bool,
    whole: bool,
) -> None:
    """Notes when a reading of ActiveCampaign began, what it cost in calls, and whether it looked back far or at all."""
    SQL.run(
        tx,
        "note",
        connection_id=connection_id,
        entity=entity,
        direction=direction,
        opened_at=opened_at,
        calls=calls,
        long=long,
        whole=whole,
    )


def forget(tx: Tx, connection_id: int, entity: Entity, direction: Direction) -> bool:
    """Makes the next cycle read everything. False: there was no watermark."""
    return SQL.run(tx, "forget", connection_id=connection_id, entity=entity, direction=direction) == 1
