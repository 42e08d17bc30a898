"""The overview of one connection: what waits for a person, how things stand, how long it takes, what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from clients.budget import Budget
from engine import configured, health, pace, report, status
from engine.context import Context
from engine.matters import Matter, matters
from engine.pace import Pace
from engine.report import CycleReport
from engine.status import ConnectionStatus
from store import failures, tallies
from store.db import Database
from sync.model import Direction

DAYS: Final = 14
CYCLES: Final = 12
"""So far back it is looked whether a service refused something."""
SHOWN: Final = 8
DRAWN: Final = ("created", "updated", "failed")


@dataclass(frozen=True, slots=True)
class Day:
    """What one direction did on one day, in UTC."""

    day: date
    direction: Direction
    created: int
    updated: int
    failed: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the dashboard shows. days: oldest first, each direction of each day; cycles: newest first."""

    status: ConnectionStatus
    matters: list[Matter]
    paces: list[Pace]
    days: list[Day]
    cycles: list[CycleReport]


def of_connection(
    db: Database, row: Mapping[str, Any], budget: Budget, now: datetime, context: Context | None
) -> Overview:
    """The overview, read from the store and from Redis only. Raises LookupError when it was never configured.

    context: None where the services were never described; then nobody can tell what is missing there.
    """
    beats = health.beats(db, now)
    with db.transaction() as tx:
        found = status.of_connection(tx, row, budget)
        current = configured.current(tx, row["id"])
        recent = report.recent(tx, CYCLES, row["id"])
        latest = failures.latest(tx, row["id"], list(found.failures))
        since = now.date() - timedelta(days=DAYS - 1)
        return Overview(
            found,
            matters(found, recent, latest, beats, context),
            pace.paces(tx, row["id"], current[1] if current else {}, found.backlog, now),
            _days(tallies.days(tx, row["id"], since), since),
            recent[:SHOWN],
        )


def _days(rows: Sequence[Mapping[str, Any]], since: date) -> list[Day]:
    sums: Counter[tuple[date, str, str]] = Counter()
    for row in rows:
        sums[row["day"], row["direction"], row["outcome"]] += row["number"]
    days = [since + timedelta(days=number) for number in range(DAYS)]
    return [Day(day, way, *(sums[day, way, name] for name in DRAWN)) for day in days for way in Direction]
