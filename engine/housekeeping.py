"""Housekeeping: heartbeats of the queues, retention of history, partitions made ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from store import (
    alerts,
    audit,
    configurations,
    conflicts,
    cycles,
    failures,
    heartbeats,
    imports,
    outcomes,
    overwritten,
    pages,
    requests,
    sessions,
    tallies,
    verifications,
)
from store.db import Database

COMPARISON_FOR = timedelta(days=1)
"""An interrupted comparison goes on within an hour; what is left of an older one is large and of no use."""
IDLE_SESSION_FOR = timedelta(days=1)
"""A session ends long before, see `console/access/people.py`."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How far history goes back, and the audit log with the versions of the configuration."""

    history: timedelta = timedelta(days=90)
    audit: timedelta = timedelta(days=1825)


NORMAL = Keep()


def beat(db: Database, queue: str, worker: str, version: str) -> None:
    """Notes that a message went through this queue and was served."""
    with db.transaction() as tx:
        heartbeats.beat(tx, queue, {"worker": worker, "version": version})


def prune(db: Database, now: datetime, keep: Keep = NORMAL) -> None:
    """Makes the partitions of the coming months and drops what is older than it is kept.

    What stays for good stands in docs/schema.md: a row per record, contact or person, never one per event.
    """
    before = now - keep.history
    with db.transaction() as tx:
        outcomes.prepare(tx, now)
        outcomes.prune(tx, before)
        # History goes by whole months.
        tallies.forget(tx, before.date().replace(day=1))
    with db.transaction() as tx:
        for one in (pages, cycles, overwritten, imports, failures, conflicts, alerts, requests):
            one.prune(tx, before)
        for other in (audit, configurations):
            other.prune(tx, now - keep.audit)
        verifications.prune(tx, now - COMPARISON_FOR)
        sessions.prune(tx, now, now - IDLE_SESSION_FOR)
