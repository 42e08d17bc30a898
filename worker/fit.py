"""Whether the database fits this code, asked before a process takes up its work.

A process that ended because PostgreSQL is away would have to be started again by somebody; whoever does that gives up
when it happens often. So it waits instead: after a power cut PostgreSQL may take longer than everybody else.
"""

from __future__ import annotations

import time
from typing import Final

import structlog

from store import migrate
from store.errors import StoreError, Unreachable

PATIENCE_S: Final = 60.0
AGAIN_S: Final = 1.0

log = structlog.get_logger()


def refuse_unfit_database(url: str) -> None:
    """Raises SystemExit with what to do when the database is newer than this code, lacks a migration, or can't be
    asked for a minute."""
    try:
        missing = _missing(url)
    except StoreError as error:
        raise SystemExit(f"{error.message} {error.advice}") from error
    if missing:
        raise SystemExit(f"The database lacks {len(missing)} migration(s). Run `ac365 migrate`.")


def _missing(url: str) -> list[str]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return migrate.pending(url)
        except Unreachable as error:
            if time.monotonic() > deadline:
                raise
            log.warning("database.away", error=error.message)
            time.sleep(AGAIN_S)
