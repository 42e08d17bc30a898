"""`ac365 backup` and `ac365 restore`: the whole database into a file, and back."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated

import typer

from cli.errors import CannotRun
from cli.options import AsJson
from cli.output import print_json, say
from cli.session import author, resolved, session
from engine import restoring
from store import backups, migrate
from worker import embedded

STANDARD = "-"
STOP = "Stop ac365 first, all of its processes on all machines."
THEN = (
    "Everything is paused. Look at configuration, users, API tokens and webhook addresses: what was changed since the "
    "backup is as it was before. Then: ac365 check, ac365 resume, ac365 sync --wait, ac365 verify."
)


def backup(
    file: Annotated[Path, typer.Argument(help="A new file, which only you may read; - for standard output.")],
) -> None:
    """Write the whole database to a file, while everything runs.

    It holds people's data, and credentials that only AC365_SECRET_KEY opens: keep that key apart from it.
    """
    dsn = resolved().database_url
    if str(file) == STANDARD:
        backups.dump(dsn, None, embedded.programs())
        return
    _make(file)
    try:
        backups.dump(dsn, file, embedded.programs())
    except BaseException:
        file.unlink()
        raise
    say(f"Wrote {file}, {file.stat().st_size:,} bytes.")


def restore(
    file: Annotated[Path | None, typer.Argument(help="What `ac365 backup` wrote; - for standard input.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what the database holds now.")] = False,
    loaded: Annotated[
        bool, typer.Option("--loaded", help="The database is restored already, by other means: do the rest.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the database, and pause everything until you have looked at it.

    Stop ac365 before. What the backup shows as under way is not carried out but read anew; everybody is signed out.
    """
    if (file is None) != loaded:
        raise typer.BadParameter("name a file, or say --loaded")
    dsn = resolved().database_url
    _refuse(dsn, force or loaded)
    if file:
        with _opened(file) as source:
            backups.load(dsn, source, embedded.programs())
    migrate.migrate(dsn)
    with session(prepare=False) as services, services.db.transaction() as tx:
        ended = restoring.begin_anew(tx, author())
    if as_json:
        print_json(asdict(ended))
    else:
        records = ended.read_again + ended.look_again
        say(f"Restored. {ended.cycles} cycles ended, {records} records will be read anew. {THEN}")


def _make(file: Path) -> None:
    """Makes a file that was not there, for its owner only."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise CannotRun(f"{file} can't be made: {error.strerror}", "Name another file.") from None


def _opened(file: Path) -> IO[bytes]:
    try:
        return sys.stdin.buffer if str(file) == STANDARD else file.open("rb")
    except OSError as error:
        raise CannotRun(f"{file} can't be read: {error.strerror}") from None


def _refuse(dsn: str, replace: bool) -> None:
    use = backups.in_use(dsn)
    if use.sessions:
        raise CannotRun(f"the database is in use by {use.sessions} other connection(s)", STOP)
    if use.tables and not replace:
        raise CannotRun("the database is not empty", "Name another one, or replace what it holds with --force.")
