"""Watching a cycle, and what follows it, until it ends: bars on a terminal, plain lines elsewhere, always on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.output import console, duration, note
from engine import asked, health, report
from engine.cycles import INTRODUCTION
from engine.report import CycleReport, StreamReport
from store import cycles
from sync.model import CycleKind, Direction
from worker.services import Services, now

POLL_S = 0.25
LINE_EVERY_S = 5.0
WORKER_EXPECTED_S = 45.0
NO_WORKER = (
    "No worker seems to serve the queues. Start `celery -A worker.app worker -Q live,sync,backfill` and "
    "`celery -A worker.app beat`; this command goes on as soon as they are there."
)

FOLLOWING: Final = (CycleKind.RETRY, CycleKind.RECORD)
"""Cycles over single records, which another cycle may open: what goes back, and what has to be looked at again."""
NOT_OURS: Final = ("retry", asked.AUTHOR)
"""Who opens such cycles without another one: the failure list, and webhooks."""
LATEST: Final = 1000


class Screen(Protocol):
    """Where progress is shown."""

    def show(self, seen: CycleReport) -> None:
        """Shows how far the cycle is."""


def until_ended(
    services: Services,
    cycle_id: int,
    *,
    seen: Callable[[CycleReport], None] = lambda _report: None,
    poll_s: float = POLL_S,
) -> CycleReport:
    """Waits for the end of a cycle and answers with its report. Ctrl-C ends the waiting, not the cycle."""
    told = False
    begun = time.monotonic()
    with _screen() as screen:
        while True:
            with services.db.transaction() as tx:
                found = report.of_cycle(tx, cycle_id)
            screen.show(found)
            seen(found)
            if found.ended:
                return found
            if not told and time.monotonic() - begun > WORKER_EXPECTED_S and not _served(services):
                note(NO_WORKER)
                told = True
            time.sleep(poll_s)


def until_quiet(services: Services, connection_id: int, cycle_id: int) -> list[CycleReport]:
    """Waits until no cycle over single records of the connection is open, and answers with those that followed this
    one, oldest first. One that asks a person is not waited for."""
    seen: set[int] = set()
    while waiting := _open(services, connection_id):
        for number in waiting:
            until_ended(services, number)
        seen |= set(waiting)
    with services.db.transaction() as tx:
        newest = cycles.recent(tx, LATEST, connection_id)
        later = {row["id"] for row in newest if row["id"] > cycle_id and _follows(row)}
        found = [report.of_cycle(tx, number) for number in sorted(seen | later)]
    return [one for one in found if one.requested_by not in NOT_OURS]


def _open(services: Services, connection_id: int) -> list[int]:
    with services.db.transaction() as tx:
        rows = cycles.unfinished(tx)
    return [row["id"] for row in rows if row["connection_id"] == connection_id and _follows(row)]


def _follows(row: Mapping[str, Any]) -> bool:
    return row["kind"] in FOLLOWING or row["requested_by"] == INTRODUCTION


def _served(services: Services) -> bool:
    return all(beat.fresh for beat in health.beats(services.db, now()))


@contextmanager
def _screen() -> Iterator[Screen]:
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield Lines()
        return
    columns = (
        TextColumn("{task.description}", justify="left"),
        BarColumn(bar_width=30),
        TextColumn("{task.completed:,.0f} of {task.fields[read]:,}"),
        TextColumn("[dim]{task.fields[told]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen) as progress:
        yield Bars(progress)


class Bars:
    """One bar per stream."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def show(self, seen: CycleReport) -> None:
        """Moves the bars; a stream that is still being read has no known end."""
        for stream in seen.streams:
            name = named(stream)
            if name not in self._tasks:
                self._tasks[name] = self._progress.add_task(name, total=None, read=0, told="", start=False)
            self._move(self._tasks[name], stream)

    def _move(self, task: TaskID, stream: StreamReport) -> None:
        if stream.state == "pending":
            return
        self._progress.start_task(task)
        known = stream.state in ("delivering", "done", "failed")
        total = max(stream.read, 1) if known else None
        done = total if stream.state == "done" and not stream.read else stream.settled
        self._progress.update(task, total=total, completed=done, read=stream.read, told=_told(stream))
        if stream.state in ("done", "failed"):
            self._progress.stop_task(task)


class Lines:
    """A line per stream whenever it moved, at most every few seconds."""

    def __init__(self) -> None:
        self._last = ""
        self._at = 0.0
        self._begun = time.monotonic()

    def show(self, seen: CycleReport) -> None:
        """Prints where the running streams stand."""
        told = "; ".join(
            f"{named(s)} {s.settled:,} of {s.read:,} ({_told(s)})" for s in seen.streams if s.state != "pending"
        )
        now_s = time.monotonic()
        if told != self._last and (seen.ended or now_s - self._at >= LINE_EVERY_S):
            note(f"{duration(now_s - self._begun)}: cycle {seen.id} {seen.state}: {told}")
            self._last, self._at = told, now_s


def named(stream: StreamReport) -> str:
    """A stream for a person: `contacts`, and `contacts inbound` on the way to Dynamics."""
    return f"{stream.entity.plural} inbound" if stream.direction == Direction.INBOUND else f"{stream.entity.plural}"


def _told(stream: StreamReport) -> str:
    if stream.error and stream.state != "done":
        return str(stream.error.get("message", ""))
    parts = [f"{number:,} {name}" for name, number in stream.counts.items() if number]
    return ", ".join(parts) or {"fetching": "reading", "delivering": "delivering"}.get(stream.state, stream.state)
