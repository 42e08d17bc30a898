"""The dashboard: how a connection stands, and what needs a person, first."""

from __future__ import annotations

from flask import Blueprint, render_template

from console import desk
from console.access.roles import Role, needs
from engine import status

blueprint = Blueprint("dashboard", __name__, url_prefix="/c/<int:connection_id>")


@blueprint.get("/")
@needs(Role.USER)
def show(connection_id: int) -> str:
    """The page."""
    row = desk.connection(connection_id)
    _, _, budget = desk.desk().services.clients(row)
    with desk.desk().transaction() as tx:
        found = status.of_connection(tx, row, budget)
    return render_template("dashboard.html", found=found)
