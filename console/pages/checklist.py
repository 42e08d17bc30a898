"""The checklist: from nothing to a running sync, with what comes next; checking and provisioning are done from here."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from console import desk
from console.access.roles import Role, needs
from engine import check as use_case
from engine import checklist, findings, provision, saving
from engine.checklist import Checklist, Name
from engine.findings import Kept

blueprint = Blueprint("checklist", __name__, url_prefix="/c/<int:connection_id>/checklist")


class Place(NamedTuple):
    """How a step is called and where it is done. owned: whether the page belongs to a connection."""

    title: str
    why: str
    endpoint: str
    words: str
    owned: bool = True


PLACES: Final = {
    Name.DYNAMICS: Place(
        "Connect Dynamics 365", "An app registration with a role of its own.", "connections.show", "To the connection"
    ),
    Name.ACTIVECAMPAIGN: Place(
        "Connect ActiveCampaign", "The key of an administrator.", "connections.show", "To the connection"
    ),
    Name.PEOPLE: Place("Say who may sign in", "More may follow at any time.", "users.index", "To the users", False),
    Name.DATA: Place("Choose data", "What syncs, which way, and how fields map.", "data.index", "To the data"),
    Name.CHECK: Place(
        "Check the configuration", "Permissions, columns and fields of both sides.", "checklist.results", "To the check"
    ),
    Name.PROVISION: Place(
        "Prepare ActiveCampaign",
        "What opportunities are shown in is made there.",
        "checklist.look",
        "What would be made",
    ),
    Name.DRY_RUN: Place(
        "Dry run", "What a first sync would do; nothing is written.", "first_sync.show", "To the dry run"
    ),
    Name.FIRST_SYNC: Place("Initial sync", "A sample first, then all of it.", "first_sync.show", "To the initial sync"),
    Name.SWITCH: Place(
        "Turn the global switch on", "From then on it runs by itself.", "settings.show", "To the sync settings"
    ),
}


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def show(connection_id: int) -> str:
    """Every step with its state."""
    found = read(connection_id)
    links = {step.name: _link(connection_id, PLACES[step.name]) for step in found.steps}
    return render_template("checklist/show.html", found=found, places=PLACES, links=links)


@blueprint.get("/check")
@needs(Role.ADMINISTRATOR)
def results(connection_id: int) -> str:
    """What was found when all was checked the last time."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        return render_template("checklist/check.html", check=findings.last(tx, connection_id, Kept.CHECK))


@blueprint.post("/check")
@needs(Role.ADMINISTRATOR)
def check(connection_id: int) -> Response:
    """Checks the connection and its configuration against both services."""
    found = use_case.current(desk.desk().services, desk.connection(connection_id))
    flash(*(("Nothing is wrong.", "good") if findings.good(found) else ("Something is wrong, see below.", "bad")))
    return redirect(url_for("checklist.results", connection_id=connection_id), 303)


@blueprint.get("/provision")
@needs(Role.ADMINISTRATOR)
def look(connection_id: int) -> str:
    """What would be made in ActiveCampaign for opportunities."""
    found = provision.look(desk.context(connection_id))
    return render_template("checklist/provision.html", found=found.as_json())


@blueprint.post("/provision")
@needs(Role.ADMINISTRATOR)
def make(connection_id: int) -> Response:
    """Makes it."""
    found = provision.carry_out(desk.context(connection_id), desk.author())
    flash("It was made." if found.made else "There was nothing to make.", "good")
    return redirect(url_for("checklist.show", connection_id=connection_id), 303)


def read(connection_id: int) -> Checklist:
    """The checklist of a connection. Answers 404 where there is none."""
    row, services = desk.connection(connection_id), desk.desk().services
    version, document = saving.current(services, connection_id)
    with desk.desk().transaction() as tx:
        return checklist.of_connection(tx, row, document, version, services.now())


def _link(connection_id: int, place: Place) -> Any:
    if place.endpoint not in current_app.view_functions:
        return None
    return url_for(place.endpoint, connection_id=connection_id) if place.owned else url_for(place.endpoint)
