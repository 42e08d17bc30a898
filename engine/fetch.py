"""Fetch: one page of a stream from Dynamics, filed in Postgres together with the cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from clients.faults import TrackingOff, UnknownColumn
from engine import caution, preparation, reading
from engine.context import Context
from engine.dead_letters import describe
from engine.inbound import fetching
from engine.opportunities import moves
from engine.wake import LONGEST_DELAY_S, Stage, Wake
from store import cycles, pages, streams, wanted, watermarks
from store.db import Tx
from sync import backoff
from sync.errors import Again, Resync, Stop, SyncError
from sync.model import CycleKind, Direction, Entity, Lane

PATIENCE = 5
ESTABLISHES = {CycleKind.BASELINE: "baseline", CycleKind.INITIAL: "initial"}


def fetch(context: Context, stream_id: int) -> list[Wake]:
    """Reads and files the next page of a stream. A repeated call files nothing twice; a crash repeats the page.

    Errors of the service end here: a passing one sets a due time on the stream, an expired change token starts the
    stream over as a full read, and one that needs a person fails the stream with its advice.
    """
    with context.db.transaction() as tx:
        stream = streams.get(tx, stream_id)
    if stream is None or stream["state"] != "fetching":
        return []
    try:
        return _step(context, stream)
    except TrackingOff:
        return _again(context, stream, streams.use_modified)
    except UnknownColumn as error:
        return _describe_anew(context, stream, error)
    except Resync:
        return _again(context, stream, streams.start_over)
    except Again as error:
        return _postpone(context, stream, error)
    except Stop as error:
        return _give_up(context, stream, error)
    except SyncError as error:
        return _give_up(context, stream, error)


def _step(context: Context, stream: dict[str, Any]) -> list[Wake]:
    """Prepares, or reads a page."""
    if not preparation.ready(context, stream):
        return [Wake(Stage.FETCH, (context.id, stream["id"]), Lane(stream["lane"]))]
    select_hash = context.select_hash(Entity(stream["entity"]))
    if stream["select_hash"] != select_hash:
        # The mapping changed since the stream began, by a person or because a column vanished.
        return _again(context, stream, partial(streams.reselect, select_hash=select_hash))
    if stream["direction"] == Direction.INBOUND:
        return fetching.step(context, stream)
    chosen = stream["kind"] in (CycleKind.RETRY, CycleKind.RECORD)
    return _chosen(context, stream) if chosen else _page(context, stream)


def _page(context: Context, stream: dict[str, Any]) -> list[Wake]:
    """One page of everything that changed."""
    with context.db.transaction() as tx:
        mark = watermarks.get(tx, context.id, stream["entity"], Direction(stream["direction"]))
    lane = Lane(stream["lane"])
    begins = stream["entity"] == Entity.OPPORTUNITY and not stream["cursor"]
    moved = moves.look(context, lane, whole=reading.begins(stream, mark) is None) if begins else None
    page = reading.page(context, stream, mark)
    with context.db.transaction() as tx:
        page_id = pages.file(tx, stream["id"], stream["pages"], page.rows, page.next_link)
        if page_id is None:
            return []
        beside = moves.keep(tx, context, moved, page.rows, lane) if moved else []
        if page.next_link is None:
            _move_watermark(tx, context, stream, page)
    return [*_wakes(context, stream, page_id, last=page.next_link is None), *beside]


def _chosen(context: Context, stream: dict[str, Any]) -> list[Wake]:
    """One page of records that somebody wants to be read again: a retry, or one record on request."""
    lane = Lane(stream["lane"])
    with context.db.transaction() as tx:
        ids = wanted.peek(tx, context.id, stream["entity"], lane, limit=reading.CHOSEN_AT_ONCE)
    rows = reading.chosen(context, stream, ids) if ids else []
    with context.db.transaction() as tx:
        page_id = pages.file(tx, stream["id"], stream["pages"], rows, None)
        if page_id is None:
            return []
        last = wanted.take(tx, context.id, stream["entity"], lane, ids) == 0
        if last:
            streams.fetched(tx, stream["id"])
    return _wakes(context, stream, page_id, last=last)


def _wakes(context: Context, stream: dict[str, Any], page_id: int, *, last: bool) -> list[Wake]:
    lane = Lane(stream["lane"])
    transform = Wake(Stage.TRANSFORM, (context.id, page_id), lane)
    return [transform] if last else [Wake(Stage.FETCH, (context.id, stream["id"]), lane), transform]


def _move_watermark(tx: Tx, context: Context, stream: dict[str, Any], page: reading.Read) -> None:
    """The last page moves the watermark, in the transaction that files it."""
    watermarks.move(
        tx,
        context.id,
        stream["entity"],
        Direction(stream["direction"]),
        kind=stream["mode"],
        link=page.watermark,
        select_hash=stream["select_hash"],
        established=ESTABLISHES.get(CycleKind(stream["kind"])),
    )
    streams.fetched(tx, stream["id"], whole=page.whole)
    if page.whole and stream["kind"] != CycleKind.INITIAL:
        question = caution.empty(tx, context, [Entity(stream["entity"])], stream["read"] + len(page.rows))
        if question:
            cycles.ask(tx, stream["cycle_id"], f"Dynamics: {question}")


def _again(context: Context, stream: dict[str, Any], change: Callable[[Tx, int], bool]) -> list[Wake]:
    with context.db.transaction() as tx:
        change(tx, stream["id"])
    return [Wake(Stage.FETCH, (context.id, stream["id"]), Lane(stream["lane"]))]


def _describe_anew(context: Context, stream: dict[str, Any], error: UnknownColumn) -> list[Wake]:
    """A column vanished since Dynamics was described: what is mapped is found out again, once."""
    if stream["attempts"]:
        return _give_up(context, stream, error)
    context.refresh(Lane(stream["lane"]))
    with context.db.transaction() as tx:
        streams.postpone(tx, stream["id"], context.now(), describe(error))
    return [Wake(Stage.FETCH, (context.id, stream["id"]), Lane(stream["lane"]))]


def _postpone(context: Context, stream: dict[str, Any], error: Again) -> list[Wake]:
    """A passing fault: the stream gets a due time; after a handful of attempts it fails and the next cycle goes on."""
    now = context.now()
    due_at = backoff.retry_at(error, stream["attempts"], now, jitter=0.5)
    if due_at is None or (stream["attempts"] >= PATIENCE and not hasattr(error, "after_s")):
        return _give_up(context, stream, error)
    with context.db.transaction() as tx:
        streams.postpone(tx, stream["id"], due_at, describe(error))
    delay_s = min((due_at - now) / timedelta(seconds=1), LONGEST_DELAY_S)
    return [Wake(Stage.FETCH, (context.id, stream["id"]), Lane(stream["lane"]), delay_s)]


def _give_up(context: Context, stream: dict[str, Any], error: SyncError) -> list[Wake]:
    with context.db.transaction() as tx:
        streams.fail(tx, stream["id"], describe(error))
    return [Wake(Stage.CYCLE, (context.id, stream["cycle_id"]), Lane(stream["lane"]))]
