"""`ac365 demo`: both services simulated, the whole stack on embedded servers, a first sync, and the proof."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli import up, verify, watch
from cli.errors import SOME_FAILED, CannotRun
from cli.output import say
from cli.session import author, chosen, send, session
from cli.simulated import Simulators
from cli.stack import Stack
from config import document as documents
from engine import configure, request, users
from sync.model import TWO_WAY
from worker import embedded
from worker import settings as environment
from worker.services import Services

LIST = "D365 Marketing"
USER = "demo"
PASSWORD = "demonstration"  # noqa: S105  It opens a demonstration on this machine and nothing else.


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop after the table; exit status 0 if both agree.")] = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of CSV files to fill the simulated Dynamics with.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the generated records.")] = 1,
    accounts: Annotated[int, typer.Option(help="Accounts to generate.")] = 80,
    contacts: Annotated[int, typer.Option(help="Contacts to generate.")] = 1500,
    leads: Annotated[int, typer.Option(help="Leads to generate.")] = 900,
    opportunities: Annotated[int, typer.Option(help="Opportunities to generate.")] = 200,
) -> None:
    """Watch a simulated Dynamics 365 and a simulated ActiveCampaign become equal, with nothing else installed.

    Starts PostgreSQL, Redis, both simulators, workers, beat, the console and Flower, syncs everything, and compares
    both sides through their APIs. Everything is thrown away at the end.
    """
    if data and not data.is_dir():
        raise CannotRun(f"{data} is not a folder", "Name one that holds CSV files such as accounts.csv.")
    words = ["--data", str(data)] if data else ["--seed", str(seed), "--accounts", str(accounts)]
    if not data:
        words += ["--contacts", str(contacts), "--leads", str(leads), "--opportunities", str(opportunities)]
    up.heed_signals()
    with _home() as home:
        stack = Stack(os.environ, home / "log")
        try:
            agreed = _run(stack, home, words, once)
        finally:
            up.stop(stack)
    raise typer.Exit(0 if agreed or not once else SOME_FAILED)


@contextmanager
def _home() -> Iterator[Path]:
    """A folder for this run alone: a demonstration must not touch an installation, nor find the last one's records."""
    home = Path(tempfile.mkdtemp(prefix="ac365-"))
    os.environ["AC365_HOME"] = str(home)
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "AC365_SECRET_KEY"):
        os.environ.pop(name, None)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run(stack: Stack, home: Path, words: list[str], once: bool) -> bool:
    say("Starting both simulators.")
    simulators = Simulators(stack, home / "tls", words)
    os.environ.update(simulators.environment())
    up.require_free(environment.read().flower_port, "AC365_FLOWER_PORT")
    up.require_free(environment.read().console_port, "AC365_CONSOLE_PORT")
    with session() as services:
        stack.environment = embedded.environment(services.settings)
        flower = up.start(stack, services.settings)
        _add_user(services)
        say(f"Workers, beat, console and Flower are starting. Console: {services.settings.console}")
        say(f"Sign in as {USER} with the password {PASSWORD}. Flower: {flower}")
        agreed = _first_sync(services)
        if not once:
            _leave_open(simulators, flower, services.settings.console)
    return agreed


def _first_sync(services: Services) -> bool:
    connection = chosen(services, "")
    with services.db.transaction() as tx:
        version, _ = configure.current(tx, connection["id"])
        configure.replace(tx, connection["id"], version, _everything_on(), author(), services.now())
        planned = request.plan(tx, connection["id"], _everything_on(), [])
        cycle_id, wakes = request.start(tx, connection["id"], planned, author())
    send(services, wakes)
    watch.until_ended(services, cycle_id)
    watch.until_quiet(services, connection["id"], cycle_id)
    report = verify.compare(services.context(connection["id"]))
    verify.print_report(report)
    return report.agrees


def _everything_on() -> dict[str, object]:
    """The default configuration with all entities on, both ways; new people join a list."""
    document = documents.defaults()
    document["sync"] |= {"enabled": True, "frequency": "5m"}
    for entity in TWO_WAY:
        document["entities"][entity] |= {"enabled": True, "direction": "both"}
        if entity != "account":
            document["entities"][entity]["list"] = LIST
    return documents.load(document)


def _add_user(services: Services) -> None:
    with services.db.transaction() as tx:
        users.add(tx, USER, "Demo", users.ROLES[0], PASSWORD, author())


def _leave_open(simulators: Simulators, flower: str, console: str) -> None:
    say("")
    say(f"Console:                     {console} ({USER}, {PASSWORD})")
    say(f"Dynamics 365 (simulated):    {simulators.dynamics}")
    say(f"ActiveCampaign (simulated):  {simulators.activecampaign}")
    say(f"Flower:                      {flower}")
    say("In another terminal, with these variables, every ac365 command works on this demonstration:")
    for name, value in {"AC365_HOME": os.environ["AC365_HOME"], **simulators.environment()}.items():
        say(f"  export {name}={value}")
    say("Changes are picked up every 5 minutes, or at once with `ac365 sync --wait`. Ctrl-C stops everything.")
    sys.stdout.flush()
    up.until_interrupted()
