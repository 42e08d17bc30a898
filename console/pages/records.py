"""One record: where it stands on both sides, by which rules, its whole story, and a sync at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from console import asking, desk, looking
from console.access.roles import Role, needs
from console.words import moment
from engine import explain_rules, explain_told, find, report, story
from engine.request import Refused
from engine.requests.asked_here import PEOPLE
from sync.model import Entity

blueprint = Blueprint("records", __name__, url_prefix="/c/<int:connection_id>/records")
WORDS = {"facts": lambda one: explain_told.facts(one, moment), "rules": explain_rules, "places": looking.places_of}


@blueprint.get("/")
@needs(Role.USER)
def search(connection_id: int) -> str:
    """Finds records; one that is found by its id alone is opened at once by its link."""
    desk.connection(connection_id)
    said = request.args.get("search", "").replace("\0", "").strip()[:320]
    with desk.desk().transaction() as tx:
        found = find.find(tx, connection_id, said, _after()) if said else None
    return render_template("records/search.html", said=said, found=found, connection_id=connection_id)


def _after() -> str:
    said = request.args.get("after", "").replace("\0", "")
    try:
        find.place(said)
    except ValueError:
        abort(400, "This is no page of the list.")
    return said


@blueprint.get("/address")
@needs(Role.USER)
def address(connection_id: int) -> str:
    """Everybody with one address, asked for in both services."""
    said = request.args.get("address", "").replace("\0", "").strip()[:320]
    if "@" not in said:
        abort(404, "This is no e-mail address.")
    found, told = looking.address(connection_id, said)
    return render_template(
        "records/address.html", said=said, found=found, told=told, connection_id=connection_id, **WORDS
    )


@blueprint.get("/<entity>/<uuid:record_id>")
@needs(Role.USER)
def show(connection_id: int, entity: str, record_id: UUID) -> str:
    """What ac365 remembers of a record; with `ask`, what both services say of it now."""
    named, ask = looking.entity_of(entity), "ask" in request.args
    found, told = looking.record(connection_id, named, record_id, ask=ask)
    with desk.desk().transaction() as tx:
        happened = story.of_record(tx, connection_id, named, str(record_id))
    where = {"connection_id": connection_id, "entity": named, "record_id": str(record_id)}
    cycle_id = request.args.get("cycle", type=int)
    running = _cycle(connection_id, cycle_id) if cycle_id else None
    shown = {"found": found, "told": told, "asked": ask, "story": happened, "cycle": running, "where": where}
    shown |= {"marketing": _marketing(connection_id, named, record_id)}
    return render_template("records/show.html", **shown, **where, **WORDS)


def _marketing(connection_id: int, entity: Entity, record_id: UUID) -> dict[str, Any] | None:
    """What the page says of marketing at once; None where there is none of it."""
    if entity not in PEOPLE or not any(asking.switched(connection_id)):
        return None
    return {"asked": asking.asked(connection_id, entity, record_id), **asking.WORDS}


@blueprint.get("/<entity>/<uuid:record_id>/story")
@needs(Role.USER)
def told(connection_id: int, entity: str, record_id: UUID) -> str:
    """What happened to a record before a moment."""
    desk.connection(connection_id)
    named = looking.entity_of(entity)
    with desk.desk().transaction() as tx:
        happened = story.of_record(tx, connection_id, named, str(record_id), _before())
    where = {"connection_id": connection_id, "entity": named, "record_id": str(record_id)}
    return render_template("records/story.html", story=happened, where=where, **where)


def _before() -> datetime | None:
    said = request.args.get("before")
    try:
        at = datetime.fromisoformat(said) if said else None
    except ValueError:
        abort(400, "This is no time.")
    if not looking.sound(at):
        abort(400, "This is no time with its zone.")
    return at


@blueprint.get("/<entity>/<uuid:record_id>/cycles/<int:cycle_id>")
@needs(Role.USER)
def progress(connection_id: int, entity: str, record_id: UUID, cycle_id: int) -> str:
    """How far the sync of a record is, as a part of its page."""
    where = {"connection_id": connection_id, "entity": looking.entity_of(entity), "record_id": str(record_id)}
    return render_template("records/progress.html", cycle=_cycle(connection_id, cycle_id), where=where)


def _cycle(connection_id: int, cycle_id: int) -> report.CycleReport:
    desk.connection(connection_id)
    try:
        with desk.desk().transaction() as tx:
            return report.of_cycle(tx, cycle_id, connection_id)
    except LookupError:
        abort(404, "There is no such cycle.")


@blueprint.post("/<entity>/<uuid:record_id>/sync")
@needs(Role.USER)
def sync(connection_id: int, entity: str, record_id: UUID) -> Response:
    """Reads the record anew on both sides, now."""
    try:
        cycle_id = looking.sync(connection_id, looking.entity_of(entity), record_id)
    except Refused as error:
        flash(f"Nothing was started: {error.args[0]}.", "bad")
        return _shown(connection_id, entity, record_id)
    return _shown(connection_id, entity, record_id, cycle=cycle_id)


@blueprint.post("/<entity>/<uuid:record_id>/retry")
@needs(Role.ADMINISTRATOR)
def retry(connection_id: int, entity: str, record_id: UUID) -> Response:
    """Tries again what failed."""
    number = looking.retry(connection_id, looking.entity_of(entity), record_id)
    flash("It will be read anew and tried again in a moment." if number else "Nothing of it failed (any more).",
          "good" if number else "warn")  # fmt: skip
    return _shown(connection_id, entity, record_id)


def _shown(connection_id: int, entity: str, record_id: UUID, cycle: int | None = None) -> Response:
    place = url_for("records.show", connection_id=connection_id, entity=entity, record_id=record_id, cycle=cycle)
    return redirect(place, 303)
