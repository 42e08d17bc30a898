"""`python -m console`: the console as a process, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType
from typing import Any, Final

import structlog
import waitress
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from console.app import LARGEST_BODY, make
from engine.users import code
from store import migrate, users
from store.errors import StoreError
from worker import app as queue
from worker import logs, task
from worker.services import Services
from worker.settings import Settings

THREADS: Final = 8
log = structlog.get_logger()


def main() -> None:
    """Serves until it is told to stop. Raises SystemExit with what to do when it can't start."""
    wanted = queue.read
    _refuse_unfit(wanted)
    logs.configure(wanted.log_level)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, _stop)
    services = Services(wanted, name="ac365 console", connections=THREADS)
    made = make(services, lambda wakes: task.send(queue.app, wakes))
    with services.db.transaction() as tx:
        if not users.anybody(tx):
            log.warning("console.welcome", url=f"{wanted.console}/welcome", code=code(wanted.secret_keys))
    _listening(made, wanted).run()
    services.db.close()


def _refuse_unfit(wanted: Settings) -> None:
    if not (wanted.database_url and wanted.broker_url and wanted.secret_keys):
        raise SystemExit("Set DATABASE_URL, REDIS_URL and AC365_SECRET_KEY, or start it with `ac365 up`.")
    try:
        missing = migrate.pending(wanted.database_url)
    except StoreError as error:
        raise SystemExit(f"{error.message} {error.advice}") from error
    if missing:
        raise SystemExit(f"The database lacks {len(missing)} migration(s). Run `ac365 migrate`.")


def _listening(made: Flask, wanted: Settings) -> Any:
    behind = wanted.console_proxies
    served = ProxyFix(made.wsgi_app, x_for=behind, x_proto=behind, x_host=behind) if behind else made
    try:
        return waitress.create_server(
            served,
            host=wanted.console_host,
            port=wanted.console_port,
            threads=THREADS,
            max_request_body_size=2 * LARGEST_BODY,
            ident=None,
        )
    except OSError as error:
        where = f"{wanted.console_host}:{wanted.console_port}"
        raise SystemExit(f"Can't listen on {where}: {error.strerror}. Set AC365_CONSOLE_PORT.") from error


def _stop(_: int, __: FrameType | None) -> None:
    """Waitress finishes what it is answering, then ends."""
    sys.exit(0)


if __name__ == "__main__":
    main()
