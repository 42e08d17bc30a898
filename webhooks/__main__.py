"""`python -m webhooks`: the receiver as a process, until SIGTERM or Ctrl-C. `ac365 webhooks serve` starts it too."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType
from typing import Any

import waitress
from flask import Flask

from engine.hook_paths import Signer
from store import migrate
from store.db import Database
from store.errors import StoreError
from webhooks.app import LARGEST_BODY, make
from webhooks.waker import Waker
from worker import app as queue
from worker import logs, task
from worker.settings import Settings

THREADS = 8
PATIENCE_S = 1.5
"""For a connection to Postgres: ActiveCampaign waits two seconds for an answer."""
IDLE_S = 20
"""After this time without a word a connection is closed."""


def main() -> None:
    """Serves until it is told to stop. Raises SystemExit with what to do when it can't start."""
    wanted = queue.read
    _refuse_unfit(wanted)
    configure_logs(wanted.log_level)
    signal.signal(signal.SIGTERM, _stop)
    db = Database(wanted.database_url, application_name="ac365 webhooks", max_size=THREADS, patience_s=PATIENCE_S)
    made = make(db, Signer(wanted.secret_keys), Waker(lambda wakes: task.send(queue.app, wakes)))
    _listening(made, wanted).run()
    db.close()


def _refuse_unfit(wanted: Settings) -> None:
    if not (wanted.database_url and wanted.broker_url and wanted.secret_keys):
        raise SystemExit("Set DATABASE_URL, REDIS_URL and AC365_SECRET_KEY, or start it with `ac365 webhooks serve`.")
    try:
        missing = migrate.pending(wanted.database_url)
    except StoreError as error:
        raise SystemExit(f"{error.message} {error.advice}") from error
    if missing:
        raise SystemExit(f"The database lacks {len(missing)} migration(s). Run `ac365 migrate`.")


def configure_logs(level: str) -> None:
    """Logs as everywhere, and no path in them."""
    logs.configure(level)
    # Waitress names the path when a client hangs up, and the path is a secret. That it can't keep up it may say.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    logging.getLogger("waitress.queue").setLevel(logging.WARNING)


def _listening(made: Flask, wanted: Settings) -> Any:
    try:
        return waitress.create_server(
            made,
            host=wanted.webhooks_host,
            port=wanted.webhooks_port,
            threads=THREADS,
            channel_timeout=IDLE_S,
            # Twice as much as is taken, so that what is a little too large gets an answer of ours.
            max_request_body_size=2 * LARGEST_BODY,
            ident=None,
        )
    except OSError as error:
        where = f"{wanted.webhooks_host}:{wanted.webhooks_port}"
        raise SystemExit(f"Can't listen on {where}: {error.strerror}. Set AC365_WEBHOOKS_PORT.") from error


def _stop(_: int, __: FrameType | None) -> None:
    """Waitress finishes what it is answering, then ends."""
    sys.exit(0)


if __name__ == "__main__":
    main()
