"""Merge: one record survives, the other becomes inactive and points at it.

Effects: Microsoft Learn, "Merge table rows using the Web API".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import require_named, require_row
from simulators.dynamics.call import Call, Reply
from simulators.dynamics.errors import ApiError, invalid
from simulators.dynamics.odata.address import guid
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.rows import change
from simulators.dynamics.store.storage import Session, quoted
from simulators.dynamics.writing.records import Writer

MERGEABLE = ("account", "contact", "lead")
INACTIVE = {"account": (1, 2), "contact": (1, 2), "lead": (2, 7)}
KEPT = ("masterid",)


def merge(call: Call) -> Reply:
    """The action Merge, for accounts, contacts and leads."""
    require_named(call.caller, "prvMerge")
    given = call.body("Merge")
    table, survivor = _named(call, given, "Target")
    other, subordinate = _named(call, given, "Subordinate")
    if table is not other or survivor == subordinate:
        raise invalid("Target and Subordinate must be two different records of one table.")
    content = {k: v for k, v in (given.get("UpdateContent") or {}).items() if not k.startswith("@") and k != table.key}
    with call.writing() as session:
        _merge(call, session, table, survivor, subordinate, content)
    return Reply(204, cost_s=0.3)


def _named(call: Call, given: dict[str, Any], parameter: str) -> tuple[Table, str]:
    reference = given.get(parameter)
    if not isinstance(reference, dict):
        raise invalid(f"The parameter '{parameter}' is missing.")
    logical = str(reference.get("@odata.type", "")).removeprefix("#").removeprefix("Microsoft.Dynamics.CRM.")
    if logical not in MERGEABLE:
        raise ApiError(400, "0x80040203", f"Merge is not supported for '{logical}'.")
    table = call.state.catalog.tables[logical]
    row_id = guid(str(reference.get(table.key, "")))
    if row_id is None:
        raise invalid(f"The parameter '{parameter}' names no record.")
    return table, row_id


def _merge(
    call: Call, session: Session, table: Table, survivor: str, subordinate: str, content: dict[str, Any]
) -> None:
    writer = Writer(call.state, session, call.caller, acting=True)
    loser = writer.row(table, subordinate)
    writer.row(table, survivor)
    require_row(session, call.caller, "Write", table, subordinate)
    if loser["merged"]:
        raise ApiError(400, "0x80040203", f"The {table.logical} {subordinate} was merged before.")
    writer.update(table, survivor, content)
    _move_children(call, session, table, survivor, subordinate)
    state, reason = INACTIVE[table.logical]
    writer.put(table, loser, {"merged": 1, "masterid": survivor, "statecode": state, "statuscode": reason})


def _move_children(call: Call, session: Session, table: Table, survivor: str, subordinate: str) -> None:
    """Whatever points at the subordinate points at the survivor from now on, and counts as changed."""
    for link in call.state.catalog.links_to(table).values():
        if link.column.name in KEPT:
            continue
        typed = f" AND {quoted(link.column.name + '__type')} = '{table.logical}'" if link.column.typed else ""
        sql = f"SELECT {quoted(link.table.key)} FROM {quoted(link.table.logical)} WHERE {quoted(link.column.name)} = ?"
        for (row_id,) in session.rows(sql + typed, (subordinate,)):
            # A survivor that was a child of the subordinate has no parent left: it cannot be its own.
            parent = None if row_id == survivor else survivor
            moved = {link.column.name: parent, "versionnumber": session.next_version()}
            change(session, link.table, row_id, moved)
