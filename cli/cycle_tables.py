"""A cycle as a table, with the line that shows that every record is accounted for, and what it asks."""

from __future__ import annotations

from typing import Final

from rich.table import Table

from cli.errors import COULD_NOT_RUN, DONE, SOME_FAILED
from cli.output import duration, number, say, show, table
from engine.report import COUNTERS, CycleReport

ASKS: Final = "asks you"
"""How the state of a cycle is shown that waits for a person."""


def print_question(cycle_id: int, question: str) -> None:
    """What a cycle asks, and the two commands that answer; some questions name them already."""
    approve, reject = (f"`ac365 cycles {answer} {cycle_id}`" for answer in ("approve", "reject"))
    how = "" if approve in question else f": let it go on with {approve}, or end it with {reject}"
    say(f"Cycle {cycle_id} asks: {question}{how}")


def print_cycle(found: CycleReport) -> None:
    """The table of a cycle, its conservation line, the errors of its streams, and its question."""
    show(streams_of(found))
    told = " + ".join(f"{count:,} {name}" for name, count in found.sums.items())
    say(f"{found.read:,} read = {told}")
    for stream in found.streams:
        if stream.error:
            advice = stream.error.get("advice", "")
            say(f"{stream.entity.plural} {stream.direction}: {stream.error.get('message', '')} {advice}".rstrip())
    if found.asks:
        print_question(found.id, found.note)
    elif found.note:
        say(found.note)


def streams_of(found: CycleReport) -> Table:
    """One row per stream."""
    rows = [
        (f"{s.entity.plural}", s.direction, s.state, number(s.read), *(number(s.counts[name]) for name in COUNTERS))
        for s in found.streams
    ]
    state = ASKS if found.asks else found.state
    title = f"Cycle {found.id} ({found.kind}, by {found.requested_by}): {state}{_took(found)}"
    return table(title, ("records", "direction", "state", "read", *COUNTERS), rows, numbers=1 + len(COUNTERS))


def _took(found: CycleReport) -> str:
    if not (found.started and found.finished):
        return ""
    return f" in {duration((found.finished - found.started).total_seconds())}"


def status_of(found: CycleReport) -> int:
    """The exit status: 0 complete, 3 when records failed or wait, 1 when nothing came to its end."""
    return {"complete": DONE, "partial": SOME_FAILED}.get(found.state, COULD_NOT_RUN)
