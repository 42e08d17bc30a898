"""Rules about changes on their way: do they arrive, in time, once, and is each accounted for?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sync.alerts.reading import Connection, Reading, Way
from sync.alerts.rule import Rule, Severity, Sign
from sync.alerts.words import WAYS, many, span
from sync.model import Lane

BAD_ENDS: Final = 3
URGENT: Final = timedelta(minutes=10)
LOADING: Final = timedelta(days=1)
"""A first sync of millions takes hours: its changes may wait as long."""
ECHOES: Final = 3
PERIODS: Final = 3
LEAST: Final = timedelta(minutes=30)


def _backlog_old(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        for (direction, lane), since in sorted(one.oldest.items()):
            age = reading.at - since
            if lane is not Lane.LIVE and not _held(one, direction) and age > _patience(reading, lane):
                text = f"{one.name}: a change {WAYS[direction]} has waited for {span(age)}."
                yield Sign(text, f"{one.name} {direction} {lane}", one.id)


def _patience(reading: Reading, lane: Lane) -> timedelta:
    return max(LOADING, reading.patience) if lane is Lane.BACKFILL else reading.patience


def _held(one: Connection, direction: str) -> bool:
    """Whether another alert, or whoever paused it, knows why nothing goes on."""
    ways = [way for way in one.ways if way.direction == direction]
    return bool(one.asks) or any(way.paused for way in ways)


def _urgent_waiting(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        for (direction, lane), since in sorted(one.oldest.items()):
            age = reading.at - since
            if lane is Lane.LIVE and age > URGENT:
                text = (
                    f"{one.name}: urgent changes {WAYS[direction]}, opt-outs among them, have waited for {span(age)}."
                )
                yield Sign(text, f"{one.name} {direction}", one.id)


def _stream_overdue(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        for way in one.ways if _runs(one) else ():
            period = max(one.frequency, LEAST / PERIODS)
            if _expected(way) and way.silent > period * (PERIODS - 1):
                text = f"{one.name}: {way.entity.plural} {WAYS[way.direction]} had no success for {span(way.silent)}."
                # After a pause a whole period passes before the next cycle has to have come.
                yield Sign(text, f"{one.name} {way.entity} {way.direction}", one.id, hold=period)


def _runs(one: Connection) -> bool:
    return one.enabled and not (one.asks or one.quiet or one.loading)


def _expected(way: Way) -> bool:
    return way.begun and not way.paused


def _direction_failing(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        for direction, words in WAYS.items():
            bad = one.bad_ends.get(direction, 0)
            if direction in one.tripped:
                text = f"{one.name}: the way {words} is paused for a while, since {many(bad, 'cycle')} failed in a row."
                yield Sign(text, f"{one.name} {direction}", one.id)
            elif bad >= BAD_ENDS:
                text = f"{one.name}: nothing came of the last {many(bad, 'cycle')} {words}."
                yield Sign(text, f"{one.name} {direction}", one.id)


def _echo_suspected(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if one.echoes >= ECHOES:
            text = f"{one.name}: {many(one.echoes, 'record')} were written in every one of the last cycles."
            yield Sign(text, one.name, one.id)


def _unaccounted(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if one.unbalanced:
            text = f"{one.name}: {many(one.unbalanced, 'stream')} ended without an outcome for each of its records."
            yield Sign(text, one.name, one.id)


RULES: Final = (
    Rule(
        "backlog_old",
        Severity.WARNING,
        ("G5",),
        "`ac365 status` and `ac365 failures` tell what holds it up; more workers help only if the queues are long.",
        _backlog_old,
        place="/c/{id}/",
        hold=timedelta(minutes=10),
    ),
    Rule(
        "urgent_waiting",
        Severity.CRITICAL,
        ("G7",),
        "See that the worker of the queue live runs, and end a pause: opt-outs wait as well.",
        _urgent_waiting,
        place="/c/{id}/",
        hold=timedelta(minutes=5),
    ),
    Rule(
        "stream_overdue",
        Severity.WARNING,
        ("G4",),
        "`ac365 cycles` shows what the last ones ran into, `ac365 status` whether one is under way.",
        _stream_overdue,
        place="/c/{id}/cycles/",
    ),
    Rule(
        "direction_failing",
        Severity.CRITICAL,
        ("G8",),
        "`ac365 check` tells what is wrong. Mend that, then `ac365 resume`; it is tried again by itself, too.",
        _direction_failing,
        place="/c/{id}/cycles/",
    ),
    Rule(
        "echo_suspected",
        Severity.WARNING,
        ("G3",),
        "Something rewrites what ac365 writes: another integration, a flow or a plug-in. Switch one of the two off.",
        _echo_suspected,
        place="/c/{id}/cycles/",
        hold=timedelta(minutes=5),
    ),
    Rule(
        "records_unaccounted",
        Severity.CRITICAL,
        ("G9",),
        "Run `ac365 verify` to see what is missing, and report this with the version of ac365.",
        _unaccounted,
        place="/c/{id}/cycles/",
        hold=timedelta(minutes=5),
    ),
)
