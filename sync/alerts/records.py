"""Rules about single records: those that failed, and what waits for a person's answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sync.alerts.reading import Connection, Reading
from sync.alerts.rule import Rule, Severity, Sign
from sync.alerts.words import many

BY_ITSELF: Final = ("again", "overtaken", "bad_batch", "resync")
"""Classes that come back without anybody."""
RISING_FROM: Final = 50
RISING_SHARE: Final = 0.01
HOUR: Final = timedelta(hours=1)


def _new(one: Connection) -> int:
    return sum(fresh.new for fresh in one.fresh if fresh.klass not in BY_ITSELF)


def _failures_new(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if number := _new(one):
            yield Sign(f"{one.name}: {many(number, 'record')} came onto the failure list.", one.name, one.id)


def _failures_rising(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        number = sum(fresh.new for fresh in one.fresh)
        if number >= max(RISING_FROM, one.linked * RISING_SHARE):
            text = f"{one.name}: {many(number, 'record')} failed within an hour."
            yield Sign(text, one.name, one.id)


def _write_in_doubt(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if number := sum(fresh.doubtful for fresh in one.fresh):
            text = f"{one.name}: {many(number, 'record')} may be there twice, or may be made a second time."
            yield Sign(text, one.name, one.id)


def _workers_dying(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if number := sum(fresh.lost for fresh in one.fresh):
            text = f"{one.name}: workers died at {many(number, 'record')}, which were set aside."
            yield Sign(text, one.name, one.id)


def _cycle_asks(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        for cycle_id in one.asks:
            text = f"{one.name}: cycle {cycle_id} asks before it goes on. Until it is answered nothing else runs."
            yield Sign(text, f"{one.name} {cycle_id}", one.id)


def _conflicts_waiting(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if one.conflicts:
            waits = "waits" if one.conflicts == 1 else "wait"
            text = f"{one.name}: {many(one.conflicts, 'field')} that both sides changed {waits} for a decision."
            yield Sign(text, one.name, one.id)


RULES: Final = (
    Rule(
        "failures_new",
        Severity.WARNING,
        ("G1",),
        "`ac365 failures` lists them by kind, each with what to do; then `ac365 failures retry`.",
        _failures_new,
        place="/c/{id}/failures/",
        hold=timedelta(),
    ),
    Rule(
        "failures_rising",
        Severity.CRITICAL,
        ("G1",),
        "`ac365 pause`, mend the cause that `ac365 failures` shows first, then `ac365 resume` and retry.",
        _failures_rising,
        place="/c/{id}/failures/",
        hold=timedelta(),
    ),
    Rule(
        "write_in_doubt",
        Severity.WARNING,
        ("G2",),
        "Look at these records in both services with `ac365 explain`, merge what is there twice, then retry.",
        _write_in_doubt,
        place="/c/{id}/failures/",
        hold=timedelta(),
    ),
    Rule(
        "workers_dying",
        Severity.CRITICAL,
        ("G1", "G5"),
        "Read the log of the workers of that time: memory is the usual cause. Then retry these records.",
        _workers_dying,
        place="/c/{id}/failures/",
        hold=timedelta(),
    ),
    Rule(
        "cycle_asks",
        Severity.WARNING,
        ("G8",),
        "Look at what it would do, then `ac365 cycles approve` or `ac365 cycles reject` with its number.",
        _cycle_asks,
        place="/c/{id}/cycles/",
        hold=timedelta(),
        calm=timedelta(),
    ),
    Rule(
        "conflicts_waiting",
        Severity.WARNING,
        ("G4",),
        "`ac365 conflicts` shows them with all three values, `ac365 conflicts choose` decides.",
        _conflicts_waiting,
        place="/c/{id}/conflicts/",
        hold=HOUR,
    ),
)
