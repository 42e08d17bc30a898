"""`ac365 undo`: the values that a cycle overwrote, put back where it wrote them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.counting import counting
from cli.errors import DONE, SOME_FAILED, CannotRun
from cli.options import AsJson, ConnectionName, Yes
from cli.output import note, number, on_terminal, print_json, say, show, table
from cli.session import author, context_of, session
from engine import undo as use_case
from engine.context import Context
from engine.undo_report import Report, Tally

ONLY_LOOKED = "Nothing was written. `ac365 undo {} --yes` puts this back."
NEXT = (
    "What was put back counts as an edit made there: where a field travels both ways, the next sync brings it to the "
    "other side; where it travels one way, it stays until its source changes."
)
AGAIN = "{:,} records refused. Correct what they name and run it again: only these are tried."
STAY = "{:,} {} that the cycle created in {} stay: ac365 deletes nothing."
SHOWN = 10


def undo(
    cycle: Annotated[int, typer.Argument(metavar="CYCLE", help="Its number, see `ac365 cycles`.")],
    yes: Yes = False,
    connection: ConnectionName = "",
    as_json: AsJson = False,
) -> None:
    """Put back the values that a cycle overwrote, on the side where it wrote them.

    Shows what would be put back, then asks; without a terminal, or with --json, it only shows unless --yes is given.
    Both sides are read at this moment: what somebody changed since, and what travelled since, stays as it is. It may be
    interrupted and run again.

    Never put back are tags, lists and opt-outs, e-mail addresses, names of accounts, and who belongs to which account.
    Records that the cycle created stay. Opportunities are not undone: ActiveCampaign only mirrors them.

    --json lists values, those that are left alone, and failures, up to 1,000 of each kind of record.

    Exit status 0 when it is done, 3 when some records refused.
    """
    with session() as services:
        context = context_of(services, connection)
        found = _look_and_ask(context, cycle, as_json=as_json) if not yes else _run(context, cycle, author())
    if as_json:
        print_json(found.as_json())
    elif found.applied:
        _print(found)
    raise typer.Exit(SOME_FAILED if found.failed else DONE)


def _look_and_ask(context: Context, cycle: int, *, as_json: bool) -> Report:
    """What would be put back; on a terminal it is, once a person agrees."""
    note("Reading; nothing is written ...")
    found = _run(context, cycle, "")
    if as_json:
        return found
    _print(found)
    if not found.records or not on_terminal():
        return found
    if not typer.confirm(f"Put back {found.values:,} values of {found.records:,} records?"):
        raise CannotRun("nothing was changed")
    return _run(context, cycle, author())


def _run(context: Context, cycle: int, who: str) -> Report:
    with counting() as progress:
        return use_case.run(context, cycle, author=who, progress=progress)


def _print(found: Report) -> None:
    put = "put back" if found.applied else "would put back"
    columns = ("records", "in", "overwritten", put, "values", "left alone", "put back before", "failed")
    rows = [_counts(tally) for tally in found.tallies if tally.overwrote]
    show(table(f"Undo of cycle {found.cycle_id}", columns, rows, numbers=6))
    reasons = [(t.entity.plural, t.service, why, f"{n:,}") for t in found.tallies for why, n in t.left.most_common()]
    if reasons:
        show(table("Values that are left alone", ("records", "in", "reason", "values"), reasons, numbers=1))
    for tally in found.tallies:
        _print_tally(tally)
    if not found.records:
        say("There is nothing to put back." if not found.applied else "Nothing was put back.")
    else:
        say(NEXT if found.applied else ONLY_LOOKED.format(found.cycle_id))
    if found.failed:
        say(AGAIN.format(found.failed))


def _counts(tally: Tally) -> tuple[str, ...]:
    told = (tally.overwrote, tally.records, tally.values, tally.left.total(), tally.undone, tally.failed)
    return tally.entity.plural, tally.service, *(number(one) for one in told)


def _print_tally(tally: Tally) -> None:
    for one in tally.changes[:SHOWN]:
        say(f"{tally.entity} {one.record_id}: {one.key} {_told(one.now)} → {_told(one.before)}")
    if tally.values > SHOWN:
        say(f"... and {tally.values - SHOWN:,} more values of {tally.entity.plural} in {tally.service}.")
    for failed in tally.failures[:SHOWN]:
        say(f"{tally.entity} {failed.record_id} failed: {failed.error.message}")
    if tally.failed > SHOWN:
        say(f"... and {tally.failed - SHOWN:,} more failed.")
    if tally.created:
        say(STAY.format(tally.created, tally.entity.plural, tally.service))


def _told(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "(empty)"
    return f'"{value}"' if isinstance(value, str) else str(value)
