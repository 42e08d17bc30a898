"""Bodies of writes: which properties they name, and what their values and bindings mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.dynamics.access import Caller, require, require_row
from simulators.dynamics.errors import ApiError, bad_payload, bad_query, not_found
from simulators.dynamics.reading.keys import locate
from simulators.dynamics.schema.catalog import Catalog, Column, Link, Table
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.rows import exists
from simulators.dynamics.store.storage import Session
from simulators.dynamics.writing.values import stored_value

BIND = "@odata.bind"
ADDRESS = re.compile(r"(?:https?://[^/]+)?(?:/api/data/v\d+\.\d+)?/?(\w+)\((.*)\)")
PARTIES = re.compile(r"\w+_activity_parties")


@dataclass
class Parsed:
    """A body, understood: values by physical column, rows to make beside this one, and whether it is tied to others."""

    values: dict[str, Any] = field(default_factory=dict)
    parties: list[dict[str, Any]] = field(default_factory=list)
    tied: bool = False


@dataclass
class Reader:
    """Reads bodies for one table on behalf of one caller."""

    state: Dynamics
    session: Session
    caller: Caller
    table: Table
    creating: bool

    def read(self, body: Mapping[str, Any]) -> Parsed:
        """Raises ApiError: 400 for what the table has not, 403 for rows that must not be tied together."""
        parsed = Parsed()
        for name, value in body.items():
            if name.endswith(BIND):
                self._bind(parsed, name.removesuffix(BIND), value)
            elif PARTIES.fullmatch(name) and self.table.activity and isinstance(value, list):
                parsed.parties = value
            elif "@" not in name:
                self._plain(parsed, name, value)
        return parsed

    def _plain(self, parsed: Parsed, name: str, value: Any) -> None:
        column = self.table.columns.get(name)
        if name.startswith("_") and self.table.wired(name):
            raise bad_query(
                "CRM do not support direct update of Entity Reference properties, Use Navigation properties instead."
            )
        if column is None or not column.stored or column.lookup:
            raise bad_payload(
                self.table.set,
                f"The property '{name}' does not exist on type 'Microsoft.Dynamics.CRM.{self.table.logical}'. Make "
                "sure to only use property names that are defined by the type.",
            )
        if not self._writable(column):
            return
        parsed.values[column.name] = stored_value(self.table, column, value)

    def _writable(self, column: Column) -> bool:
        if column.create if self.creating else column.update or column.name == self.table.key:
            return True
        if self.state.switches["read_only_columns"] == "refuse":
            raise ApiError(
                400, "0x80040203", f"Attribute '{column.name}' of entity '{self.table.logical}' is not valid for write."
            )
        return False

    def _bind(self, parsed: Parsed, name: str, value: Any) -> None:
        links = links_named(self.state.catalog, self.table, name)
        if not links:
            raise bad_payload(
                self.table.set,
                f"An undeclared property '{name}' which only has property annotations in the payload but no property "
                "value was found in the payload. In OData, only declared navigation properties and declared named "
                "streams can be represented as properties without values.",
            )
        column = links[0].column
        if not self._writable(column):
            return
        if value is None:
            self._clear(parsed, column)
            return
        link, row_id = self._target(links, value)
        parsed.tied |= self._may_tie(link, row_id)
        parsed.values[column.name] = row_id
        if column.typed:
            parsed.values[f"{column.name}__type"] = link.target.logical

    def _clear(self, parsed: Parsed, column: Column) -> None:
        stored_value(self.table, column, None)
        parsed.values[column.name] = None
        if column.typed:
            parsed.values[f"{column.name}__type"] = None

    def _target(self, links: list[Link], value: Any) -> tuple[Link, str]:
        found = ADDRESS.fullmatch(value) if isinstance(value, str) else None
        if not found:
            raise bad_payload(self.table.set, f"Invalid URI '{value}' for an entity reference link.")
        link = next((link for link in links if link.target.set == found[1]), None)
        if link is None:
            raise bad_query(f"A resource of '{found[1]}' does not fit the navigation property '{links[0].nav}'.")
        row_id = locate(self.session, self.state, link.target, found[2])
        if not exists(self.session, link.target, row_id):
            raise not_found(link.target.logical, row_id)
        return link, row_id

    def _may_tie(self, link: Link, row_id: str) -> bool:
        """Whether the rights to tie rows count here. Raises ApiError (403) without Append on the table, or AppendTo on
        the row that it leads to. Tables of the platform that the organization owns are open, those of customers not."""
        ends = (self.table, link.target)
        if self.caller.trusted or link.column.kind == "Owner":
            return False
        if not all(end.ownership == "UserOwned" or (end.custom and end.ownership != "None") for end in ends):
            return False
        require(self.caller, "Append", self.table)
        require_row(self.session, self.caller, "AppendTo", link.target, row_id)
        return True


def links_named(catalog: Catalog, table: Table, nav: str) -> list[Link]:
    """The links behind a navigation property; the owner's name stands for users and teams alike."""
    found = []
    for column in table.columns.values():
        for target, name in column.navs.items():
            if name == nav and target in catalog.tables:
                found.append(Link("", table, column, catalog.tables[target], name, ""))
    return found
