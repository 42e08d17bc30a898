"""Rules about the parts of an installation: queues, beat, Redis, versions, the receiver, the database, sign-ins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sync.alerts.reading import Reading
from sync.alerts.rule import Rule, Severity, Sign
from sync.alerts.words import many, size, span

RECEIVER_LATE_S: Final = 180.0
GROWN_BY: Final = 0.25
GROWN_FROM: Final = 2 * 10**9
"""Bytes. A small database may well grow by a quarter in a week."""
LEAST_FREE: Final = 0.1


def _beat_silent(reading: Reading) -> Iterator[Sign]:
    if reading.queues and not any(queue.fresh for queue in reading.queues):
        yield Sign(f"Nothing comes through any queue: {_last(reading)}. Nothing is synced.")


def _last(reading: Reading) -> str:
    ages = [queue.age_s for queue in reading.queues if queue.age_s is not None]
    return f"the last heartbeat is {span(timedelta(seconds=min(ages)))} old" if ages else "there was no heartbeat yet"


def _queue_unserved(reading: Reading) -> Iterator[Sign]:
    if not any(queue.fresh for queue in reading.queues):
        return
    for queue in reading.queues:
        if not queue.fresh:
            yield Sign(f"Nobody serves the queue {queue.name}.", queue.name)


def _redis_away(reading: Reading) -> Iterator[Sign]:
    if not reading.redis:
        yield Sign("Redis, which holds the request budget, does not answer. Nothing is sent to either service.")


def _versions_differ(reading: Reading) -> Iterator[Sign]:
    others = sorted({queue.version for queue in reading.queues if queue.fresh} - {"", reading.version})
    if others:
        found = ", ".join((*others, reading.version))
        yield Sign(f"Processes of different versions run at the same time: {found}.")


def _receiver_away(reading: Reading) -> Iterator[Sign]:
    age_s = reading.receiver_age_s
    if age_s is not None and age_s > RECEIVER_LATE_S:
        yield Sign(f"The receiver of webhooks has shown no sign for {span(timedelta(seconds=age_s))}.")


def _database_growing(reading: Reading) -> Iterator[Sign]:
    before = reading.week_ago
    if before and reading.database >= GROWN_FROM and reading.database > before * (1 + GROWN_BY):
        yield Sign(f"The database grew from {size(before)} to {size(reading.database)} within a week.")


def _disk_short(reading: Reading) -> Iterator[Sign]:
    if reading.disk_free is not None and reading.disk_free < LEAST_FREE:
        yield Sign(f"The disk under AC365_HOME is full but for {reading.disk_free:.0%}.")


def _sign_ins_locked(reading: Reading) -> Iterator[Sign]:
    if reading.locked:
        yield Sign(f"Too many failed sign-ins at the console: {many(reading.locked, 'name')} locked for a while.")


RULES: Final = (
    Rule(
        "beat_silent",
        Severity.CRITICAL,
        ("G1", "G4"),
        "Start beat, the broker and the workers again; `ac365 health` tells when messages come through.",
        _beat_silent,
    ),
    Rule(
        "queue_unserved",
        Severity.CRITICAL,
        ("G1", "G7"),
        "Start the worker of this queue again, and read its log: `ac365 health` tells when it is served.",
        _queue_unserved,
    ),
    Rule("redis_away", Severity.CRITICAL, ("G6",), "Start Redis again; work goes on by itself.", _redis_away),
    Rule(
        "versions_differ",
        Severity.WARNING,
        ("G10",),
        "Finish the upgrade: stop every process, run `ac365 migrate`, start all of them with one version.",
        _versions_differ,
        hold=timedelta(minutes=15),
    ),
    Rule(
        "receiver_away",
        Severity.WARNING,
        ("G1",),
        "Start the receiver again. Requests that automations sent meanwhile are lost, those by tags are not.",
        _receiver_away,
    ),
    Rule(
        "database_growing",
        Severity.WARNING,
        ("G1",),
        "See which table grows in the metric ac365_table_size_bytes, and that beat runs: it drops old history.",
        _database_growing,
        hold=timedelta(hours=1),
    ),
    Rule(
        "disk_short",
        Severity.CRITICAL,
        ("G1",),
        "Make room on the disk or move AC365_HOME: PostgreSQL stops when it is full.",
        _disk_short,
        hold=timedelta(minutes=10),
    ),
    Rule(
        "sign_ins_locked",
        Severity.WARNING,
        ("G11",),
        "See in the log of the console and of the proxy where they come from; `ac365 user unlock` ends a lock.",
        _sign_ins_locked,
        place="/users/",
        hold=timedelta(),
        calm=timedelta(minutes=30),
    ),
)
