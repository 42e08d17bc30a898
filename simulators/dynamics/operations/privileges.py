"""What a user may do: RetrieveUserPrivileges, RetrieveUserPrivilegeByPrivilegeName and RetrievePrincipalAccess, bound
to a systemuser.

Shapes: Microsoft Learn, pages of these functions.
"""

from __future__ import annotations

import json
from typing import Any

from simulators.dynamics.access import DEPTHS, RIGHTS, Caller, Party, read_party, require_row
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, invalid, not_found
from simulators.dynamics.odata.address import key_value, named_parts
from simulators.dynamics.reading.single import reachable
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.rows import exists
from simulators.dynamics.store.storage import Session
from simulators.dynamics.writing.payload import ADDRESS

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


def of_user_on_record(call: Call, table: Table) -> Reply:
    """RetrievePrincipalAccess: the rights that the user has on one record, given as `Target`."""
    given = named_parts(call.path[1].key or "")
    text = call.options.aliases.get(given.get("Target", ""), given.get("Target", ""))
    target, row_id = _target(call, text)
    with call.reading() as session:
        caller = Caller((read_party(session, reachable(call, session, table)),))
        if not exists(session, target, row_id):
            raise not_found(target.logical, row_id)
        rights = [f"{right}Access" for right in RIGHTS if _reaches(session, caller, right, target, row_id)]
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.RetrievePrincipalAccessResponse"
    return answer(call, {"@odata.context": where, "AccessRights": ", ".join(rights) or "None"})


def _target(call: Call, text: str) -> tuple[Table, str]:
    try:
        named = json.loads(text)["@odata.id"]
    except (ValueError, KeyError, TypeError):
        raise invalid("The parameter 'Target' is missing.") from None
    found = ADDRESS.fullmatch(str(named))
    table = call.state.catalog.sets.get(found[1]) if found else None
    if found is None or table is None:
        raise invalid(f"Invalid URI '{named}' for an entity reference link.")
    return table, found[2].lower()


def _reaches(session: Session, caller: Caller, right: str, table: Table, row_id: str) -> bool:
    try:
        require_row(session, caller, right, table, row_id)
    except ApiError:
        return False
    return True


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
