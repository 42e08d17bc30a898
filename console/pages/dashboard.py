"""The dashboard: what needs a person first, then how everything stands, how long it takes, and what happened."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request

from console import charts, looking
from console.access.roles import Role, needs
from console.desk import desk
from engine.alerts.listing import firing
from engine.matters import state
from sync.model import Direction

blueprint = Blueprint("dashboard", __name__, url_prefix="/c/<int:connection_id>")
STATES: Final = {
    "off": ("off", ""),
    "paused": ("paused", "warn"),
    "first": ("waits for its first sync", "warn"),
    "new": ("on, from now on", "good"),
    "on": ("on", "good"),
}
LIMITS: Final = {
    "calls": "calls in a second",
    "imports": "bulk imports in a minute",
    "single_imports": "imports of one contact in a minute",
    "events": "tracked events in a second",
}
ACTS: Final = {
    "question": ("cycles.show", "Answer it"),
    "stopped": ("cycles.show", "See the cycle"),
    "queue": ("health.show", "See how the parts are"),
    "missing": ("settings.show", "See the settings"),
    "conflicts": ("conflicts.index", "Decide"),
    "failures": ("failures.index", "See them"),
    "first": ("first_sync.show", "Start it"),
    "pause": ("settings.show", "See the settings"),
    "off": ("settings.show", "Switch it on"),
}
"""Where one acts on each kind of matter."""


@blueprint.get("/")
@needs(Role.USER)
def show(connection_id: int) -> str:
    """The page; for a look of the page itself only the part of it that changes."""
    found = looking.overview(connection_id)
    top = charts.busiest(found.days)
    drawn = {way: charts.activity([day for day in found.days if day.direction is way], top) for way in Direction}
    template = "dashboard/now.html" if "X-Part" in request.headers else "dashboard/show.html"
    with desk().transaction() as tx:
        fires = firing(tx, connection_id)
    words = {"STATES": STATES, "LIMITS": LIMITS, "ACTS": ACTS, "state": state, "fires": fires}
    return render_template(template, found=found, charts=drawn, connection_id=connection_id, **words)
