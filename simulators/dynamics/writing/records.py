"""Creating, changing and deleting one record inside a session."""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.dynamics.access import Caller, require, require_named, require_row
from simulators.dynamics.errors import ApiError, not_found
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.rows import Row, change, exists, fetch, insert, remove
from simulators.dynamics.store.storage import Session, quoted
from simulators.dynamics.writing import aftermath, connections, customizing, drafts, rules
from simulators.dynamics.writing.payload import Reader
from simulators.dynamics.writing.unique import check_keys, detect_duplicates


@dataclass
class Writer:
    """Writes for one caller. `detect` switches duplicate detection on; `acting` is set by the service's own actions."""

    state: Dynamics
    session: Session
    caller: Caller
    detect: bool = False
    acting: bool = False

    def create(self, table: Table, body: Mapping[str, Any]) -> str:
        """Makes a record from a body and answers with its id. Raises ApiError."""
        require(self.caller, "Create", table)
        parsed = Reader(self.state, self.session, self.caller, table, creating=True).read(body)
        values = parsed.values
        row_id: str = values.setdefault(table.key, self.state.new_id())
        if exists(self.session, table, row_id):
            raise ApiError(412, "0x80040237", "A record with matching key values already exists.")
        if not self.caller.trusted:
            customizing.check(self.session, self.state.catalog, table, row_id, values, None)
        self._prepare(table, row_id, values, None)
        self._sign(table, values, creating=True)
        insert(self.session, table, {**_defaults(table), **values})
        aftermath.created(self.state, self.session, table, row_id, values)
        connections.created(self.state, self.session, table, row_id, {**_defaults(table), **values})
        for party in parsed.parties:
            self._party(row_id, party)
        return row_id

    def update(self, table: Table, row_id: str, body: Mapping[str, Any]) -> None:
        """Changes a record. Raises ApiError (404 when there is none)."""
        old = self.row(table, row_id)
        require_row(self.session, self.caller, "Write", table, row_id)
        parsed = Reader(self.state, self.session, self.caller, table, creating=False).read(body)
        parsed.values.pop(table.key, None)
        if parsed.tied:
            require_row(self.session, self.caller, "Append", table, row_id)
        if not self.caller.trusted:
            customizing.check(self.session, self.state.catalog, table, row_id, parsed.values, old)
        if table.logical in drafts.DRAFTED and not self.caller.trusted:
            drafts.keep(self.session, table, row_id, parsed.values)
        else:
            self.put(table, old, parsed.values)

    def put(self, table: Table, old: Row, values: Row) -> None:
        """Writes values that are already understood."""
        if not (self.caller.trusted or self.acting):
            rules.refuse_closed(table, old, values)
        self._prepare(table, old[table.key], values, old)
        self._sign(table, values, creating=False)
        change(self.session, table, old[table.key], values)
        connections.changed(self.session, table, old, values)
        aftermath.changed(self.state, table)

    def delete(self, table: Table, row_id: str) -> None:
        """Removes a record and what cascades. Raises ApiError (404, or 405 when others depend on it)."""
        require(self.caller, "Delete", table)
        if not exists(self.session, table, row_id):
            raise not_found(table.logical, row_id)
        require_row(self.session, self.caller, "Delete", table, row_id)
        self._refuse_orphans(table, row_id)
        customizing.check_deletion(self.session, table, row_id)
        aftermath.deleted(self.state, self.session, table, row_id)
        drafts.forget(self.session, table, row_id)
        remove(self.session, table, row_id)

    def row(self, table: Table, row_id: str) -> Row:
        found = fetch(self.session, table, row_id)
        if found is None:
            raise not_found(table.logical, row_id)
        return found

    def _prepare(self, table: Table, row_id: str, values: Row, old: Row | None) -> None:
        if not (self.caller.trusted or self.acting):
            rules.refuse_shortcut(table, values, old)
        rules.settle_state(table, values, old)
        rules.settle_owner(self.session, table, self.caller, values, old)
        rules.settle_customer(table, values, old)
        rules.settle_money(self.session, table, values, old)
        rules.settle_name(table, values, old)
        connections.settle(self.state.catalog, table, values, old)
        check_keys(self.session, self.state, table, row_id, values, old)
        if self.detect:
            detect_duplicates(self.session, self.state, table, row_id, values, old)

    def _sign(self, table: Table, values: Row, creating: bool) -> None:
        values["versionnumber"] = self.session.next_version()
        if "modifiedon" not in table.columns:
            return
        now = self.state.clock.stamp()
        values.update(modifiedon=now, modifiedby=self.caller.user, modifiedonbehalfby=self.caller.behalf)
        if creating:
            values.update(createdon=now, createdby=self.caller.user, createdonbehalfby=self.caller.behalf)
            if values.get("overriddencreatedon"):
                require_named(self.caller, "prvOverrideCreatedOnCreatedBy")
                values["createdon"], values["overriddencreatedon"] = values["overriddencreatedon"], now

    def _party(self, activity: str, party: dict[str, Any]) -> None:
        trusted = Caller(self.caller.parties, trusted=True)
        made = Writer(self.state, self.session, trusted)
        made.create(self.state.catalog.tables["activityparty"], {**party, "activityid": activity})

    def _refuse_orphans(self, table: Table, row_id: str) -> None:
        """CannotDeleteDueToAssociation: a publisher with solutions, a unit with people."""
        for link in self.state.catalog.links_to(table).values():
            if link.column.required != "SystemRequired" or link.column.kind == "Owner":
                continue
            sql = f"SELECT 1 FROM {quoted(link.table.logical)} WHERE {quoted(link.column.name)} = ?"
            if self.session.one(sql, (row_id,)):
                raise ApiError(
                    405,
                    "0x80040227",
                    f"The {table.logical} cannot be deleted because it is associated with another object.",
                )


def _defaults(table: Table) -> Row:
    return {c.name: int(c.default) for c in table.columns.values() if c.stored and c.default is not None}
