"""What follows a write: cascades, copies of roles, privileges that are read anew."""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from typing import Any

from simulators.dynamics import seed
from simulators.dynamics.access import SECURITY, grant
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.rows import Row, change, insert, remove
from simulators.dynamics.store.storage import Session, quoted

GO_ALONG = (
    "regardingobjectid", "objectid", "parentrootroleid", "record1id", "record2id", "relatedconnectionid", "solutionid",
)  # fmt: skip
"""Rows whose column of this name points at a deleted one are deleted as well."""


def created(state: Dynamics, session: Session, table: Table, row_id: str, values: Row) -> None:
    """A role made in the root unit gets a copy in every unit, its own id being the root of all."""
    if table.logical == "role":
        own, *copies = seed.role_rows(values["name"], row_id)
        change(session, table, row_id, {"parentrootroleid": own["parentrootroleid"], "isinherited": 1})
        for copy in copies:
            signed = {name: values.get(name) for name in ("createdon", "modifiedon", "createdby", "modifiedby")}
            insert(session, table, {**copy, **signed, "versionnumber": session.next_version()})
        grant(session, row_id, seed.NEW_ROLE)
    changed(state, table)


def changed(state: Dynamics, table: Table) -> None:
    """Privileges are read anew after a change to people, teams, roles or units."""
    if table.logical in SECURITY:
        state.access.forget()


def deleted(state: Dynamics, session: Session, table: Table, row_id: str) -> None:
    """Clears lookups that point at the row, and deletes its activities, notes, connections and copies."""
    for link in state.catalog.links_to(table).values():
        if link.column.kind == "Owner" or link.column.name.startswith(("created", "modified", "owning")):
            continue
        sql = f"SELECT {quoted(link.table.key)} FROM {quoted(link.table.logical)} WHERE {quoted(link.column.name)} = ?"
        typed = f" AND {quoted(link.column.name + '__type')} = '{table.logical}'" if link.column.typed else ""
        for (other,) in session.rows(sql + typed, (row_id,)):
            _untie(session, link.table, link.column.name, other, link.column.typed)
    session.run('DELETE FROM "~links" WHERE first = ? OR second = ?', (row_id, row_id))
    session.run('DELETE FROM "~grants" WHERE role = ?', (row_id,))
    session.run("DELETE FROM solutioncomponent WHERE objectid = ?", (row_id,))
    changed(state, table)


def _untie(session: Session, table: Table, column: str, row_id: str, typed: bool) -> None:
    if column in GO_ALONG:
        remove(session, table, row_id)
        return
    values: dict[str, Any] = {column: None, "versionnumber": session.next_version()}
    change(session, table, row_id, {**values, f"{column}__type": None} if typed else values)
