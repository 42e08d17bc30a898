"""The sweep: finds in Postgres what a dead worker held and what a lost message would have woken."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from engine.dead_letters import letter
from engine.parking import park
from engine.transform import BATCH
from engine.wake import Stage, Wake
from store import cycles, failures, imports, outbox, pages, streams, tallies
from store.db import Database, Tx
from sync.errors import BadRecord
from sync.model import Direction, Entity, Lane, Outcome

IDLE_FOR = timedelta(seconds=20)
CHAINS = 4
"""At most this many batches of one entity and lane are woken by one sweep; each wakes its successor."""
POISON = "the workers that tried this record died; it is kept aside so that it can't stop the others"


def sweep(db: Database, now: datetime) -> list[Wake]:
    """Takes back expired leases and answers with wake-ups for everything that is ready but may have no message."""
    with db.transaction() as tx:
        _park_pages(tx, pages.hopeless(tx, now))
        pages.expired(tx, now)
        imports.expired(tx, now)
        _set_aside(tx, outbox.expired(tx, now))
        outbox.release_late(tx)
    with db.transaction() as tx:
        tallies.fold(tx)
    with db.transaction() as tx:
        return [*_pages(tx), *_streams(tx, now), *_imports(tx, now), *_batches(tx, now), *_cycles(tx)]


def _set_aside(tx: Tx, poison: list[dict[str, Any]]) -> None:
    """Records that killed several workers are parked on the failure list."""
    lost = BadRecord(POISON, code="worker.lost", advice="Look at the worker's log of that time, then retry it.")
    failures.file(
        tx,
        [
            letter(
                r["connection_id"],
                Entity(r["entity"]),
                r["record_id"],
                lost,
                stage="upsert",
                cycle_id=r["cycle_id"],
                ac_id=r["ac_id"],
                direction=Direction(r["direction"]),
            )
            for r in poison
        ],
    )
    for connection_id in {row["connection_id"] for row in poison}:
        mine = [row for row in poison if row["connection_id"] == connection_id]
        settled = [
            {"id": r["id"], "outcome": Outcome.FAILED, "reason": POISON, "link": None, "unlink": False} for r in mine
        ]
        outbox.settle(tx, connection_id, settled)


def _park_pages(tx: Tx, hopeless: list[dict[str, Any]]) -> None:
    """Pages that several workers could not transform: their records go to the failure list, the stream goes on."""
    lost = BadRecord(POISON, code="page.lost", advice="Look at the worker's log of that time, then retry them.")
    for page in hopeless:
        park(tx, page, lost)
        pages.done(tx, page["id"])


def _pages(tx: Tx) -> list[Wake]:
    return [
        Wake(Stage.TRANSFORM, (row["connection_id"], row["id"]), Lane(row["lane"])) for row in pages.unclaimed(tx, 100)
    ]


def _streams(tx: Tx, now: datetime) -> list[Wake]:
    """Streams that should be fetching and neither wait for a due time nor moved lately."""
    rows = streams.idle(tx, now, now - IDLE_FOR)
    return [Wake(Stage.FETCH, (row["connection_id"], row["id"]), Lane(row["lane"])) for row in rows]


def _imports(tx: Tx, now: datetime) -> list[Wake]:
    rows = imports.overdue(tx, now)
    return [Wake(Stage.POLL, (row["connection_id"], row["id"]), Lane(row["lane"])) for row in rows]


def _batches(tx: Tx, now: datetime) -> list[Wake]:
    wakes = []
    for row in outbox.ready(tx, now):
        lane = Lane(row["lane"])
        number = min(CHAINS, math.ceil(row["ready"] / BATCH))
        wakes += [Wake(Stage.UPSERT, (row["connection_id"], row["entity"], lane, row["direction"]), lane)] * number
    return wakes


def _cycles(tx: Tx) -> list[Wake]:
    rows = cycles.unfinished(tx)
    return [Wake(Stage.CYCLE, (row["connection_id"], row["id"]), Lane(row["lane"])) for row in rows]
