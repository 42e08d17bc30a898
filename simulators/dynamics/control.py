"""Control routes under /_sim: people, privileges, tokens, time, definitions and edits, without credentials."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request

from simulators.common.app import CONTROL
from simulators.dynamics import seed
from simulators.dynamics.control_people import add_people
from simulators.dynamics.control_rules import add_rules
from simulators.dynamics.errors import ApiError
from simulators.dynamics.metadata.changes import drop_column
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.state import Dynamics
from simulators.dynamics.writing.records import Writer

Refusal = tuple[Response, int]


def add_routes(app: Flask, state: Dynamics) -> None:
    """Registers the routes that only this simulator has."""
    add_people(app, state)
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

    @app.get(f"{CONTROL}/deliveries")
    def deliveries() -> Response:
        """The webhooks that were posted, each attempt."""
        return jsonify(deliveries=state.hooks.deliveries())

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
