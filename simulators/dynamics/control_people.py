"""Control routes for people and applications: who can sign in, and which roles and privileges they have."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request

from simulators.common.app import CONTROL
from simulators.dynamics import seed
from simulators.dynamics.access import DEPTHS, grant
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import Dynamics

UNTIE = """DELETE FROM "~links" WHERE name = 'systemuserroles_association' AND first = ? AND second = ?"""


def add_people(app: Flask, state: Dynamics) -> None:
    """Registers applications, people, roles, members, signed_in and privileges."""
    _add_roles(app, state)

    @app.post(f"{CONTROL}/applications")
    def add_application() -> Response:
        """`{client_id, secret, certificate, name, roles, redirects}`: registers an application and its user."""
        given = request.get_json()
        user = state.add_application(
            given["client_id"], given.get("secret"), given.get("name", "Application"), given.get("roles", []),
            given.get("certificate"), given.get("redirects", []),
        )  # fmt: skip
        return jsonify(systemuserid=user)

    @app.delete(f"{CONTROL}/applications/<client_id>")
    def remove_user(client_id: str) -> Response:
        """Takes the application user away and leaves the registration: a good token, a stranger to the environment."""
        with state.storage.write() as session:
            session.run("DELETE FROM systemuser WHERE applicationid = ?", (client_id.lower(),))
        state.access.forget()
        return jsonify(ok=True)

    @app.post(f"{CONTROL}/people")
    def add_person() -> Response:
        """`{first, last, upn, roles}`: somebody who can sign in."""
        return jsonify(_add_person(state, request.get_json()))


def _add_roles(app: Flask, state: Dynamics) -> None:
    @app.post(f"{CONTROL}/roles")
    def make_role() -> Response:
        """`{name, unit}`: a security role without privileges, in a unit below or, without one, in the root unit."""
        given = request.get_json()
        return jsonify(roleid=add_role(state, given["name"], given.get("unit")))

    @app.post(f"{CONTROL}/members")
    def change_member() -> Response:
        """`{upn, role, member}`, or a `roleid` in place of the role's name: gives the role, or takes it away."""
        given = request.get_json()
        set_member(state, given["upn"], given.get("roleid") or given["role"], given.get("member", True))
        return jsonify(ok=True)

    @app.post(f"{CONTROL}/signed_in")
    def sign_in() -> Response:
        """`{upn}`: who is signed in to the directory in every browser; "" for nobody, then the page asks."""
        state.authority.signed_in = str(request.get_json()["upn"])
        return jsonify(ok=True)

    @app.post(f"{CONTROL}/privileges")
    def change_privileges() -> Response:
        """`{role, set: {privilege: depth or null}}`, depth being Basic, Local, Deep or Global."""
        given = request.get_json()
        _change_privileges(state, given["role"], given["set"])
        return jsonify(ok=True)


def _add_person(state: Dynamics, given: dict[str, Any]) -> dict[str, str]:
    user = stable_id("user", given["upn"])
    row = seed.person_row(user, given["first"], given["last"], given["upn"], seed.ROOT_UNIT, False)
    state.load("systemuser", [row])
    with state.storage.write() as session:
        for role in given.get("roles", []):
            state.link(session, "systemuserroles_association", user, state.role(session, role))
    return {"systemuserid": user, "oid": row["azureactivedirectoryobjectid"]}


def add_role(state: Dynamics, name: str, unit: str | None) -> str:
    """A role has a copy in its own unit and in every one below, and the copy in its own unit is the root of all."""
    rows = list(seed.role_rows(name, stable_id("role", name, unit or "")))
    if unit:
        rows = [{**row, "roleid": row["parentrootroleid"], "parentroleid": None} for row in rows[1:]]
        rows = [row for row in rows if row["businessunitid"] == unit]
    state.load("role", rows)
    return str(rows[0]["parentrootroleid"])


def set_member(state: Dynamics, upn: str, role: str, member: bool) -> None:
    """Gives somebody a role, by its name or the id of one of its copies, or takes it away."""
    user = state.access.named("domainname", upn)
    with state.storage.write() as session:
        role = role if session.value("SELECT 1 FROM role WHERE roleid = ?", (role,)) else state.role(session, role)
        if user and member:
            state.link(session, "systemuserroles_association", user[0], role)
        elif user:
            session.run(UNTIE, (user[0], role))
    state.access.forget()


def _change_privileges(state: Dynamics, role: str, wanted: dict[str, str | None]) -> None:
    with state.storage.write() as session:
        root = state.role(session, role)
        for name, depth in wanted.items():
            session.run('DELETE FROM "~grants" WHERE role = ? AND privilege = ?', (root, name))
            if depth:
                grant(session, root, [(name, DEPTHS[depth])])
    state.access.forget()
