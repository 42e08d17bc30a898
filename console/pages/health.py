"""Health: workers, beat, queues, servers, versions and budgets of the installation."""

from __future__ import annotations

from flask import Blueprint, render_template

from console import condition
from console.access.roles import Role, needs
from console.desk import desk
from engine.alerts.listing import Listing, listing

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def show() -> str:
    """The page."""
    return render_template("health/show.html", found=condition.now(), alerts=_alerts())


def _alerts() -> Listing:
    with desk().transaction() as tx:
        return listing(tx)
