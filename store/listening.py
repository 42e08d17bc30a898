"""Listening: how far the requests of people in Dynamics were heard, and when to listen again."""

from __future__ import annotations

from datetime import datetime

from store.statements import Row, Statements, Tx

SQL = Statements("listening")


def due(tx: Tx, now: datetime) -> list[int]:
    """The connections to listen to now."""
    return SQL.column(tx, "due", now=now)


def claim(tx: Tx, connection_id: int, now: datetime, lease_s: float, *, begin: bool) -> Row | None:
    """Takes the ear of a connection: the columns of the table. None: somebody listens, or it is not time.

    begin: whether one that never listened may begin to.
    """
    if begin:
        SQL.run(tx, "ensure", connection_id=connection_id)
    return SQL.row(tx, "claim", connection_id=connection_id, now=now, lease_s=lease_s)


def move(
    tx: Tx,
    connection_id: int,
    turn: int,
    link: str | None,
    *,
    tracked: bool,
    looked_at: datetime | None = None,
    track_at: datetime | None = None,
) -> bool:
    """Keeps where reading goes on, in the transaction that files what was read. False: another turn began.

    tracked: the link holds a change token; looked_at, track_at: None leaves them.
    """
    return (
        SQL.run(
            tx,
            "move",
            connection_id=connection_id,
            turn=turn,
            link=link,
            tracked=tracked,
            looked_at=looked_at,
            track_at=track_at,
        )
        == 1
    )


def heard(tx: Tx, connection_id: int, turn: int, now: datetime, due_at: datetime) -> None:
    """Ends a turn that went well."""
    SQL.run(tx, "heard", connection_id=connection_id, turn=turn, now=now, due_at=due_at)


def failed(tx: Tx, connection_id: int, turn: int, error: str, due_at: datetime) -> None:
    """Ends a turn that failed."""
    SQL.run(tx, "failed", connection_id=connection_id, turn=turn, error=error, due_at=due_at)


def choose(tx: Tx, connection_id: int, version: int, now: datetime, due_at: datetime) -> bool:
    """Takes the turn of telling Dynamics what may be picked, which is due with every new configuration, and from time
    to time; due_at: when it is the next time."""
    return SQL.run(tx, "choose", connection_id=connection_id, version=version, now=now, due_at=due_at) == 1


def choose_again(tx: Tx, connection_id: int, due_at: datetime) -> None:
    """Has what may be picked told earlier than planned, because it could not be told now."""
    SQL.run(tx, "choose_again", connection_id=connection_id, due_at=due_at)


def get(tx: Tx, connection_id: int) -> Row | None:
    """How one connection is listened to: the columns of the table, None when it never was."""
    return SQL.row(tx, "get", connection_id=connection_id)
