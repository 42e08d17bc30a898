"""Control routes under /_sim: people, privileges, tokens, time, definitions and edits, without credentials."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request

from simulators.common.app import CONTROL
from simulators.dynamics import seed
from simulators.dynamics.access import DEPTHS, grant
from simulators.dynamics.control_rules import add_rules
from simulators.dynamics.errors import ApiError
from simulators.dynamics.metadata.changes import drop_column
from simulators.dynamics.schema.catalog import Table, stable_id
from simulators.dynamics.state import Dynamics
from simulators.dynamics.writing.records import Writer

Refusal = tuple[Response, int]


def add_routes(app: Flask, state: Dynamics) -> None:
    """Registers the routes that only this simulator has."""
    _add_people(app, state)
    _add_environment(app, state)
    add_rules(app, state)

    @app.post(f"{CONTROL}/edit")
    def edit() -> Response | Refusal:
        """A list of `{table, id, set}`, `{table, delete: id}` or `{table, create}`, done by `?user=` or Mira."""
        try:
            return jsonify(_edit(state, request.get_json(), request.args.get("user", seed.ADMIN)))
        except ApiError as error:
            return jsonify(error={"code": error.code, "message": error.message}), error.status

    @app.post(f"{CONTROL}/load/<table>")
    def load(table: str) -> Response:
        """Seeds a list of rows."""
        return jsonify(loaded=state.load(table, request.get_json()))


def _add_people(app: Flask, state: Dynamics) -> None:
    @app.post(f"{CONTROL}/applications")
    def add_application() -> Response:
        """`{client_id, secret, certificate, name, roles}`: registers an application and its application user."""
        given = request.get_json()
        user = state.add_application(
            given["client_id"], given.get("secret"), given.get("name", "Application"), given.get("roles", []),
            given.get("certificate"),
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

    @app.post(f"{CONTROL}/privileges")
    def change_privileges() -> Response:
        """`{role, set: {privilege: depth or null}}`, depth being Basic, Local, Deep or Global."""
        given = request.get_json()
        _change_privileges(state, given["role"], given["set"])
        return jsonify(ok=True)


def _add_environment(app: Flask, state: Dynamics) -> None:
    @app.post(f"{CONTROL}/expire")
    def expire() -> Response:
        """`{tables: [...]}`: kills the delta links of these tables, of all without a list."""
        names = (request.get_json(silent=True) or {}).get("tables") or list(state.catalog.tables)
        state.expire_tokens([state.catalog.tables[name] for name in names])
        return jsonify(expired=names)

    @app.post(f"{CONTROL}/revoke")
    def revoke() -> Response:
        """Makes all access tokens handed out so far worthless."""
        state.authority.revoke()
        return jsonify(ok=True)

    @app.post(f"{CONTROL}/clock")
    def advance() -> Response:
        """`{seconds}`: moves the simulated clock forward."""
        state.clock.advance(float(request.get_json()["seconds"]))
        return jsonify(now=state.clock.stamp())

    @app.post(f"{CONTROL}/tracking")
    def track() -> Response:
        """`{table, enabled}`: change tracking as the environment was delivered."""
        given = request.get_json()
        state.catalog.tables[given["table"]].change_tracking = bool(given["enabled"])
        return jsonify(ok=True)

    @app.post(f"{CONTROL}/columns/<table>/<name>")
    def secure_column(table: str, name: str) -> Response:
        """`{secured}`: column-level security, which shows null to everybody but administrators."""
        state.catalog.tables[table].columns[name].secured = bool(request.get_json()["secured"])
        state.catalog.version += 1
        return jsonify(ok=True)

    @app.delete(f"{CONTROL}/columns/<table>/<name>")
    def delete_column(table: str, name: str) -> Response:
        """A customer deletes a field."""
        drop_column(state, state.catalog.tables[table], name)
        return jsonify(ok=True)


def _edit(state: Dynamics, edits: list[dict[str, Any]], user: str) -> list[dict[str, Any]]:
    with state.storage.write(user) as session:
        writer = Writer(state, session, state.person(user))
        return [_apply(writer, state.catalog.tables[edit["table"]], edit) for edit in edits]


def _apply(writer: Writer, table: Table, edit: dict[str, Any]) -> dict[str, Any]:
    if "create" in edit:
        return {"table": table.logical, "id": writer.create(table, edit["create"])}
    if "delete" in edit:
        writer.delete(table, edit["delete"])
        return {"table": table.logical, "id": edit["delete"]}
    writer.update(table, edit["id"], edit["set"])
    return {"table": table.logical, "id": edit["id"]}


def _add_person(state: Dynamics, given: dict[str, Any]) -> dict[str, str]:
    user = stable_id("user", given["upn"])
    row = seed.person_row(user, given["first"], given["last"], given["upn"], seed.ROOT_UNIT, False)
    state.load("systemuser", [row])
    with state.storage.write() as session:
        for role in given.get("roles", []):
            state.link(session, "systemuserroles_association", user, state.role(session, role))
    return {"systemuserid": user, "oid": row["azureactivedirectoryobjectid"]}


def _change_privileges(state: Dynamics, role: str, wanted: dict[str, str | None]) -> None:
    with state.storage.write() as session:
        root = state.role(session, role)
        for name, depth in wanted.items():
            session.run('DELETE FROM "~grants" WHERE role = ? AND privilege = ?', (root, name))
            if depth:
                grant(session, root, [(name, DEPTHS[depth])])
    state.access.forget()
