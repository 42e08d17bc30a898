"""What a user may do: RetrieveUserPrivileges and RetrieveUserPrivilegeByPrivilegeName, bound to a systemuser.

Shapes: Microsoft Learn, "RetrieveUserPrivileges Function" and "RetrieveUserPrivilegeByPrivilegeName Function".
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import DEPTHS, Party, read_party
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, invalid
from simulators.dynamics.odata.address import key_value, named_parts
from simulators.dynamics.reading.single import reachable
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.storage import Session

NAMES = {depth: name for name, depth in DEPTHS.items()}
EVERY = "SELECT privilegeid, name FROM privilege ORDER BY name"


def of_user(call: Call, table: Table) -> Reply:
    """Every privilege that the user has through roles, held directly or through teams."""
    with call.reading() as session:
        party = read_party(session, reachable(call, session, table))
        rows = _held(session, party)
    return _listed(call, "RetrieveUserPrivileges", rows)


def of_user_by_name(call: Call, table: Table) -> Reply:
    """One privilege, or an empty list without it. A name that no privilege has is 404: the documentation is silent."""
    given = named_parts(call.path[1].key or "")
    name = key_value(call.options.aliases.get(given.get("PrivilegeName", ""), given.get("PrivilegeName", "")))
    if not isinstance(name, str) or not name:
        raise invalid("The parameter 'PrivilegeName' is missing.")
    with call.reading() as session:
        party = read_party(session, reachable(call, session, table))
        if session.one("SELECT 1 FROM privilege WHERE name = ?", (name,)) is None:
            raise ApiError(404, "0x80040217", f"Privilege With name = {name} Does Not Exist")
        rows = [row for row in _held(session, party) if row["PrivilegeName"].lower() == name.lower()]
    return _listed(call, "RetrieveUserPrivilegeByPrivilegeName", rows)


def _held(session: Session, party: Party) -> list[dict[str, Any]]:
    return [
        {"Depth": NAMES[party.depth(name)], "PrivilegeId": row_id, "BusinessUnitId": party.unit,
         "PrivilegeName": name, "RecordFilterId": None}
        for row_id, name in session.rows(EVERY)
        if party.depth(name)
    ]  # fmt: skip


def _listed(call: Call, function: str, rows: list[dict[str, Any]]) -> Reply:
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.{function}Response"
    return answer(call, {"@odata.context": where, "RolePrivileges": rows})
