"""`ac365 up`: everything on this machine, against the configured services, until Ctrl-C."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from types import FrameType

from cli.errors import CannotRun
from cli.output import say
from cli.session import session
from cli.stack import Stack, celery
from engine.users import code
from store import users
from worker import embedded
from worker import settings as environment
from worker.services import Services
from worker.settings import Settings

FLOWER_USER = "ac365"
FLOWER = ("--max-tasks=10000", "--url_prefix=flower")
CONSOLE = [sys.executable, "-m", "console"]
RECEIVER = [sys.executable, "-m", "webhooks"]
"""The command line of the process that takes webhooks."""


def up() -> None:
    """Run everything here: PostgreSQL and Redis where none are configured, workers, beat, console, Flower, webhooks.

    Data stays under AC365_HOME (default ~/.ac365) and is found again by the next start. Ctrl-C stops everything.
    """
    heed_signals()
    wanted = environment.read()
    # Before any server is started: whoever has to name another port shall not wait for them.
    require_free(wanted.flower_port, "AC365_FLOWER_PORT")
    require_free(wanted.webhooks_port, "AC365_WEBHOOKS_PORT")
    require_free(wanted.console_port, "AC365_CONSOLE_PORT")
    with session() as services:
        settings = services.settings
        stack = Stack(embedded.environment(settings), settings.home / "log")
        try:
            flower = start(stack, settings)
            stack.add("webhooks", RECEIVER)
            _tell(services, flower)
            until_interrupted()
        finally:
            stop(stack)


def _tell(services: Services, flower: str) -> None:
    """Where everything is, and how the first one gets in."""
    settings = services.settings
    # Once it is said to be up nothing is asked of the database any more, so that its end doesn't end this process.
    with services.db.transaction() as tx:
        known = users.anybody(tx)
    say(f"ac365 is up. Console: {settings.console}. Flower: {flower}. Logs: {settings.home / 'log'}.")
    if not known:
        told = code(settings.secret_keys)
        say(f"Make the first administrator at {settings.console}/welcome with the code {told}.")
    say("Ctrl-C stops everything.")


def start(stack: Stack, settings: Settings) -> str:
    """Starts workers, beat, Flower and the console; answers with Flower's address, its password included."""
    stack.keep(partial(embedded.keep, settings))
    password = _flower_password(settings.home / "flower.password")
    secret = {"FLOWER_BASIC_AUTH": f"{FLOWER_USER}:{password}"}
    state = settings.home / "beat"
    state.mkdir(parents=True, exist_ok=True)
    stack.add("worker-live", celery("worker", "-Q", "live", "-n", "live@%h", "-c", "2", "-E"))
    words = ("worker", "-Q", "sync,backfill", "-n", "worker@%h", "-c", str(settings.concurrency), "-E")
    stack.add("worker", celery(*words))
    stack.add("beat", celery("beat", "-s", str(state / "schedule"), "--pidfile="))
    stack.add(
        "flower",
        celery("flower", "--address=127.0.0.1", f"--port={settings.flower_port}", *FLOWER),
        secret,
    )
    stack.add("console", CONSOLE, secret)
    stack.guard()
    return f"http://{FLOWER_USER}:{password}@127.0.0.1:{settings.flower_port}/flower/"


def heed_signals() -> None:
    """A kill, and a terminal that is closed, stop everything as Ctrl-C does; and Ctrl-C does so too where a script
    started this in the background, which a shell makes deaf to it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def until_interrupted() -> None:
    """Waits for Ctrl-C or a polite kill."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


def stop(stack: Stack) -> None:
    """Stops everything. Another Ctrl-C meanwhile changes nothing: it would leave processes behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    say("Stopping: workers finish their batch first.")
    stack.stop()


def require_free(port: int, setting: str) -> None:
    """Raises CannotRun when somebody listens on that port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotRun(f"port {port} is taken", f"Set {setting} to another one.") from error


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _flower_password(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text()
