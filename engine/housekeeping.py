"""Housekeeping: heartbeats of the queues, retention of history, partitions made ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

from store import cycles, heartbeats, outcomes, pages, requests, tallies
from store.db import Database

KEEP_HISTORY = timedelta(days=90)


def beat(db: Database, queue: str, worker: str, version: str) -> None:
    """Notes that a message went through this queue and was served."""
    with db.transaction() as tx:
        heartbeats.beat(tx, queue, {"worker": worker, "version": version})


def prune(db: Database, now: datetime) -> None:
    """Makes the partitions of the coming months and drops history older than the retention."""
    with db.transaction() as tx:
        outcomes.prepare(tx, now)
        outcomes.prune(tx, now - KEEP_HISTORY)
        # History goes by whole months.
        tallies.forget(tx, (now - KEEP_HISTORY).date().replace(day=1))
        pages.prune(tx, now - KEEP_HISTORY)
        cycles.prune(tx, now - KEEP_HISTORY)
        requests.prune(tx, now - KEEP_HISTORY)
