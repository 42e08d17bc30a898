"""Rules about what salespeople ask for, and what they see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sync.alerts.reading import Reading
from sync.alerts.rule import Rule, Severity, Sign
from sync.alerts.words import span

ANSWER: Final = timedelta(minutes=5)
DEAF: Final = timedelta(minutes=5)
LATE: Final = timedelta(hours=1)


def _requests_waiting(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if one.asked and reading.at - one.asked > ANSWER:
            text = f"{one.name}: somebody has waited for {span(reading.at - one.asked)} for the answer to a request."
            yield Sign(text, one.name, one.id)
        elif one.heard and reading.at - one.heard > DEAF:
            text = f"{one.name}: requests of salespeople were not listened to for {span(reading.at - one.heard)}."
            yield Sign(text, one.name, one.id)


def _activities_late(reading: Reading) -> Iterator[Sign]:
    for one in reading.connections:
        if one.activities_due and one.enabled and reading.at - one.activities_due > LATE:
            late = span(reading.at - one.activities_due)
            yield Sign(f"{one.name}: marketing activities are {late} late.", one.name, one.id)


RULES: Final = (
    Rule(
        "requests_waiting",
        Severity.CRITICAL,
        ("G1",),
        "`ac365 requests` shows what they wait for; see that the worker of the queue live runs, then `ac365 check`.",
        _requests_waiting,
        place="/c/{id}/",
    ),
    Rule(
        "activities_late",
        Severity.WARNING,
        ("G1",),
        "`ac365 activities` tells what holds them up, `ac365 check` what is missing.",
        _activities_late,
        place="/c/{id}/",
        hold=timedelta(minutes=10),
    ),
)
