"""`ac365 alerts`: what is wrong, what was, and whether somebody is told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import typer
from rich.markup import escape

from cli.errors import COULD_NOT_RUN, CannotRun
from cli.groups import ListFirst
from cli.options import AsJson
from cli.output import print_json, say, show, table, when
from cli.session import session
from engine.alerts import delivery, message, ways
from engine.alerts.listing import Listing, Shown, listing
from worker.services import now

app = typer.Typer(cls=ListFirst, help="What is wrong with the installation, what was, and whether somebody is told.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the alerts that fire, and the last 50.

    What each means and what to do stands in docs/operations.md.
    """
    with session() as services, services.db.transaction() as tx:
        found = listing(tx)
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)


def _print(found: Listing) -> None:
    if not found.firing:
        say("No alert fires.")
    for one in found.firing:
        say(f"{one.severity.upper()} {one.rule}, since {when(one.since, now())}: {one.text}")
        say(f"  {one.advice}")
    if found.latest:
        columns = ("alert", "severity", "since", "over", "what it said")
        show(table("", columns, [_row(one) for one in found.latest], whole="alert"))
    for way, why in found.untaken.items():
        say(f"Notices by {way} are not taken: {why}. Try it with `ac365 alerts test`.")


def _row(one: Shown) -> tuple[str, ...]:
    over = when(one.recovered, now()) if one.recovered else "not yet"
    return one.rule, one.severity, when(one.since, now()), over, escape(one.text)


@app.command("test")
def send_test(as_json: AsJson = False) -> None:
    """Send a test by each way that is configured, and say whether it was taken.

    Exit status 1 when nothing is configured, or a way did not take it.
    """
    with session() as services:
        told = ways.configured(services.settings.alerts)
        sent = message.trial(services.settings.console, now())
        found = {way.name: delivery.send(way, sent, now()) for way in told}
    if not found:
        raise CannotRun("nobody is told of alerts", ways.NOBODY)
    _tell(found, as_json=as_json)
    if any(found.values()):
        raise typer.Exit(COULD_NOT_RUN)


def _tell(found: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        answer: dict[str, Any] = {way: {"taken": not why, "why": why} for way, why in found.items()}
        print_json(answer)
        return
    for way, why in found.items():
        say(f"{way}: {f'not taken, {why}' if why else 'taken'}")
