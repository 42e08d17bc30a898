"""Marketing of a lead or contact: what they received, and what may be asked for, as on the panel in Dynamics."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console import asking, forms
from console.access.roles import Role, needs
from console.forms import FormSchema
from console.plain import Text
from engine.requests.asked_here import Refused
from engine.requests.offers import Choice
from sync.model import Entity

blueprint = Blueprint(
    "marketing", __name__, url_prefix="/c/<int:connection_id>/records/<entity>/<uuid:record_id>/marketing"
)
NOT_OFFERED: Final = "Nothing was asked for: this is not offered, or Dynamics can't say at the moment what is."


class Wish(FormSchema):
    """What is confirmed. id: made with the page, so that a double click asks once."""

    id = fields.UUID(required=True)
    ask = fields.String(required=True, validate=validate.OneOf(list(asking.NAMES)))
    target = Text(longest=50, required=True)


@blueprint.get("/")
@needs(Role.USER)
def show(connection_id: int, entity: str, record_id: UUID) -> str:
    """What both services say: activities, running automations, and what may be picked."""
    named = asking.person(connection_id, entity)
    found = asking.marketing(connection_id, named, record_id)
    return _page("show", connection_id, named, record_id, found=found)


@blueprint.get("/requests")
@needs(Role.USER)
def asked(connection_id: int, entity: str, record_id: UUID) -> str:
    """What was asked for, and how it stands, as a part of the page of the record."""
    named = asking.person(connection_id, entity)
    return _page("asked", connection_id, named, record_id, asked=asking.asked(connection_id, named, record_id))


@blueprint.get("/confirm")
@needs(Role.USER)
def confirm(connection_id: int, entity: str, record_id: UUID) -> str | Response:
    """What will happen, and to whom. Nothing has happened yet."""
    named = asking.person(connection_id, entity)
    choice = _picked(connection_id)
    if choice is None:
        flash(NOT_OFFERED, "warn")
        return _back(connection_id, named, record_id)
    address = asking.address(connection_id, named, record_id)
    return _page("confirm", connection_id, named, record_id, choice=choice, address=address, id=uuid4())


def _picked(connection_id: int) -> Choice | None:
    ask, target = asking.NAMES.get(request.args.get("ask", "")), request.args.get("target", "")[:50]
    if ask is None:
        abort(400, "Nobody can ask for this.")
    return asking.choice(connection_id, ask, target) if asking.switched(connection_id)[1] else None


@blueprint.post("/requests")
@needs(Role.USER)
def ask(connection_id: int, entity: str, record_id: UUID) -> Response:
    """Asks for it, once."""
    named = asking.person(connection_id, entity)
    said, _ = forms.read(Wish)
    if said is None:
        abort(400, "This form is not complete. Go back to the record and pick again.")
    try:
        asking.ask(connection_id, named, record_id, said)
        flash("It is asked for. How it goes is told below; you need not wait.", "good")
    except Refused as error:
        flash(str(error), "bad")
    return _back(connection_id, named, record_id)


def _back(connection_id: int, entity: Entity, record_id: UUID) -> Response:
    place = url_for("records.show", connection_id=connection_id, entity=entity, record_id=record_id, _anchor="asked")
    return redirect(place, 303)


def _page(name: str, connection_id: int, entity: Entity, record_id: UUID, **words: Any) -> str:
    where = {"connection_id": connection_id, "entity": entity, "record_id": str(record_id)}
    activities, panel = asking.switched(connection_id)
    shown = {"where": where, "activities_on": activities, "panel_on": panel, **where, **asking.WORDS, **words}
    return render_template(f"marketing/{name}.html", **shown)
