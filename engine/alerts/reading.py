"""Reads an installation: what metrics show and alerts judge. A handful of cheap queries, however much history there
is, and Redis."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import redis

from clients.budget import Budget
from engine import health
from engine.alerts.connection import read as read_connection
from store import connections, heartbeats, watch
from store.db import Database, Tx
from store.vault import Vault
from sync.alerts.reading import Queue, Reading

RECEIVER: Final = "webhooks"
"""Under this name the receiver of webhooks says that it is alive."""
FORGOTTEN: Final = timedelta(days=7)
"""A receiver that was away for so long is one that nobody uses any more."""
WEEK: Final = timedelta(days=7)


class Services(Protocol):
    """The part of a process's services that is needed here."""

    @property
    def settings(self) -> Any:
        """What the environment says: `home` and `alerts`."""

    @property
    def db(self) -> Database:
        """The database."""

    @property
    def redis(self) -> redis.Redis:
        """Redis."""

    @property
    def vault(self) -> Vault:
        """What opens stored credentials: the end of a certificate stands in it."""

    @property
    def version(self) -> str:
        """The version that runs here."""

    def budgets(self, connection_id: int, document: Mapping[str, Any] | None = None) -> dict[str, Budget]:
        """The request budgets of a connection, by service."""


def read(services: Services, now: datetime) -> Reading:
    """The installation as it is at this moment. Raises StoreError without the database; Redis may be away."""
    answers = _answers(services.redis)
    with services.db.transaction() as tx:
        alive = {row["name"]: row for row in heartbeats.listed(tx)}
        waiting = watch.pages(tx)
        found = [
            read_connection(tx, row, services, now, pages=waiting.get(row["id"], 0), redis_answers=answers)
            for row in connections.listed(tx)
        ]
        return Reading(
            at=now,
            version=services.version,
            queues=tuple(_queue(name, alive, now) for name in health.QUEUES),
            receiver_age_s=_age_of_receiver(alive, now),
            redis=answers,
            disk_free=_disk_free(services.settings),
            locked=watch.locked(tx, now),
            patience=timedelta(minutes=services.settings.alerts.backlog_minutes),
            connections=tuple(one for one in found if one is not None),
            **_sizes(tx, now),
        )


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _queue(name: str, alive: Mapping[str, dict[str, Any]], now: datetime) -> Queue:
    beat = health.beat_of(str(name), alive.get(str(name)), now)
    return Queue(beat.queue, beat.age_s, beat.fresh, beat.version)


def _age_of_receiver(alive: Mapping[str, dict[str, Any]], now: datetime) -> float | None:
    beat = health.beat_of(RECEIVER, alive.get(RECEIVER), now)
    return beat.age_s if beat.age_s is not None and beat.age_s < FORGOTTEN.total_seconds() else None


def _disk_free(settings: Any) -> float | None:
    """Only where the database of this process is the embedded one: of another disk nobody here can tell."""
    folder = settings.home / "postgres"
    if not folder.is_dir() or str(folder.resolve()) not in settings.database_url.replace("%2F", "/"):
        return None
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


def _sizes(tx: Tx, now: datetime) -> dict[str, Any]:
    rows = watch.sizes(tx)
    return {
        "database": rows[0]["database"] if rows else 0,
        "week_ago": watch.size_of(tx, (now - WEEK).date()),
        "tables": {row["name"]: row["bytes"] for row in rows},
        "months": next((row["parts"] for row in rows if row["name"] == "outcomes"), 0),
    }
