"""Control routes for what an administrator of the environment decides: duplicate detection and bulk messages."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request

from simulators.common.app import CONTROL
from simulators.dynamics import seed
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.state import DuplicateRule, Dynamics


def add_rules(app: Flask, state: Dynamics) -> None:
    """Registers /_sim/duplicate_rules and /_sim/bulk."""

    @app.route(f"{CONTROL}/duplicate_rules", methods=["GET", "POST", "DELETE"])
    def duplicate_rules() -> Response | tuple[Response, int]:
        """POST `{table, columns, inactive}` publishes a rule; DELETE unpublishes those of `?table=`, else all."""
        if request.method == "POST":
            made = _rule(state, request.get_json())
            if made is None:
                return jsonify(error="unknown table or column"), 400
            state.duplicate_rules = [*state.duplicate_rules, made]
        if request.method == "DELETE":
            wanted = request.args.get("table")
            state.duplicate_rules = [rule for rule in state.duplicate_rules if wanted and rule.table != wanted]
        return jsonify(rules=[_shown(rule) for rule in state.duplicate_rules])

    @app.post(f"{CONTROL}/bulk")
    def bulk_messages() -> Response:
        """`{table, enabled}`: whether a table has CreateMultiple, UpdateMultiple and UpsertMultiple."""
        given = request.get_json()
        _set_bulk(state, state.catalog.tables[given["table"]], bool(given["enabled"]))
        return jsonify(ok=True)


def _rule(state: Dynamics, given: dict[str, Any]) -> DuplicateRule | None:
    table, columns = state.catalog.tables.get(given["table"]), tuple(given["columns"])
    if table is None or not columns or any(name not in table.columns for name in columns):
        return None
    return DuplicateRule(table.logical, columns, bool(given.get("inactive")))


def _shown(rule: DuplicateRule) -> dict[str, Any]:
    return {"table": rule.table, "columns": list(rule.columns), "inactive": rule.inactive}


def _set_bulk(state: Dynamics, table: Table, enabled: bool) -> None:
    with state.storage.write() as session:
        session.run("DELETE FROM sdkmessagefilter WHERE primaryobjecttypecode = ?", (table.logical,))
    table.bulk = enabled
    state.load("sdkmessagefilter", seed.message_rows(table))
