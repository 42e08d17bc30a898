"""`ac365`: the command line. Each family of commands is a module of its own; this one puts them together."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from cli import (
    activities,
    alerts,
    backup,
    check,
    config,
    conflicts,
    connection,
    cycles,
    demo,
    explain,
    failures,
    health,
    migrate,
    opportunities,
    pause,
    provision,
    requests,
    status,
    sync,
    takeover,
    undo,
    up,
    user,
    verify,
    webhooks,
)
from cli.errors import Guarded

app = typer.Typer(
    name="ac365",
    cls=Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Sync Microsoft Dynamics 365 and ActiveCampaign.\n\n"
    "First steps: `ac365 check`, then `ac365 config export`, edit, `ac365 config import`, `ac365 sync --dry-run`, "
    "`ac365 sync --wait`, and `ac365 config enable` for the schedule.\n\n"
    "Exit status: 0 done, 1 could not run, 2 wrong usage, 3 done but some records failed.",
)


def _version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"ac365 {version('ac365')}")
        except PackageNotFoundError:
            typer.echo("ac365 (from its sources)")
        raise typer.Exit


@app.callback()
def _top(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of every command; `--debug` is read where errors are caught."""


app.command()(demo.demo)
app.command()(up.up)
app.command()(check.check)
app.add_typer(connection.app, name="connection")
app.add_typer(config.app, name="config")
app.add_typer(provision.app, name="provision")
app.command()(takeover.takeover)
app.command()(sync.sync)
app.command()(status.status)
app.add_typer(cycles.app, name="cycles")
app.command()(undo.undo)
app.add_typer(failures.app, name="failures")
app.add_typer(conflicts.app, name="conflicts")
app.add_typer(opportunities.app, name="opportunities")
app.command()(requests.requests)
app.add_typer(activities.app, name="activities")
app.command()(explain.explain)
app.command()(verify.verify)
app.add_typer(user.app, name="user")
app.add_typer(webhooks.app, name="webhooks")
app.command()(pause.pause)
app.command()(pause.resume)
app.command()(migrate.migrate)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(health.health)
app.add_typer(alerts.app, name="alerts")


def run() -> None:
    """The console script."""
    app()
