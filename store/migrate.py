"""Brings a database to the schema that this code works with. Migrations are numbered plain SQL in `migrations/`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.migrations import MigrationList, default_migration_table

from store import outcomes
from store.errors import Newer, Unreachable
from store.translate import translated

FOLDER = Path(__file__).parent / "migrations"
LOCK = 365_000_001
"""The advisory lock that lets one process at a time migrate a database."""

DatabaseNewer = Newer
DatabaseUnreachable = Unreachable


def migrate(dsn: str) -> list[str]:
    """Applies what is missing, in order, and makes partitions ready; answers with the names of the applied migrations.

    Safe to call from several processes at once. Raises Newer when the database knows migrations that this code
    doesn't, Unreachable when there is no database at `dsn`.
    """
    with _backend(dsn) as backend:
        missing = _missing(backend)
        backend.apply_migrations(missing)
        with psycopg.connect(dsn, row_factory=dict_row) as tx:
            outcomes.prepare(tx, datetime.now(UTC))
        return [migration.id for migration in missing]


def pending(dsn: str) -> list[str]:
    """The names of the migrations that `migrate` would apply. Raises as `migrate` does."""
    with _backend(dsn) as backend:
        return [migration.id for migration in _missing(backend)]


def _missing(backend: _Backend) -> MigrationList:
    known = read_migrations(str(FOLDER))
    missing = backend.to_apply(known)
    unknown = backend.applied_ids() - {migration.id for migration in known}
    if unknown:
        raise Newer(f"the database was migrated by a newer ac365: {', '.join(sorted(unknown))}")
    return missing


@contextmanager
def _backend(dsn: str) -> Iterator[_Backend]:
    try:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as guard:
            guard.execute("SET lock_timeout = '60s'")
            guard.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            with _Backend(dsn, default_migration_table) as backend:
                backend.init_database()
                # We hold the real lock: a row left in yoyo's own lock table belongs to a process that died.
                backend.break_lock()
                yield backend
    except psycopg.Error as error:
        raise translated(error) from None


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo on any connection string that libpq understands, asking neither for a user's name nor for a host's."""

    def connect(self, dburi: str) -> psycopg.Connection[Any]:
        return psycopg.connect(dburi, autocommit=True)

    def list_tables(self, **_: Any) -> list[str]:
        found = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return [row[0] for row in found.fetchall()]

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """A container's user may have no name and its host no entry in the DNS; yoyo's own way would fail on either."""
        now = datetime.now(UTC).replace(tzinfo=None)
        names = {"username": "ac365", "hostname": "", "operation": operation, "created_at_utc": now}
        identity = {"migration_id": getattr(migration, "id", None), "migration_hash": getattr(migration, "hash", None)}
        return {"id": f"{now.timestamp()}-{identity['migration_id']}"[-36:], **identity, **names}

    def applied_ids(self) -> set[str]:
        return {row[0] for row in self.execute(f"SELECT migration_id FROM {self.migration_table}").fetchall()}  # noqa: S608
