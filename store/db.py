"""The door to Postgres: a pool of connections and the transaction."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextLoader
from psycopg_pool import ConnectionPool, PoolTimeout

from store.errors import StoreError, Unreachable
from store.statements import Row as Row
from store.statements import Statements
from store.statements import Tx as Tx
from store.translate import translated

MOMENTS = Statements("moments")
PATIENCE_S = 10.0
ASIDE_S = 1.0
"""Whoever asks for the time may hold a connection already, and must not wait long for another one."""
SETTINGS = (
    "SET TIME ZONE 'UTC'",
    # The tables change size by a factor of a million within a cycle: a plan made for one size is wrong for the other.
    "SET plan_cache_mode = force_custom_plan",
    # No transaction spans a call to a service; one that does must not keep its locks for ever.
    "SET idle_in_transaction_session_timeout = '60s'",
)


class Database:
    """PostgreSQL >= 15 at `dsn`. Connects when it is first used, and anew after a fork; safe to share among threads."""

    def __init__(self, dsn: str, *, application_name: str, max_size: int = 4, patience_s: float = PATIENCE_S) -> None:
        self._dsn = dsn
        self._application_name = application_name
        self._max_size = max_size
        self._patience_s = patience_s
        self._pool = self._new_pool()
        self._pid = os.getpid()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Commits at the end of the block, rolls back when it raises. Raises StoreError, never the driver's errors."""
        try:
            with self._opened().connection() as connection:
                yield connection
        except PoolTimeout as error:
            raise self._why(error) from None
        except psycopg.Error as error:
            raise translated(error) from None

    def moment(self) -> datetime:
        """What time it is for PostgreSQL. Raises StoreError, after a second where all connections are busy."""
        try:
            with self._opened().connection(timeout=ASIDE_S) as connection:
                found: datetime = MOMENTS.value(connection, "now")
                return found
        except PoolTimeout as error:
            raise Unreachable(f"no connection within {ASIDE_S} s") from error
        except psycopg.Error as error:
            raise translated(error) from None

    def close(self) -> None:
        """Closes all connections. The next transaction opens new ones."""
        if self._pid == os.getpid():
            self._pool.close()
        self._pool = self._new_pool()

    def _opened(self) -> ConnectionPool[Tx]:
        if self._pid != os.getpid():
            # The parent's sockets are not ours: both would read each other's answers.
            self._pool, self._pid = self._new_pool(), os.getpid()
        self._pool.open()
        return self._pool

    def _new_pool(self) -> ConnectionPool[Tx]:
        return ConnectionPool(
            self._dsn,
            connection_class=psycopg.Connection[Row],
            kwargs={"row_factory": dict_row, "application_name": self._application_name, "connect_timeout": 5},
            min_size=0,
            max_size=self._max_size,
            timeout=self._patience_s,
            num_workers=1,
            open=False,
            configure=_configure,
            check=ConnectionPool.check_connection,
        )

    def _why(self, error: PoolTimeout) -> StoreError:
        """A pool only says that time ran out; one more attempt says why."""
        try:
            psycopg.connect(self._dsn, connect_timeout=3).close()
        except psycopg.Error as reason:
            return translated(reason)
        return Unreachable(f"all {self._max_size} connections of this process are busy: {error}")


def _configure(connection: Tx) -> None:
    for setting in SETTINGS:
        connection.execute(setting.encode())
    connection.commit()
    set_json_loads(orjson.loads, connection)
    # Record ids are text everywhere in ac365.
    connection.adapters.register_loader("uuid", TextLoader)
