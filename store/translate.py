"""The driver's errors in the store's own words. Values of records never get into a message."""

from __future__ import annotations

import psycopg
from psycopg import errors as pg

from store.errors import Contended, DiskFull, Refused, StoreError, Unreachable

AWAY = (
    pg.TooManyConnections,
    pg.AdminShutdown,
    pg.CrashShutdown,
    pg.CannotConnectNow,
    pg.IdleInTransactionSessionTimeout,
)
CONTENDED = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)
SAYS_NAMES_ONLY = ("23", "42")
"""Classes whose primary message names constraints, tables and columns, but no value (PostgreSQL, appendix A)."""


def translated(error: psycopg.Error) -> StoreError:
    """The store's error for one of the driver's."""
    if isinstance(error, pg.DiskFull):
        return DiskFull("PostgreSQL has no room left on its disk")
    if isinstance(error, CONTENDED):
        return Contended("another transaction held the same rows; nothing was kept")
    if isinstance(error, AWAY) or (isinstance(error, psycopg.OperationalError) and not error.sqlstate):
        return Unreachable(f"PostgreSQL is not reachable: {_first_line(error)}")
    return Refused(f"PostgreSQL refused a statement ({error.sqlstate or type(error).__name__}){_detail(error)}")


def _first_line(error: psycopg.Error) -> str:
    """What the driver says about a connection: host, port and reason, never the password."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _detail(error: psycopg.Error) -> str:
    told = error.diag.message_primary if (error.sqlstate or "").startswith(SAYS_NAMES_ONLY) else None
    return f": {told}" if told else ""
