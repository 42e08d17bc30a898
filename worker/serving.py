"""What a process that listens needs: a database that fits, a port, and an end when it is told to stop."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any

import waitress

from worker import fit
from worker.settings import Settings


def refuse_unfit(wanted: Settings, otherwise: str) -> None:
    """Raises SystemExit with what to do when settings or database can't be used. otherwise: the command that sets all
    of it."""
    if not (wanted.database_url and wanted.broker_url and wanted.secret_keys):
        raise SystemExit(f"Set DATABASE_URL, REDIS_URL and AC365_SECRET_KEY, or start it with `{otherwise}`.")
    fit.refuse_unfit_database(wanted.database_url)


def stop_when_told() -> None:
    """From now on SIGTERM ends the process, after what it is answering."""
    signal.signal(signal.SIGTERM, _stop)


def listening(application: Any, host: str, port: int, setting: str, **how: Any) -> Any:
    """A server of a WSGI application; `run` serves. setting: the one that names the port; how: words of waitress.
    Raises SystemExit when nobody can listen there."""
    try:
        return waitress.create_server(application, host=host, port=port, ident=None, **how)
    except OSError as error:
        raise SystemExit(f"Can't listen on {host}:{port}: {error.strerror}. Set {setting}.") from error


def _stop(_: int, __: FrameType | None) -> None:
    sys.exit(0)
