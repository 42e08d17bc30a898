"""`ac365 verify`: the proof that both sides agree."""

from __future__ import annotations

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from cli.errors import DONE, SOME_FAILED
from cli.options import AsJson, ConnectionName
from cli.output import console, number, print_json, say, show, table
from cli.session import context_of, session
from engine import verify as use_case
from engine.context import Context
from engine.verify_report import Report

LISTED = 50


def verify(connection: ConnectionName = "", as_json: AsJson = False) -> None:
    """Compare both sides completely: every record that is in scope in Dynamics with what ActiveCampaign holds.

    Both are read through their APIs; what ac365 remembers is not trusted. Compared are mapped fields, tags and
    accounts. Exit status 0 when everything agrees or stands on the failure list with its reason, else 3.
    """
    with session() as services:
        found = compare(context_of(services, connection))
    if as_json:
        print_json(found.as_json())
    else:
        print_report(found)
    raise typer.Exit(DONE if found.agrees else SOME_FAILED)


def compare(context: Context) -> Report:
    """The comparison, with what is being read shown on a terminal."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        return use_case.compare(context)
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=screen, transient=True) as progress:
        task = progress.add_task("Reading")
        return use_case.compare(
            context, progress=lambda what, count: progress.update(task, description=f"{what}: {count:,}")
        )


def print_report(found: Report) -> None:
    """The table that reconciles both sides, then every difference."""
    rows = [
        (
            f"{t.entity}s",
            *(number(n) for n in (t.in_dynamics, t.in_scope, t.equal, t.different, t.missing, t.explained)),
            ", ".join(f"{count:,} {reason}" for reason, count in t.not_expected.most_common()),
        )
        for t in found.tallies
    ]
    made = table(
        "Dynamics 365 and ActiveCampaign",
        ("records", "in Dynamics", "in scope", "equal", "different", "missing", "of these explained", "not expected"),
        rows,
    )
    for column in made.columns[1:7]:
        column.justify = "right"
    show(made)
    strays = f"; {found.strays:,} contacts were pushed once and are not in scope (any more)" if found.strays else ""
    say(f"In ActiveCampaign: {found.contacts:,} contacts, {found.accounts:,} accounts from Dynamics{strays}.")
    _print_differences(found)
    if found.waiting:
        say(f"{found.waiting:,} changes are on their way; compare again when they have arrived.")
    say(_verdict(found))


def _print_differences(found: Report) -> None:
    rows = [
        (f"{one.entity} {one.record_id}", ", ".join(one.fields) or "(missing)", one.explanation or "")
        for one in found.differences[:LISTED]
    ]
    if rows:
        show(table("Differences", ("record", "fields", "explanation"), rows, whole="record"))
    if len(found.differences) > LISTED:
        say(f"... and {len(found.differences) - LISTED:,} more; --json lists them.")


def _verdict(found: Report) -> str:
    if not found.agrees:
        count = sum(tally.unexplained for tally in found.tallies)
        return f"Both sides do NOT agree: {count:,} records differ without an explanation."
    if any(tally.explained for tally in found.tallies):
        return "Both sides agree, but for what is explained above."
    return "Both sides agree."
