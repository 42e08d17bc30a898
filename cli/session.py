"""What a command works with: the services of this process, a database that fits, and the chosen connection."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from kombu.exceptions import OperationalError

from cli.errors import CannotRun
from cli.output import note
from engine import configure
from engine.context import Context
from engine.wake import Wake
from store import connections, migrate
from worker import embedded
from worker import settings as environment
from worker.services import Services
from worker.settings import Settings

NO_CONNECTION = (
    "Set DYNAMICS_URL, DYNAMICS_TENANT_ID, DYNAMICS_CLIENT_ID, DYNAMICS_CLIENT_SECRET, ACTIVECAMPAIGN_URL and "
    "ACTIVECAMPAIGN_API_KEY, or run `ac365 connection add`."
)


def resolved() -> Settings:
    """The settings with every server running: what the environment leaves open is started here."""
    return embedded.resolve(environment.read())


@contextmanager
def session(*, prepare: bool = True) -> Iterator[Services]:
    """The services, on a migrated database, with the connection of the environment in place.

    prepare=False leaves the database as it is, for commands that must work on one that isn't ready. Raises CannotRun
    when the database wants migrating; an embedded one is migrated here, nobody else would do it.
    """
    # What is logged while a command works is not its result.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    own_database = not environment.read().database_url
    settings = resolved()
    services = Services(settings, name="ac365 command")
    try:
        if prepare:
            _fit(settings, own_database)
            configure.ensure_connection(services)
        yield services
    finally:
        services.db.close()
        services.redis.close()


def _fit(settings: Settings, own_database: bool) -> None:
    if own_database:
        migrate.migrate(settings.database_url)
    elif missing := migrate.pending(settings.database_url):
        raise CannotRun(f"the database lacks {len(missing)} migration(s)", "Run `ac365 migrate`.")


def chosen(services: Services, name: str) -> dict[str, Any]:
    """The connection that was named, or the only one there is. Raises CannotRun naming those there are."""
    with services.db.transaction() as tx:
        rows = connections.listed(tx)
    if not rows:
        raise CannotRun("there is no connection yet", NO_CONNECTION)
    names = ", ".join(sorted(row["name"] for row in rows))
    if not name and len(rows) > 1:
        raise CannotRun("there are several connections", f"Choose one with --connection: {names}.")
    found = [row for row in rows if row["name"] == name] if name else rows
    if not found:
        raise CannotRun(f"there is no connection named {name!r}", f"There are: {names}.")
    return found[0]


def context_of(services: Services, name: str) -> Context:
    """The context of the chosen connection."""
    return services.context(chosen(services, name)["id"])


def author() -> str:
    """Who gave this command, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        # A container's user may have no name.
        return "cli"


def send(services: Services, wakes: Iterable[Wake]) -> None:
    """Sends wake-ups, after the transaction. When the broker is away, the sweep finds the work by itself later."""
    from worker import app, task

    app.app.conf.broker_url = services.settings.broker_url
    try:
        task.send(app.app, wakes)
    except (OperationalError, OSError):
        note("The message broker does not answer; the work is stored and starts by itself once it does.")
