"""`python -m webhooks`: the receiver as a process, until SIGTERM or Ctrl-C. `ac365 webhooks serve` starts it too."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask

from engine import housekeeping
from engine.alerts.reading import RECEIVER
from engine.hook_paths import Signer
from store.db import Database
from webhooks.app import LARGEST_BODY, Parts, make
from webhooks.waker import Waker
from worker import app as queue
from worker import logs, readiness, rhythm, services, serving, task
from worker.settings import Settings

THREADS = 8
PATIENCE_S = 1.5
"""For a connection to Postgres: ActiveCampaign waits two seconds for an answer."""
PULSE_S = 30.0
"""So often the receiver says that it is there."""
IDLE_S = 20
"""After this time without a word a connection is closed."""


def main() -> None:
    """Serves until it is told to stop. Raises SystemExit with what to do when it can't start."""
    wanted = queue.read
    serving.refuse_unfit(wanted, "ac365 webhooks serve")
    configure_logs(wanted.log_level)
    serving.stop_when_told()
    db = Database(wanted.database_url, application_name="ac365 webhooks", max_size=THREADS, patience_s=PATIENCE_S)
    made = make(db, Signer(wanted.secret_keys), Waker(lambda wakes: task.send(queue.app, wakes)), _parts(db, wanted))
    server = _listening(made, wanted)
    rhythm.every(PULSE_S, lambda: housekeeping.beat(db, RECEIVER, "", services.VERSION), "pulse")
    server.run()
    db.close()


def _parts(db: Database, wanted: Settings) -> Parts:
    client = services.shared_memory(wanted)
    return lambda: readiness.parts(db, client, services.now())


def configure_logs(level: str) -> None:
    """Logs as everywhere, and no path in them."""
    logs.configure(level)
    # Waitress names the path when a client hangs up, and the path is a secret. That it can't keep up it may say.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    logging.getLogger("waitress.queue").setLevel(logging.WARNING)


def _listening(made: Flask, wanted: Settings) -> Any:
    # Twice as much as is taken, so that what is a little too large gets an answer of ours.
    how = {"threads": THREADS, "channel_timeout": IDLE_S, "max_request_body_size": 2 * LARGEST_BODY}
    return serving.listening(made, wanted.webhooks_host, wanted.webhooks_port, "AC365_WEBHOOKS_PORT", **how)


if __name__ == "__main__":
    main()
