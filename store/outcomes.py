"""Outcomes: what became of every record that was read, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import sql

from store.documents import jsonb
from store.statements import Row, Statements, Tx
from sync.model import Direction, Entity, Outcome

SQL = Statements("outcomes")
MONTHS_AHEAD = 2
PREFIX = "outcomes_"
WINDOW = 20_000
"""So many records of one outcome of a cycle are looked through for people. The index knows cycle and outcome only: to
look through all ten million of a large first sync would take minutes."""


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Writes history: {connection_id, cycle_id, stream_id, entity, record_id, direction, outcome, reason, version}."""
    if rows:
        SQL.run(tx, "add", rows=jsonb(rows))


def of_record(tx: Tx, connection_id: int, entity: Entity, record_id: str, limit: int = 50) -> list[Row]:
    """What happened to a record, newest first."""
    return SQL.rows(tx, "of_record", connection_id=connection_id, entity=entity, record_id=record_id, limit=limit)


def linked(tx: Tx, cycle_id: int, limit: int) -> list[Row]:
    """What became of each record of a small cycle: entity, record_id, direction, outcome, reason, and ac_id, None
    where none is known."""
    return SQL.rows(tx, "linked", cycle_id=cycle_id, limit=limit)


def created(tx: Tx, connection_id: int, entity: Entity, record_id: str) -> datetime | None:
    """When a record was last brought to the other side as a new one, None when history does not reach back so far."""
    found: datetime | None = SQL.value(tx, "created", connection_id=connection_id, entity=entity, record_id=record_id)
    return found


def of_cycle(tx: Tx, cycle_id: int, outcome: Outcome | None = None, limit: int = 1000) -> list[Row]:
    """What a cycle did, in no particular order; all of it or one outcome only."""
    return SQL.rows(tx, "of_cycle", cycle_id=cycle_id, outcome=outcome, limit=limit)


@dataclass(frozen=True, slots=True)
class Those:
    """Records of a cycle that came to one outcome. since: when the cycle was asked for; others are None for any."""

    cycle_id: int
    since: datetime
    outcome: Outcome
    entity: Entity | None = None
    direction: Direction | None = None
    reason: str | None = None


def reasons(tx: Tx, those: Those, limit: int) -> list[Row]:
    """{entity, direction, reason, count}, the most frequent first, among the first `WINDOW` records of this outcome:
    a first sync has millions of them."""
    named = {"cycle_id": those.cycle_id, "outcome": those.outcome, "since": those.since}
    return SQL.rows(tx, "reasons", window=WINDOW, limit=limit, **named)


def with_reason(tx: Tx, those: Those, limit: int, after: tuple[str, str] | None = None) -> list[Row]:
    """{record_id, entity, direction, outcome, reason, at} among the same, in the order of record and direction.

    after: record and direction behind which to go on.
    """
    after_id, after_way = after or (None, None)
    named = {name: getattr(those, name) for name in Those.__slots__}
    return SQL.rows(tx, "with_reason", window=WINDOW, limit=limit, after_id=after_id, after_way=after_way, **named)


def waiting(tx: Tx, stream: Row) -> int:
    """How many records of a stream wait by rule for something else, as its history says."""
    return int(SQL.value(tx, "waiting", cycle_id=stream["cycle_id"], stream_id=stream["id"]))


def prepare(tx: Tx, now: datetime) -> list[str]:
    """Makes this month and the next ones ready; answers with the partitions it made. Call it at least monthly.

    What was written before a month was ready moves into it.
    """
    SQL.run(tx, "lock")
    ready = set(SQL.column(tx, "partitions"))
    month, made = _month(now), []
    for _ in range(1 + MONTHS_AHEAD):
        if _name(month) not in ready:
            _make(tx, month)
            made.append(_name(month))
        month = _next(month)
    return made


def prune(tx: Tx, before: datetime) -> list[str]:
    """Drops the months that ended before this time; answers with their names."""
    SQL.run(tx, "lock")
    last = _name(_month(before))
    old = [name for name in SQL.column(tx, "partitions") if name < last and name[len(PREFIX) :][:4].isdigit()]
    for name in old:
        tx.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
    SQL.run(tx, "forget_unsorted", before=before)
    return old


def _make(tx: Tx, month: datetime) -> None:
    names = {
        "name": sql.Identifier(_name(month)),
        "start": sql.Literal(month.isoformat()),
        "end": sql.Literal(_next(month).isoformat()),
    }
    for step in (
        "CREATE TABLE {name} (LIKE outcomes INCLUDING ALL)",
        "WITH moved AS (DELETE FROM outcomes_unsorted WHERE at >= {start} AND at < {end} RETURNING *)"
        " INSERT INTO {name} SELECT * FROM moved",
        "ALTER TABLE outcomes ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})",
    ):
        tx.execute(sql.SQL(step).format(**names))


def _month(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _name(month: datetime) -> str:
    return f"{PREFIX}{month:%Y_%m}"
