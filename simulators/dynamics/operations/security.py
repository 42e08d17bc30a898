"""WhoAmI, a person's roles, and the privileges of a role.

Shapes: Microsoft Learn, "Web API function reference" and "Web API action reference".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import DEPTHS, grant, require, require_named
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, invalid, not_found
from simulators.dynamics.odata.address import key_value, named_parts
from simulators.dynamics.reading.keys import locate
from simulators.dynamics.reading.projection import Projection
from simulators.dynamics.seed import ORGANIZATION
from simulators.dynamics.store.storage import Session

ROLES_OF_USER = """
SELECT second, NULL FROM "~links" WHERE name = 'systemuserroles_association' AND first = :user
UNION SELECT t.second, m.first FROM "~links" m JOIN "~links" t ON t.first = m.first AND t.name = 'teamroles_association'
WHERE m.name = 'teammembership_association' AND m.second = :user
"""
NAMES = {depth: name for name, depth in DEPTHS.items()}


def who_am_i(call: Call) -> Reply:
    """WhoAmI."""
    party = call.caller.parties[0]
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse"
    ids = {"BusinessUnitId": party.unit, "UserId": party.user, "OrganizationId": ORGANIZATION}
    return answer(call, {"@odata.context": where, **ids})


def parameters(call: Call) -> dict[str, Any]:
    """The parameters of a function, `@p1` resolved to its alias."""
    given = named_parts(call.path[0].key or "")
    resolved = {name: call.options.aliases.get(raw, raw) for name, raw in given.items()}
    return {name: key_value(raw) for name, raw in resolved.items()}


def roles_of_person(call: Call) -> Reply:
    """RetrieveAadUserRoles: roles held directly and through teams."""
    table = call.state.catalog.tables["role"]
    require(call.caller, "Read", table)
    oid = parameters(call).get("DirectoryObjectId")
    with call.reading() as session:
        user = session.value("SELECT systemuserid FROM systemuser WHERE azureactivedirectoryobjectid = ?", (oid,))
        if user is None:
            raise ApiError(404, "0x80040217", f"systemuser With azureactivedirectoryobjectid = {oid} Does Not Exist")
        rows = _roles(call, session, user)
    shape = f"({','.join(call.options.select)})" if call.options.select else ""
    return answer(call, {"@odata.context": f"{call.root}$metadata#roles{shape}", "value": rows})


def _roles(call: Call, session: Session, user: str) -> list[dict[str, Any]]:
    table = call.state.catalog.tables["role"]
    projection = Projection(table, call.options.select)
    shown = []
    for role, team in session.rows(ROLES_OF_USER, {"user": user}):  # type: ignore[arg-type]
        sql = f"SELECT {projection.sql('t')} FROM role t WHERE t.roleid = ?"
        row = projection.show(session.rows(sql, (role,)))[0]
        named = session.one("SELECT teamid, name FROM team WHERE teamid = ?", (team,)) if team else None
        shown.append({**row, "t_x002e_teamid": named[0], "t_x002e_name": named[1]} if named else row)
    return shown


def add_privileges(call: Call) -> Reply:
    """AddPrivilegesRole, bound to a role."""
    return _change(call, _given(call))


def replace_privileges(call: Call) -> Reply:
    """ReplacePrivilegesRole, bound to a role: what it has not in the list it loses."""
    return _change(call, _given(call), "%")


def remove_privilege(call: Call) -> Reply:
    """RemovePrivilegeRole, bound to a role."""
    item = call.body("roles")
    with call.reading() as session:
        name = _privilege(session, item)[0]
    return _change(call, [], name)


def _given(call: Call) -> list[dict[str, Any]]:
    given = call.body("roles").get("Privileges")
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise invalid("The parameter 'Privileges' is missing.")
    return given


def _change(call: Call, given: list[dict[str, Any]], lost: str = "") -> Reply:
    """Takes the privileges `lost`, a pattern, from a role's root copy, and gives it others."""
    table = call.state.catalog.tables["role"]
    require(call.caller, "Write", table)
    with call.writing() as session:
        role = locate(session, call.state, table, call.path[0].key or "")
        root = _root(session, role)
        if root != role:
            raise ApiError(400, "0x80044152", "Inherited roles cannot be modified.")
        session.run('DELETE FROM "~grants" WHERE role = ? AND privilege LIKE ?', (root, lost))
        grant(session, root, [_granted(call, session, item) for item in given])
        session.note("role", root, "updated")
    call.state.access.forget()
    return Reply(204)


def _granted(call: Call, session: Session, item: dict[str, Any]) -> tuple[str, int]:
    """Name and depth. Raises ApiError: 404 for a privilege that there is not, 400 for a depth that it hasn't, 403 for
    more than the caller has, so that nobody gives themselves rights; the documentation is silent on the last."""
    name, possible = _privilege(session, item)
    depth = item.get("Depth")
    if depth not in possible:
        raise ApiError(400, "0x8004140b", f"Invalid privilege depth. '{depth}' for {name}; possible: {possible}.")
    if call.state.switches["grants_within_own"] and call.caller.depth(name) < DEPTHS[depth]:
        require_named(call.caller, name)
        raise ApiError(403, "0x80040220", f"Principal user (Id={call.caller.user}) has {name} less deep than {depth}.")
    return name, DEPTHS[depth]


def _root(session: Session, role: str) -> str:
    found = session.value("SELECT coalesce(parentrootroleid, roleid) FROM role WHERE roleid = ?", (role,))
    if found is None:
        raise not_found("role", role)
    return str(found)


def _privilege(session: Session, item: dict[str, Any]) -> tuple[str, list[str]]:
    """Name of a privilege, and the depths at which it can be given."""
    columns = ", ".join(f"canbe{depth.lower()}" for depth in DEPTHS)
    row_id = str(item.get("PrivilegeId", "")).lower()
    found = session.one(f"SELECT name, {columns} FROM privilege WHERE privilegeid = ?", (row_id,))
    if found is None:
        raise not_found("privilege", row_id)
    return found[0], [depth for depth, possible in zip(DEPTHS, found[1:], strict=True) if possible]


def privileges_of_role(call: Call) -> Reply:
    """RetrieveRolePrivilegesRole."""
    require(call.caller, "Read", call.state.catalog.tables["role"])
    role = str(parameters(call).get("RoleId"))
    sql = """SELECT g.depth, p.privilegeid, p.name FROM "~grants" g JOIN privilege p ON p.name = g.privilege
             WHERE g.role = ? ORDER BY p.name"""
    with call.reading() as session:
        unit = session.value("SELECT businessunitid FROM role WHERE roleid = ?", (role,))
        rows = session.rows(sql, (_root(session, role),))
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRoleResponse"
    listed = [
        {
            "Depth": NAMES[depth],
            "PrivilegeId": key,
            "BusinessUnitId": unit,
            "PrivilegeName": name,
            "RecordFilterId": None,
        }
        for depth, key, name in rows
    ]
    return answer(call, {"@odata.context": where, "RolePrivileges": listed})
