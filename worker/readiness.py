"""Whether an installation can do its work: PostgreSQL, Redis, and a fresh heartbeat through every queue."""

from __future__ import annotations

from datetime import datetime

import redis

from engine import health
from store.db import Database
from store.errors import StoreError

DATABASE, REDIS = "postgres", "redis"


def parts(db: Database, client: redis.Redis, now: datetime) -> dict[str, bool]:
    """Whether each part is well, by name; a queue stands under `queue NAME`. Without the database nobody knows of the
    queues, and all of them count as unserved."""
    redis_up = _answers(client)
    try:
        served = {beat.queue: beat.fresh for beat in health.beats(db, now)}
    except StoreError:
        served = {}
    queues = {f"queue {name}": served.get(str(name), False) for name in health.QUEUES}
    return {DATABASE: bool(served), REDIS: redis_up, **queues}


def told(found: dict[str, bool]) -> tuple[str, int]:
    """The answer in plain text, a line for each part, and its status: 200 when all of it is well, else 503."""
    lines = [f"{name}: {'ok' if well else 'not ok'}" for name, well in found.items()]
    return "\n".join(lines) + "\n", 200 if all(found.values()) else 503


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
