"""Statements by name: each stands with its purpose in a file of `store/sql/`."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import aiosql
import psycopg

Row: TypeAlias = dict[str, Any]
Tx: TypeAlias = psycopg.Connection[Row]
"""An open transaction; rows are dicts. Made by `store.db.Database.transaction`."""

FOLDER = Path(__file__).parent / "sql"


class Statements:
    """The statements of one file. Parameters are named; `:name` in the SQL is `name=` here."""

    def __init__(self, name: str) -> None:
        self.path = FOLDER / f"{name}.sql"

    @cached_property
    def texts(self) -> dict[str, bytes]:
        """SQL by name, in the driver's own parameter style."""
        loaded = aiosql.from_path(self.path, "psycopg", mandatory_parameters=False)
        found = {name: getattr(loaded, name) for name in loaded.available_queries}
        return {name: query.sql.encode() for name, query in found.items() if not name.endswith("_cursor")}

    def rows(self, tx: Tx, statement: str, /, **values: Any) -> list[Row]:
        """All rows."""
        return tx.execute(self.texts[statement], values).fetchall()

    def row(self, tx: Tx, statement: str, /, **values: Any) -> Row | None:
        """The first row, or None."""
        return tx.execute(self.texts[statement], values).fetchone()

    def value(self, tx: Tx, statement: str, /, **values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.row(tx, statement, **values)
        return next(iter(found.values())) if found else None

    def column(self, tx: Tx, statement: str, /, **values: Any) -> list[Any]:
        """The first column of all rows."""
        return [next(iter(row.values())) for row in self.rows(tx, statement, **values)]

    def run(self, tx: Tx, statement: str, /, **values: Any) -> int:
        """How many rows were changed."""
        return tx.execute(self.texts[statement], values).rowcount


def containing(text: str) -> str:
    """The pattern for ILIKE of whatever has this text in it."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
