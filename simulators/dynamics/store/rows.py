"""Single rows in SQL: fetching as a dictionary, inserting, updating, deleting."""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.storage import Session, quoted

Row = dict[str, Any]
# What every write touches, and so tells nothing about it.
SILENT = frozenset(
    {"versionnumber", "createdon", "modifiedon", "createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby"}
)


def fetch(session: Session, table: Table, row_id: str) -> Row | None:
    """All stored values of a row by physical column name, None when there is no such row."""
    names = physical(table)
    sql = f"SELECT {', '.join(map(quoted, names))} FROM {quoted(table.logical)} WHERE {quoted(table.key)} = ?"
    found = session.one(sql, (row_id,))
    return dict(zip(names, found, strict=True)) if found else None


def physical(table: Table) -> list[str]:
    """The columns that the database has for a table."""
    stored = [column for column in table.columns.values() if column.stored]
    return [name for c in stored for name in ([c.name, f"{c.name}__type"] if c.typed else [c.name])]


def insert(session: Session, table: Table, row: Mapping[str, Any]) -> None:
    """Adds a row."""
    session.run(insertion(table, row), list(row.values()))
    given = [name for name, value in row.items() if value is not None and value != _default(table, name)]
    session.note(table.logical, row[table.key], "created", telling(given))


def _default(table: Table, name: str) -> Any:
    column = table.columns.get(name)
    return column.default if column else None


def telling(names: Iterable[str]) -> list[str]:
    """The columns that say what a write was about."""
    return sorted(name for name in names if name not in SILENT and not name.endswith("__type"))


def insertion(table: Table, names: Iterable[str]) -> str:
    """The INSERT for these columns, with one place for each value."""
    listed = list(names)
    places = ", ".join("?" * len(listed))
    return f"INSERT INTO {quoted(table.logical)} ({', '.join(map(quoted, listed))}) VALUES ({places})"


def change(session: Session, table: Table, row_id: str, values: Mapping[str, Any]) -> None:
    """Sets columns of a row."""
    assignments = ", ".join(f"{quoted(name)} = ?" for name in values)
    sql = f"UPDATE {quoted(table.logical)} SET {assignments} WHERE {quoted(table.key)} = ?"
    session.run(sql, [*values.values(), row_id])
    session.note(table.logical, row_id, "updated", telling(values))


def remove(session: Session, table: Table, row_id: str) -> None:
    """Deletes the row and leaves a stone for the readers of changes."""
    session.run(f"DELETE FROM {quoted(table.logical)} WHERE {quoted(table.key)} = ?", (row_id,))
    session.run('INSERT INTO "~gone" VALUES (?, ?, ?)', (table.logical, row_id, session.next_version()))
    session.note(table.logical, row_id, "deleted")


def exists(session: Session, table: Table, row_id: str) -> bool:
    """Whether there is such a row."""
    sql = f"SELECT 1 FROM {quoted(table.logical)} WHERE {quoted(table.key)} = ?"
    return session.one(sql, (row_id,)) is not None


def latest(session: Session, table: Table) -> int:
    """The highest version of the table that this session sees, deletions included."""
    changed = session.value(f"SELECT max(versionnumber) FROM {quoted(table.logical)}") or 0
    gone = session.value('SELECT max(version) FROM "~gone" WHERE tbl = ?', (table.logical,)) or 0
    return max(int(changed), int(gone))
