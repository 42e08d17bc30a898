"""SQLite behind the simulator: a temporary file, one writer at a time, readers that never wait.

Strings compare without regard to case, as in the service: their columns are declared NOCASE. What goes beyond ASCII is
compared by the functions of `functions.py`.
"""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from simulators.dynamics.schema.catalog import Catalog, Column, Table
from simulators.dynamics.store.functions import register

INTEGERS = frozenset({"Integer", "BigInt", "Boolean", "Picklist", "State", "Status"})
REALS = frozenset({"Decimal", "Double", "Money"})
BOOKS = """
CREATE TABLE "~gone" (tbl TEXT, id TEXT, version INTEGER PRIMARY KEY);
CREATE INDEX "~gone_table" ON "~gone" (tbl, version);
CREATE TABLE "~links" (name TEXT, first TEXT, second TEXT, PRIMARY KEY (name, first, second)) WITHOUT ROWID;
CREATE INDEX "~links_second" ON "~links" (name, second, first);
CREATE TABLE "~drafts" (tbl TEXT, id TEXT, vals TEXT, PRIMARY KEY (tbl, id)) WITHOUT ROWID;
CREATE TABLE "~grants" (role TEXT, privilege TEXT, depth INTEGER, PRIMARY KEY (role, privilege)) WITHOUT ROWID;
"""
AUTHORS = ("createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby")
UNINDEXED = frozenset({*AUTHORS, "ownerid", "owninguser", "owningteam", "owningbusinessunit", "transactioncurrencyid"})
OPENING = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-524288", "PRAGMA temp_store=MEMORY")


class Noted(NamedTuple):
    """One row that a session wrote. `how` is created, updated or deleted."""

    table: str
    row_id: str
    how: str
    columns: tuple[str, ...]


class Session:
    """A connection in use. Reads see one state; the writer's session commits or rolls back as a whole.

    `noted` are the rows written, for the log of writes; `tag` is the tag that the request bore.
    """

    def __init__(self, connection: sqlite3.Connection, versions: Iterator[int] | None = None) -> None:
        self._connection = connection
        self._versions = versions
        self.noted: list[Noted] = []
        self.tag = ""

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, None without one."""
        found = self.one(sql, parameters)
        return found[0] if found else None

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self._connection.execute(sql, parameters).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)

    def note(self, table: str, row_id: str, how: str, columns: Iterable[str] = ()) -> None:
        self.noted.append(Noted(table, row_id, how, tuple(columns)))

    def next_version(self) -> int:
        """The next number of the one counter that orders all writes of the environment."""
        if self._versions is None:
            raise RuntimeError("A reader asked for a version number.")
        return next(self._versions)


class Storage:
    """The file, its writer and a pool of readers."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dynamics-", dir=folder, ignore_cleanup_errors=True)
        self._file = Path(self._folder.name) / "records.db"
        self._writer = self._open(*OPENING)
        self._writer.executescript(BOOKS)
        self._versions = itertools.count(5_000_001)
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._first: tuple[sqlite3.Connection, int] | None = None
        self.committed: Callable[[Session, str], None] | None = None

    def _open(self, *pragmas: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, check_same_thread=False, isolation_level=None, cached_statements=256)
        for pragma in pragmas:
            connection.execute(pragma)
        register(connection)
        return connection

    def close(self) -> None:
        kept = [self._first[0]] if self._first else []
        for connection in [*self._idle, self._writer, *kept]:
            connection.close()
        self._folder.cleanup()

    def remember(self) -> None:
        """Keeps what the file holds now, for `restore`."""
        with self._lock:
            kept = sqlite3.connect(":memory:", check_same_thread=False)
            self._writer.backup(kept)
            self._first = kept, next(self._versions)

    def restore(self) -> None:
        """Goes back to what was remembered, tables and numbers of versions included."""
        if self._first is None:
            raise RuntimeError("Nothing was remembered.")
        with self._lock:
            kept, version = self._first
            kept.backup(self._writer)
            self._versions = itertools.count(version)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view of what is committed."""
        connection = self._idle_or_new()
        connection.execute("BEGIN")
        try:
            yield Session(connection)
        finally:
            connection.execute("COMMIT")
            self._idle.append(connection)

    def _idle_or_new(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._open("PRAGMA cache_size=-16384")

    @contextmanager
    def write(self, by: str = "", tag: str = "") -> Iterator[Session]:
        """The one writer. Commits at the end, rolls back on any exception.

        `by` is the user for whom it writes; `committed` hears of what was written for somebody, and only then.
        """
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            session = Session(self._writer, self._versions)
            session.tag = tag
            try:
                yield session
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")
            if by and self.committed:
                self.committed(session, by)

    def create(self, table: Table) -> None:
        """Makes a table with its indexes."""
        columns = [f"{quoted(table.key)} TEXT PRIMARY KEY"]
        columns += [part for c in table.columns.values() if c.stored and c.name != table.key for part in declare(c)]
        with self._lock:
            self._writer.execute(f"CREATE TABLE {quoted(table.logical)} ({', '.join(columns)})")
            for index in ("versionnumber", "modifiedon", *table.indexes):
                if index in table.columns:
                    self.index(table, (index,))
            for column in table.columns.values():
                if column.lookup and column.name not in UNINDEXED:
                    self._index_lookup(table, column)

    def _index_lookup(self, table: Table, column: Column) -> None:
        """An index on rows that point somewhere: what a deletion and a collection ask for."""
        named, name = quoted(f"{table.logical}~{column.name}?"), quoted(column.name)
        sql = f"CREATE INDEX IF NOT EXISTS {named} ON {quoted(table.logical)} ({name}) WHERE {name} IS NOT NULL"
        self._writer.execute(sql)

    def index(self, table: Table, columns: Sequence[str]) -> None:
        named = quoted("~".join([table.logical, *columns]))
        parts = ", ".join(quoted(name) for name in [*columns, table.key])
        with self._lock:
            self._writer.execute(f"CREATE INDEX IF NOT EXISTS {named} ON {quoted(table.logical)} ({parts})")

    def add_column(self, table: Table, column: Column) -> None:
        with self._lock:
            for part in declare(column):
                self._writer.execute(f"ALTER TABLE {quoted(table.logical)} ADD COLUMN {part}")
            if column.lookup:
                self._index_lookup(table, column)

    def drop_column(self, table: Table, column: Column) -> None:
        """Puts the column out of the way; the values stay in the file, out of reach."""
        with self._lock:
            for name in [column.name] + [f"{column.name}__type"] * column.typed:
                away = quoted(f"{name}~{next(self._versions)}")
                self._writer.execute(f"ALTER TABLE {quoted(table.logical)} RENAME COLUMN {quoted(name)} TO {away}")

    def drop(self, table: Table) -> None:
        with self._lock:
            self._writer.execute(f"DROP TABLE {quoted(table.logical)}")


def make_storage(catalog: Catalog) -> Storage:
    """An empty storage with all tables of the catalog."""
    storage = Storage()
    with storage.write():
        for table in catalog.tables.values():
            storage.create(table)
    return storage


def quoted(name: str) -> str:
    """A name for SQL."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def declare(column: Column) -> list[str]:
    """How a column is declared; lookups with several targets keep the target's table beside the id."""
    if column.kind in INTEGERS:
        return [f"{quoted(column.name)} INTEGER"]
    if column.kind in REALS:
        return [f"{quoted(column.name)} REAL"]
    text = [f"{quoted(column.name)} TEXT" + (" COLLATE NOCASE" if column.kind in ("String", "Memo") else "")]
    return text + [f"{quoted(column.name + '__type')} TEXT"] * column.typed
