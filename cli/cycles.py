"""`ac365 cycles`: what ran, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.cycle_tables import print_cycle
from cli.groups import ListFirst
from cli.options import AsJson, ConnectionName
from cli.output import duration, number, print_json, say, show, table, when
from cli.session import chosen, session
from engine import report
from engine.report import COUNTERS, CycleReport
from worker.services import now

app = typer.Typer(
    cls=ListFirst,
    help="The cycles that ran: `ac365 cycles 20` lists the last 20, `ac365 cycles show ID` tells all about one.",
)


@app.command("list")
def list_(
    count: Annotated[int, typer.Argument(metavar="[N]", help="How many.", min=1, max=1000)] = 10,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """List the last N cycles, the newest first."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            found = report.recent(tx, count, row["id"])
    if as_json:
        print_json([{"kind": one.kind, "requested_by": one.requested_by, **one.as_json()} for one in found])
    elif not found:
        say("Nothing ran yet; `ac365 sync` starts the first one.")
    else:
        columns = ("cycle", "kind", "state", "when", "took", "read", *COUNTERS)
        show(table("Cycles", columns, [_row(one) for one in found], numbers=1 + len(COUNTERS)))


def _row(one: CycleReport) -> tuple[str, ...]:
    sums = [sum(stream.counts[name] for stream in one.streams) for name in COUNTERS]
    ended = one.finished or now()
    took = duration((ended - one.started).total_seconds()) if one.started else ""
    told = when(one.started or one.requested, now())
    read = sum(stream.read for stream in one.streams)
    return str(one.id), one.kind, one.state, told, took, number(read), *(number(one_sum) for one_sum in sums)


@app.command("show")
def show_(cycle: Annotated[int, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """Show one cycle: every stream with its counts, and that they add up to what was read."""
    with session() as services, services.db.transaction() as tx:
        found = report.of_cycle(tx, cycle)
    if as_json:
        print_json({"kind": found.kind, "requested_by": found.requested_by, **found.as_json()})
    else:
        print_cycle(found)
