"""Failures: what waits for a person or for the retry clock. open <-> retrying -> resolved or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import structlog

from store.documents import jsonb
from store.statements import Row, Statements, Tx, containing
from sync.model import Direction, Entity

SQL = Statements("failures")
LOGGED = ("connection_id", "cycle_id", "entity", "direction", "record_id", "ac_id", "class", "code", "correlation_id")
"""What the log says of a failure: ids and codes. Its message may quote what a service said."""
log = structlog.get_logger()
AGAIN_S = 900.0
"""A retry that nothing came of is due again after this time."""


def file(tx: Tx, rows: Sequence[Row]) -> list[int]:
    """Puts records on the list, or counts one more attempt for those that stand there; answers with the ids.

    A row: {connection_id, entity, direction, record_id, ac_id, stage, class, code, message, advice, request, answer,
    due_at, cycle_id, correlation_id, code_version}. `class` is SyncError.group; due_at None waits for a person. Each is
    a line of the log, which is written whether or not the transaction comes to its end.
    """
    for row in rows:
        log.warning("record_failed", **{name: row.get(name) for name in LOGGED})
    return SQL.column(tx, "file", rows=jsonb(rows)) if rows else []


def listed(
    tx: Tx,
    connection_id: int | None = None,
    entity: Entity | None = None,
    klass: str | None = None,
    state: str | None = "open",
    text: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Row]:
    """Failures, the latest first. text: part of id, code, message or answer; state None: all of them."""
    return SQL.rows(
        tx,
        "listed",
        connection_id=connection_id,
        entity=entity,
        klass=klass,
        state=state,
        pattern=containing(text) if text else None,
        limit=limit,
        offset=offset,
    )


def grouped(tx: Tx, connection_id: int | None = None) -> list[Row]:
    """What is on the list by kind of failure, the most frequent first, with count and latest message and advice."""
    return SQL.rows(tx, "grouped", connection_id=connection_id)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which failures of a connection's list are meant; None and nothing mean: whatever it is.

    since: their last attempt was then or later; text: part of id, code, message or answer.
    """

    connection_id: int
    entity: Entity | None = None
    klass: str | None = None
    text: str | None = None
    ids: Sequence[int] = ()
    direction: Direction | None = None
    code: str | None = None
    since: datetime | None = None


def matching(tx: Tx, wanted: Criteria, limit: int, before: tuple[datetime, int] | None = None) -> list[Row]:
    """What is on the list, the latest first. before: `last_at` and id of the one behind which to go on."""
    at, number = before or (None, None)
    return SQL.rows(tx, "matching", limit=limit, before_at=at, before_id=number, **_named(wanted))


def numbers(tx: Tx, wanted: Criteria) -> list[int]:
    """The ids of what is on the list."""
    return SQL.column(tx, "numbers", **_named(wanted))


def grouped_matching(tx: Tx, wanted: Criteria) -> list[Row]:
    """What is on the list by kind of failure, the most frequent first, with count, and message and advice of one."""
    return SQL.rows(tx, "grouped_matching", **_named(wanted))


def latest(tx: Tx, connection_id: int, classes: Sequence[str]) -> list[Row]:
    """The latest failure on the list of each of these classes: the columns of the table."""
    return SQL.rows(tx, "latest", connection_id=connection_id, classes=list(classes))


def retry_of_record(tx: Tx, connection_id: int, entity: Entity, subjects: Sequence[str]) -> int:
    """Makes what stands on the list under these subjects due at once; answers with how many."""
    return SQL.run(tx, "retry_of_record", connection_id=connection_id, entity=entity, subjects=list(subjects))


def _named(wanted: Criteria) -> dict[str, Any]:
    named = {one.name: getattr(wanted, one.name) for one in fields(wanted)}
    text = named.pop("text")
    return {**named, "ids": list(wanted.ids) or None, "pattern": containing(text) if text else None}


def get(tx: Tx, failure_id: int) -> Row | None:
    """One failure: the columns of the table."""
    return SQL.row(tx, "get", id=failure_id)


def of_record(tx: Tx, connection_id: int, entity: Entity, record_id: str) -> list[Row]:
    """What stands on the list for one record: the columns of the table."""
    return SQL.rows(tx, "of_record", connection_id=connection_id, entity=entity, record_id=record_id)


def request_retry(
    tx: Tx,
    ids: Sequence[int] | None = None,
    klass: str | None = None,
    entity: Entity | None = None,
    all: bool = False,
) -> int:
    """Makes failures due at once: those that meet every criterion given; `all` stands for no criterion.

    Answers with how many. Without any criterion none.
    """
    if ids is None and klass is None and entity is None and not all:
        return 0
    return SQL.run(tx, "request_retry", ids=None if ids is None else list(ids), klass=klass, entity=entity)


def discard(tx: Tx, ids: Sequence[int]) -> int:
    """Takes failures off the list unresolved; answers with how many."""
    return SQL.run(tx, "discard", ids=list(ids))


def due(tx: Tx, now: datetime, limit: int) -> list[Row]:
    """Takes failures whose time has come. Each is due again in 15 minutes unless it is filed or resolved before."""
    return SQL.rows(tx, "due", now=now, limit=limit, again_s=AGAIN_S)


def resolve(
    tx: Tx,
    connection_id: int,
    entity: Entity,
    record_ids: Sequence[str],
    direction: Direction = Direction.OUTBOUND,
) -> int:
    """Takes records off the list that went through in this direction; answers with how many stood there."""
    return SQL.run(
        tx, "resolve", connection_id=connection_id, entity=entity, subjects=list(record_ids), direction=direction
    )


def prune(tx: Tx, before: datetime) -> int:
    """Forgets what left the list and was last tried before this time; answers with how many."""
    return SQL.run(tx, "prune", before=before)
