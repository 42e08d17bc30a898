"""Fetch, inbound: one page of ActiveCampaign, filed in Postgres together with the cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine import caution
from engine.context import Context
from engine.inbound import reading, rows, sweep
from engine.inbound.cursor import Cursor
from engine.wake import Stage, Wake
from store import asked, cycles, pages, streams, watermarks
from store.db import Tx
from sync.model import CycleKind, Direction, Entity, Lane

CHOSEN = (CycleKind.RETRY, CycleKind.RECORD)
ESTABLISHES = {CycleKind.BASELINE: "baseline", CycleKind.INITIAL: "initial"}


def step(context: Context, stream: dict[str, Any]) -> list[Wake]:
    """Reads and files the next page of an inbound stream. Raises SyncError; a repeated call files nothing twice."""
    account = Entity(stream["entity"]) is Entity.ACCOUNT
    if stream["kind"] == CycleKind.BASELINE:
        return _from_now(context, stream)
    if stream["kind"] in CHOSEN:
        now = context.now()
        found, ids = (sweep.chosen if account else reading.chosen)(context, stream)
        return _chosen(context, stream, _dated(found, now), ids)
    return _page(context, stream, sweep.page(context, stream) if account else reading.page(context, stream))


def _page(context: Context, stream: dict[str, Any], read: reading.Read | Cursor | None) -> list[Wake]:
    """Files a page. A bare cursor means that something was read that makes no page, None that it is not the time."""
    lane = Lane(stream["lane"])
    again = Wake(Stage.FETCH, (context.id, stream["id"]), lane)
    if read is None:
        with context.db.transaction() as tx:
            streams.fetched(tx, stream["id"], whole=False)
        return [Wake(Stage.CYCLE, (context.id, stream["cycle_id"]), lane)]
    if isinstance(read, Cursor):
        with context.db.transaction() as tx:
            streams.advance(tx, stream["id"], read.text())
        return [again]
    with context.db.transaction() as tx:
        if read.cursor.whole:
            streams.reads_all(tx, stream["id"])
        page_id = pages.file(
            tx,
            stream["id"],
            stream["pages"],
            _dated(read.rows, read.cursor.opened),
            read.cursor.text() if read.more else None,
        )
        if page_id is None:
            return []
        if not read.more:
            _end(tx, context, stream, read)
    transform = Wake(Stage.TRANSFORM, (context.id, page_id), lane)
    return [again, transform] if read.more else [transform]


def _dated(found: list[dict[str, Any]], opened: datetime) -> list[dict[str, Any]]:
    """The rows with the time at which their reading began: what is delivered later is not in them."""
    return [{**row, rows.READ_AT: opened.isoformat()} for row in found]


def _end(tx: Tx, context: Context, stream: dict[str, Any], read: reading.Read) -> None:
    """The last page moves the watermarks, in the transaction that files it. A side that looks empty stops the cycle."""
    _move(tx, context, stream, read.cursor)
    streams.fetched(tx, stream["id"], whole=read.cursor.whole)
    if read.cursor.whole and stream["kind"] != CycleKind.INITIAL:
        entities = _served(context, stream)
        question = caution.empty(tx, context, entities, stream["read"] + len(read.rows))
        if question:
            cycles.ask(tx, stream["cycle_id"], f"ActiveCampaign: {question}")


def _served(context: Context, stream: dict[str, Any]) -> list[Entity]:
    return reading.partakers(context) if Entity(stream["entity"]) is not Entity.ACCOUNT else [Entity.ACCOUNT]


def _move(tx: Tx, context: Context, stream: dict[str, Any], cursor: Cursor) -> None:
    for entity in _served(context, stream):
        watermarks.move(
            tx,
            context.id,
            entity,
            Direction.INBOUND,
            kind="modified",
            link=cursor.opened.isoformat(),
            select_hash=context.select_hash(entity),
            established=ESTABLISHES.get(CycleKind(stream["kind"])),
        )
        watermarks.note(
            tx,
            context.id,
            entity,
            Direction.INBOUND,
            opened_at=cursor.opened,
            calls=cursor.calls,
            long=cursor.long or cursor.whole,
            whole=cursor.whole,
        )


def _from_now(context: Context, stream: dict[str, Any]) -> list[Wake]:
    """Nothing old is read: what changes from this moment on will be."""
    now = context.now()
    with context.db.transaction() as tx:
        # It begins with this moment, so nothing before it is looked back for.
        _move(tx, context, stream, Cursor(now, since=now, long=True))
        streams.fetched(tx, stream["id"], whole=False)
    return [Wake(Stage.CYCLE, (context.id, stream["cycle_id"]), Lane(stream["lane"]))]


def _chosen(context: Context, stream: dict[str, Any], found: list[dict[str, Any]], ids: Any) -> list[Wake]:
    """One page of what somebody wants to be looked at."""
    lane = Lane(stream["lane"])
    kind = "account" if Entity(stream["entity"]) is Entity.ACCOUNT else "person"
    with context.db.transaction() as tx:
        page_id = pages.file(tx, stream["id"], stream["pages"], found, None)
        if page_id is None:
            return []
        last = asked.take(tx, context.id, kind, lane, list(ids)) == 0
        if last:
            streams.fetched(tx, stream["id"])
    transform = Wake(Stage.TRANSFORM, (context.id, page_id), lane)
    return [transform] if last else [Wake(Stage.FETCH, (context.id, stream["id"]), lane), transform]
