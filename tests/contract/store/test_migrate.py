"""The schema: what migrations make of an empty database, and what a database may not be."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from support.schema import dumped

import store.migrate
from store.errors import Newer, Unreachable
from store.migrate import migrate, pending

STORE = Path(store.migrate.__file__).parent
DOCS = STORE.parent / "docs" / "schema.md"
MIGRATIONS = sorted(path.stem for path in (STORE / "migrations").glob("*.sql"))


def test_schema_file_says_what_migrations_make(empty_dsn: str, dsn: str) -> None:
    with psycopg.connect(empty_dsn) as connection:
        connection.execute((STORE / "schema.sql").read_bytes())
    assert dumped(empty_dsn) == dumped(dsn)


def test_empty_database_gets_every_migration_in_order(empty_dsn: str) -> None:
    assert pending(empty_dsn) == MIGRATIONS
    assert migrate(empty_dsn) == MIGRATIONS


def test_migrated_database_needs_nothing(dsn: str) -> None:
    assert pending(dsn) == []
    assert migrate(dsn) == []


def test_two_processes_migrate_once(empty_dsn: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        applied = list(pool.map(migrate, [empty_dsn, empty_dsn]))
    assert sorted(applied, key=len) == [[], MIGRATIONS]


def test_lock_row_of_a_dead_migration_stops_nobody(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 1)")
    assert migrate(dsn) == []


def test_database_of_a_newer_version_is_refused(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO _yoyo_migration VALUES ('x', '9999.tomorrow', now())")
    with pytest.raises(Newer, match=r"9999\.tomorrow"):
        migrate(dsn)


def test_missing_database_is_named_and_advised_on() -> None:
    with pytest.raises(Unreachable) as caught:
        migrate("postgresql://nobody:hidden@127.0.0.1:1/nowhere")
    assert "DATABASE_URL" in caught.value.advice
    assert "hidden" not in caught.value.message


def test_every_table_is_described_in_the_documentation(dsn: str) -> None:
    query = """SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
               AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '%yoyo%'"""
    with psycopg.connect(dsn) as connection:
        tables = {row[0] for row in connection.execute(query)}
    described = set(re.findall(r"^\*\*(\w+)\*\*", DOCS.read_text(), flags=re.MULTILINE))
    assert described == tables
