"""The entrance: the first connection's dashboard, or what there is to do before there is one."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from console.access.roles import Role, needs
from console.desk import desk
from store import connections, users

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@needs(Role.USER)
def home() -> str | Response:
    """Where one lands after signing in."""
    with desk().transaction() as tx:
        rows = connections.listed(tx)
    if rows:
        return redirect(url_for("dashboard.show", connection_id=rows[0]["id"]))
    if "connections.new" in current_app.view_functions:
        return redirect(url_for("connections.new"))
    return render_template("start.html")


@blueprint.get("/alive")
@needs(Role.ANYBODY)
def alive() -> Response:
    """Whether this process answers and reaches its database, for load balancers and supervisors."""
    with desk().transaction() as tx:
        users.anybody(tx)
    return jsonify({"ok": True})
