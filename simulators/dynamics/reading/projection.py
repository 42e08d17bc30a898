"""Which columns a read shows, and rows of the database as JSON objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from simulators.dynamics.errors import unknown_property
from simulators.dynamics.schema.catalog import Column, Table
from simulators.dynamics.store.storage import quoted

Raw = Sequence[Any]
Shown = dict[str, Any]


class Projection:
    """The selected columns of a table. `hidden` columns are fetched for expansions and annotations, not shown.

    With `blind`, secured columns show null, as column-level security has it.
    """

    def __init__(self, table: Table, select: list[str] | None, hidden: Iterable[str] = (), blind: bool = False) -> None:
        self.table = table
        self._blind = {column.name for column in table.columns.values() if column.secured} if blind else set()
        self.columns = selected(table, select)
        shown = {column.name for column in self.columns}
        extra = [name for name in dict.fromkeys(hidden) if name not in shown]
        self.physical = ["versionnumber", *(c.name for c in self.columns), *extra]
        self.places = {name: at for at, name in enumerate(self.physical) if at}
        self._names = ["@odata.etag", *(column.wire for column in self.columns)]
        self._booleans = [column.wire for column in self.columns if column.kind == "Boolean"]

    def sql(self, alias: str) -> str:
        """The list of a SELECT."""
        return ", ".join("NULL" if name in self._blind else f"{alias}.{quoted(name)}" for name in self.physical)

    def show(self, rows: Iterable[Raw]) -> list[Shown]:
        """The rows as JSON objects without annotations but the etag."""
        names, booleans = self._names, self._booleans
        shown = []
        for raw in rows:
            row = dict(zip(names, raw, strict=False))
            row["@odata.etag"] = f'W/"{raw[0]}"'
            for name in booleans:
                if row[name] is not None:
                    row[name] = bool(row[name])
            shown.append(row)
        return shown


def selected(table: Table, select: list[str] | None) -> list[Column]:
    """The columns to show, the primary key always and the currency beside money. Raises ApiError (400)."""
    if select is None or select == ["*"]:
        return table.visible()
    columns = {name: _readable(table, name) for name in select}
    if any(column.kind == "Money" for column in columns.values()) and "transactioncurrencyid" in table.columns:
        columns.setdefault("_transactioncurrencyid_value", table.columns["transactioncurrencyid"])
    columns.setdefault(table.key, table.columns[table.key])
    return list(columns.values())


def _readable(table: Table, name: str) -> Column:
    column = table.wired(name)
    if column is None or not column.read:
        raise unknown_property(name, table.logical)
    return column


def types_of(columns: Iterable[Column]) -> list[str]:
    """The physical columns that hold the target tables of lookups."""
    return [f"{column.name}__type" for column in columns if column.typed]
