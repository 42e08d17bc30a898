"""`python -m console`: the console as a process, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import logging
from typing import Any, Final

import structlog
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from console.app import LARGEST_BODY, make
from engine.alerts.watch import look
from engine.users import code
from store import users
from worker import app as queue
from worker import logs, rhythm, serving, task
from worker.services import Services
from worker.settings import Settings

THREADS: Final = 8
LOOK_S: Final = 60.0
ALONE_S: Final = 240.0
"""After so long without a look for alerts it is up to the console."""
log = structlog.get_logger()


def main() -> None:
    """Serves until it is told to stop. Raises SystemExit with what to do when it can't start."""
    wanted = queue.read
    serving.refuse_unfit(wanted, "ac365 up")
    logs.configure(wanted.log_level)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    serving.stop_when_told()
    services = Services(wanted, name="ac365 console", connections=THREADS + 1)
    made = make(services, lambda wakes: task.send(queue.app, wakes))
    with services.db.transaction() as tx:
        if not users.anybody(tx):
            log.warning("console.welcome", url=f"{wanted.console}/welcome", code=code(wanted.secret_keys))
    server = _listening(made, wanted)
    # Where beat or all workers have stopped, nobody else would look.
    rhythm.every(LOOK_S, lambda: look(services, services.now(), ALONE_S), "look")
    server.run()
    services.db.close()


def _listening(made: Flask, wanted: Settings) -> Any:
    behind = wanted.console_proxies
    served = ProxyFix(made.wsgi_app, x_for=behind, x_proto=behind, x_host=behind) if behind else made
    how = {"threads": THREADS, "max_request_body_size": 2 * LARGEST_BODY}
    return serving.listening(served, wanted.console_host, wanted.console_port, "AC365_CONSOLE_PORT", **how)


if __name__ == "__main__":
    main()
