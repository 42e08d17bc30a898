"""`ac365 cycles`: what ran, what came of it, and the answer to a cycle that asks before it goes on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.cycle_tables import ASKS, print_cycle, print_question
from cli.errors import CannotRun
from cli.groups import ListFirst
from cli.options import AsJson, ConnectionName, Yes
from cli.output import duration, number, on_terminal, print_json, say, show, table, when
from cli.session import author, chosen, send, session
from engine import choices, report, stopping
from engine.report import COUNTERS, CycleReport
from worker.services import now

app = typer.Typer(
    cls=ListFirst,
    help="The cycles that ran: `ac365 cycles 20` lists the last 20, `ac365 cycles show ID` tells all about one.",
)

Number = Annotated[int, typer.Argument(metavar="ID", help="The number of the cycle.")]
LATER = "`ac365 verify --repair` brings them later"


@app.command("list")
def list_(
    count: Annotated[int, typer.Argument(metavar="[N]", help="How many.", min=1, max=1000)] = 10,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """List the last N cycles, the newest first, and what a cycle asks."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            found = report.recent(tx, count, row["id"])
    if as_json:
        print_json([_public(one) for one in found])
    elif not found:
        say("Nothing ran yet; `ac365 sync` starts the first one.")
    else:
        columns = ("cycle", "kind", "state", "when", "took", "read", *COUNTERS)
        show(table("Cycles", columns, [_row(one) for one in found], numbers=1 + len(COUNTERS)))
        for one in found:
            if one.asks:
                print_question(one.id, one.note)


def _row(one: CycleReport) -> tuple[str, ...]:
    ended = one.finished or now()
    took = duration((ended - one.started).total_seconds()) if one.started else ""
    told = when(one.started or one.requested, now())
    state = ASKS if one.asks else one.state
    return str(one.id), one.kind, state, told, took, number(one.read), *map(number, one.sums.values())


@app.command("show")
def show_(cycle: Number, as_json: AsJson = False) -> None:
    """Show one cycle: every stream with its direction and counts, and that they add up to what was read."""
    with session() as services, services.db.transaction() as tx:
        found = report.of_cycle(tx, cycle)
    if as_json:
        print_json({**_public(found), "errors": _errors(found)})
    else:
        print_cycle(found)


def _public(one: CycleReport) -> dict[str, Any]:
    told = {"kind": one.kind, "requested_by": one.requested_by, **one.as_json()}
    return {**told, "note": one.note, "asks": one.asks}


def _errors(one: CycleReport) -> list[dict[str, Any]]:
    """What streams met: their `message`, `code` and `advice`."""
    return [{"entity": s.entity, "direction": s.direction, **s.error} for s in one.streams if s.error]


@app.command()
def approve(cycle: Number, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Let a cycle go on that asks before it changes so much."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            wakes = choices.approve(tx, row["id"], cycle, author())
        send(services, wakes)
    if as_json:
        print_json({"cycle": cycle, "approved": True})
    else:
        say(f"Cycle {cycle} goes on; look at it with `ac365 cycles show {cycle}`.")


@app.command()
def reject(cycle: Number, yes: Yes = False, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """End a cycle that asks. What it held back is not written; later changes travel as usual."""
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            held = choices.unwritten(tx, row["id"], cycle)
        if not (yes or as_json):
            say(f"{held:,} records stay unwritten; {LATER}.")
            if on_terminal() and not typer.confirm(f"End cycle {cycle}?"):
                raise CannotRun("nothing was changed")
        with services.db.transaction() as tx:
            dropped = choices.reject(tx, row["id"], cycle, author())
    if as_json:
        print_json({"cycle": cycle, "rejected": True, "unwritten": dropped})
    else:
        say(f"Cycle {cycle} has ended; {dropped:,} records were not written.")


@app.command()
def stop(cycle: Number, connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Stop a cycle that waits or runs: it reads no further, and the next sync takes up where reading began.

    Of a stream that was not read to its end nothing more is written, but for opt-outs; one that was is delivered.
    """
    with session() as services:
        row = chosen(services, connection)
        with services.db.transaction() as tx:
            number, wakes = stopping.stop(tx, row["id"], cycle, author())
        send(services, wakes)
    if as_json:
        print_json({"cycle": cycle, "stopped": True, "unwritten": number})
    else:
        say(f"Cycle {cycle} stops; {number:,} records that it read are not written and read again by the next sync.")
