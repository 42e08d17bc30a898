"""Seeding in bulk, past limits and privileges: what a test or a demonstration starts from."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from simulators.dynamics.schema.catalog import Catalog, Column, Table
from simulators.dynamics.store.rows import Row, insertion
from simulators.dynamics.store.storage import Session, Storage

CHUNK = 10_000
BIND = re.compile(r"/?(\w+)\(([^)]+)\)")


@dataclass(frozen=True)
class Defaults:
    """Who made a loaded row, and the unit and currency it belongs to."""

    user: str
    unit: str
    currency: str


class Loader:
    """Puts rows into one table. Keys of a row are names as the wire has them, or logical names.

    A lookup is written `_x_value`, `x` or `<navigation property>@odata.bind`; for a lookup with several targets
    `x_type` names the table, the first target without it.
    """

    def __init__(self, storage: Storage, catalog: Catalog, defaults: Defaults, stamp: str) -> None:
        self._storage = storage
        self._catalog = catalog
        self._defaults = defaults
        self._stamp = stamp

    def load(self, table: Table, rows: Iterable[dict[str, Any]]) -> int:
        """Inserts the rows and answers with how many there were."""
        filler = Filler(self._catalog, table, self._defaults, self._stamp)
        total = 0
        for chunk in _chunks(rows):
            with self._storage.write() as session:
                filled = [filler.fill(row, session) for row in chunk]
                names = list(dict.fromkeys(name for row in filled for name in row))
                session.many(insertion(table, names), ([row.get(name) for name in names] for row in filled))
            total += len(chunk)
        return total


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


class Filler:
    """Turns a row of names and values into what the database stores, with everything the platform would add."""

    def __init__(self, catalog: Catalog, table: Table, defaults: Defaults, stamp: str) -> None:
        self._table = table
        self._sets = catalog.sets
        self._binds = {link.nav: link for link in catalog.links_from(table).values()}
        self._defaults = defaults
        self._stamp = stamp
        self._setters: dict[str, Callable[[Row, Any], None]] = {}
        self._fixed = {c.name: c.default for c in table.columns.values() if c.stored and c.default is not None}
        self._money = [c for c in table.columns.values() if c.kind == "Money" and not c.computed]
        state = table.columns.get("statecode")
        self._reasons = {option.value: option.default_status for option in state.options} if state else {}

    def fill(self, given: dict[str, Any], session: Session) -> Row:
        row: Row = dict(self._fixed)
        for name, value in given.items():
            setter = self._setters.get(name) or self._remember(name)
            setter(row, value)
        row.setdefault(self._table.key, str(uuid.uuid4()))
        row.setdefault("versionnumber", session.next_version())
        if self._reasons:
            row.setdefault("statecode", 0)
            row.setdefault("statuscode", self._reasons[row["statecode"]])
        self._sign(row)
        self._price(row)
        name_person(self._table, row)
        return row

    def _remember(self, name: str) -> Callable[[Row, Any], None]:
        self._setters[name] = self._setter(name)
        return self._setters[name]

    def _setter(self, name: str) -> Callable[[Row, Any], None]:
        if name.endswith("@odata.bind"):
            return self._bind(name.removesuffix("@odata.bind"))
        if name.endswith("_type") and name.removesuffix("_type") in self._table.columns:
            stored = f"{name.removesuffix('_type')}__type"
            return lambda row, value: row.__setitem__(stored, value)
        column = self._table.columns.get(name) or self._table.wired(name)
        if column is None or not column.stored:
            raise KeyError(f"{self._table.logical} has no column {name}")
        return _plain(column)

    def _bind(self, nav: str) -> Callable[[Row, Any], None]:
        link = self._binds[nav]

        def put(row: Row, value: str | None) -> None:
            found = BIND.fullmatch(value) if value else None
            row[link.column.name] = found[2].lower() if found else None
            if link.column.typed:
                row[f"{link.column.name}__type"] = self._sets[found[1]].logical if found else None

        return put

    def _sign(self, row: Row) -> None:
        columns, defaults = self._table.columns, self._defaults
        if "createdon" in columns:
            moment = row.get("createdon") or row.get("overriddencreatedon") or row.get("modifiedon") or self._stamp
            row["createdon"] = moment
            row.setdefault("modifiedon", moment)
            row.setdefault("createdby", defaults.user)
            row.setdefault("modifiedby", row["createdby"])
        if "ownerid" in columns:
            row.setdefault("ownerid", defaults.user)
            row.setdefault("ownerid__type", "systemuser")
            person = row["ownerid__type"] == "systemuser"
            row["owninguser" if person else "owningteam"] = row["ownerid"]
            row.setdefault("owningbusinessunit", defaults.unit)

    def _price(self, row: Row) -> None:
        priced = [column.name for column in self._money if row.get(column.name) is not None]
        if priced and "transactioncurrencyid" in self._table.columns:
            row.setdefault("transactioncurrencyid", self._defaults.currency)
            rate = row.setdefault("exchangerate", 1.0)
            row.update({f"{name}_base": round(row[name] / rate, 4) for name in priced})


def _plain(column: Column) -> Callable[[Row, Any], None]:
    name = column.name
    if column.kind == "Uniqueidentifier" or (column.lookup and not column.typed):
        return lambda row, value: row.__setitem__(name, value.lower() if value else None)
    if not column.typed:
        return lambda row, value: row.__setitem__(name, None if value == "" else value)

    def put(row: Row, value: str | None) -> None:
        row[name] = value.lower() if value else None
        if value:
            row.setdefault(f"{name}__type", column.targets[0])

    return put


def name_person(table: Table, row: Row) -> None:
    """Computes fullname from its parts, as the service does for the default name format."""
    if "fullname" in table.columns and "lastname" in table.columns:
        parts = (row.get("firstname"), row.get("middlename"), row.get("lastname"))
        length = table.columns["fullname"].length or 160
        row["fullname"] = " ".join(part for part in parts if part)[:length] or None
