"""The entrance: the first connection's dashboard, or what there is to do before there is one."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from console.access.roles import Role, may, needs
from console.desk import desk
from engine import checklist, saving
from store import connections, users

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@needs(Role.USER)
def home() -> str | Response:
    """Where one lands after signing in: who sets it up is led on until the first sync was had."""
    with desk().transaction() as tx:
        rows = connections.listed(tx)
    if rows and may(Role.ADMINISTRATOR) and not _begun(rows[0]["id"]):
        return redirect(url_for("checklist.show", connection_id=rows[0]["id"]))
    if rows:
        return redirect(url_for("dashboard.show", connection_id=rows[0]["id"]))
    if may(Role.ADMINISTRATOR):
        return redirect(url_for("connections.new"))
    return render_template("start.html")


@blueprint.get("/alive")
@needs(Role.ANYBODY)
def alive() -> Response:
    """Whether this process answers and reaches its database, for load balancers and supervisors."""
    with desk().transaction() as tx:
        users.anybody(tx)
    return jsonify({"ok": True})


def _begun(connection_id: int) -> bool:
    _, document = saving.current(desk().services, connection_id)
    with desk().transaction() as tx:
        return checklist.begun(tx, connection_id, document)
