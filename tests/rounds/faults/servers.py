"""Servers of the installation that die, forget, or have no room left."""

from __future__ import annotations

import threading
from random import Random

import psycopg

from rounds.storm import Act, Storm, Strike

ONE_AT_A_TIME = threading.Lock()
"""Two faults never stop and start the same server at once."""


def redis_dies(storm: Storm, draw: Random) -> Strike | None:
    return _redis(storm, draw, "Redis is killed and finds what it held", forgets=False)


def redis_forgets(storm: Storm, draw: Random) -> Strike | None:
    return _redis(storm, draw, "Redis is killed and has lost everything", forgets=True)


def _redis(storm: Storm, draw: Random, words: str, *, forgets: bool) -> Strike | None:
    redis = storm.ground.site.redis
    with ONE_AT_A_TIME:
        if not redis.answers():
            return None
        redis.kill()
        if forgets:
            redis.forget()
    storm.cure(draw.uniform(0.2, 2.5), redis.start)
    return Strike(words)


def postgres_crashes(storm: Storm, draw: Random) -> Strike | None:
    postgres = storm.ground.site.postgres
    with ONE_AT_A_TIME:
        if not postgres.answers():
            return None
        postgres.crash()
    storm.cure(draw.uniform(0.2, 2.5), postgres.start)
    return Strike("PostgreSQL crashes")


def broker_dies(storm: Storm, draw: Random) -> Strike | None:
    """RabbitMQ, where it carries the messages."""
    broker = storm.ground.site.broker
    if broker is storm.ground.site.redis:
        return redis_dies(storm, draw)
    with ONE_AT_A_TIME:
        if not broker.answers():
            return None
        broker.kill()
    storm.cure(draw.uniform(0.2, 1.0), broker.start)
    return Strike("RabbitMQ is killed")


def disk_full(storm: Storm, draw: Random) -> Strike | None:
    """The disk under PostgreSQL's tables, or what stands for it where nobody may mount one."""
    return _full(storm, draw, real=storm.ground.site.disk.real)


def writes_refused(storm: Storm, draw: Random) -> Strike | None:
    """A full disk strikes only what needs a new page of a table; this strikes every write."""
    return _full(storm, draw, real=False)


def _full(storm: Storm, draw: Random, *, real: bool) -> Strike | None:
    disk, dsn = storm.ground.site.disk, storm.ground.dsn
    before = disk.refusals
    if real:
        disk.fill()
        storm.cure(draw.uniform(2, 4), disk.clear)
    else:
        # The cure comes first: who can't make the triggers all at once has made some.
        storm.cure(draw.uniform(1, 3), lambda: disk.allow(dsn))
        try:
            disk.refuse(dsn)
        except psycopg.Error:
            # PostgreSQL is away, or its disk is full already.
            return None
    words = "the disk is full" if real else "PostgreSQL refuses writes as if its disk were full"
    return Strike(words, lambda: disk.refusals > before)


FAULTS: dict[str, Act] = {
    "kill redis": redis_dies,
    "redis loses all": redis_forgets,
    "kill broker": broker_dies,
    "postgres crashes": postgres_crashes,
    "disk full": disk_full,
    "writes refused": writes_refused,
}
