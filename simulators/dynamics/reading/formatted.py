"""Annotations: formatted values, and the table and navigation property of a lookup.

Names and looks: Microsoft Learn, "Compose HTTP requests and handle errors" and "Select columns using the Web API".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from simulators.dynamics.odata.options import Prefer
from simulators.dynamics.reading.projection import Projection, Raw, Shown
from simulators.dynamics.schema.catalog import Catalog, Column, Table
from simulators.dynamics.store.storage import Session, quoted

FORMATTED = "OData.Community.Display.V1.FormattedValue"
TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"
CHUNK = 500


def wanted(prefer: Prefer) -> bool:
    """Whether any annotation is asked for."""
    return any(prefer.wants(name) for name in (FORMATTED, TABLE, NAVIGATION))


class Annotator:
    """Adds the annotations asked for to one page of rows."""

    def __init__(self, session: Session, catalog: Catalog, prefer: Prefer, projection: Projection) -> None:
        self._session = session
        self._catalog = catalog
        self._prefer = prefer
        self._projection = projection

    def annotate(self, raw: Sequence[Raw], shown: list[Shown]) -> list[Shown]:
        """The rows with annotations before the property they belong to, as the service orders them."""
        columns = self._projection.columns
        texts = {column.name: self._texts(column, raw) for column in columns} if self._prefer.wants(FORMATTED) else {}
        return [self._row(row, values, texts) for row, values in zip(raw, shown, strict=True)]

    def _row(self, raw: Raw, shown: Shown, texts: dict[str, Callable[[Raw], str | None]]) -> Shown:
        row: Shown = {"@odata.etag": shown["@odata.etag"]}
        for column in self._projection.columns:
            value = shown[column.wire]
            if value is not None:
                text = texts[column.name](raw) if column.name in texts else None
                if text is not None:
                    row[f"{column.wire}@{FORMATTED}"] = text
                if column.lookup:
                    row.update(self._lookup(column, raw))
            row[column.wire] = value
        return row

    def _lookup(self, column: Column, raw: Raw) -> Shown:
        target = self._target(column, raw)
        annotations = {}
        if self._prefer.wants(NAVIGATION):
            annotations[f"{column.wire}@{NAVIGATION}"] = column.navs.get(target, column.name)
        if self._prefer.wants(TABLE):
            annotations[f"{column.wire}@{TABLE}"] = target
        return annotations

    def _target(self, column: Column, raw: Raw) -> str:
        kept = raw[self._projection.places[f"{column.name}__type"]] if column.typed else None
        return kept or column.targets[0]

    def _texts(self, column: Column, raw: Sequence[Raw]) -> Callable[[Raw], str | None]:
        place = self._projection.places[column.name]
        if column.lookup:
            names = self._names(column, raw)
            return lambda row: names.get(row[place])
        if column.kind == "Money" and "transactioncurrencyid" in self._projection.places:
            symbols = dict(self._session.rows("SELECT transactioncurrencyid, currencysymbol FROM transactioncurrency"))
            at = self._projection.places["transactioncurrencyid"]
            return lambda row: f"{symbols.get(row[at], '')}{row[place]:,.2f}"
        return lambda row: formatted(column, row[place])

    def _names(self, column: Column, raw: Sequence[Raw]) -> dict[str, str]:
        place = self._projection.places[column.name]
        found: dict[str, str] = {}
        for target in column.targets:
            ids = sorted({row[place] for row in raw if row[place] and self._target(column, row) == target})
            if target in self._catalog.tables:
                found.update(names_of(self._session, self._catalog.tables[target], ids))
        return found


def names_of(session: Session, table: Table, ids: list[str]) -> dict[str, str]:
    """Primary names by id."""
    if not table.name:
        return {}
    names: dict[str, str] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        places = ", ".join("?" * len(part))
        sql = f"SELECT {quoted(table.key)}, {quoted(table.name)} FROM {quoted(table.logical)} WHERE {quoted(table.key)}"
        names.update({key: name or "" for key, name in session.rows(f"{sql} IN ({places})", part)})
    return names


def formatted(column: Column, value: Any) -> str | None:
    """A value as an American user in UTC sees it, None for values that have no such form."""
    if value is None:
        return None
    if column.options:
        chosen = [int(part) for part in str(value).split(",")]
        return "; ".join(option.label for option in column.options if option.value in chosen)
    if column.kind == "Boolean":
        return column.yes if value else column.no
    if column.kind == "DateTime":
        return _moment(column, value)
    if column.kind in ("Integer", "BigInt"):
        return f"{value:,}"
    if column.kind in ("Decimal", "Double", "Money"):
        return f"{value:,.{column.precision or 2}f}"
    return None


def _moment(column: Column, value: str) -> str:
    moment = datetime.fromisoformat(value)
    day = f"{moment.month}/{moment.day}/{moment.year}"
    if column.format == "DateOnly":
        return day
    return f"{day} {moment.hour % 12 or 12}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"
