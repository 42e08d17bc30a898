"""Conflicts: fields that both sides changed, what waits for a decision, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from marshmallow import ValidationError, fields, validate
from werkzeug.wrappers import Response

from console import desk, forms
from console.access.roles import Role, needs
from console.forms import FormSchema
from console.inputs import PAGE, Number, asked, or_abort
from console.plain import Text
from engine import choices
from engine.choices import State, Winner
from sync.model import ORDER, Entity

blueprint = Blueprint("conflicts", __name__, url_prefix="/c/<int:connection_id>/conflicts")
SIDES: Final = {"dynamics": "Dynamics", "activecampaign": "ActiveCampaign", "": ""}
NOTHING: Final = "Tick the conflicts that you mean."


class Narrowed(FormSchema):
    """Which conflicts are listed."""

    state = fields.Enum(State, by_value=True, load_default=State.OPEN)
    entity = fields.Enum(Entity, by_value=True, load_default=None)
    key = Text(load_default=None)
    before = Number(load_default=None)


class OfField(FormSchema):
    """All open conflicts of a field."""

    entity = fields.Enum(Entity, by_value=True, required=True)
    key = Text(required=True)


class OfFieldChosen(OfField):
    """The same, with who wins."""

    winner = fields.Enum(Winner, by_value=True, required=True)


class Ticked(FormSchema):
    """Conflicts and who wins them. one: a number and a winner, of the buttons that belong to one conflict."""

    ids = fields.List(Number(), load_default=list, validate=validate.Length(max=2000))
    winner = fields.Enum(Winner, by_value=True, load_default=None)
    one = fields.String(load_default=None, validate=validate.Regexp(r"^\d{1,18} (dynamics|activecampaign)\Z"))


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def index(connection_id: int) -> str:
    """What waits for a decision, or what was decided."""
    desk.connection(connection_id)
    said, form = asked(Narrowed)
    named = {"entity": said["entity"], "key": said["key"]}
    with desk.desk().transaction() as tx:
        rows = choices.page(tx, connection_id, [said["state"]], PAGE + 1, before=said["before"], **named)
        alike = choices.open_fields(tx, connection_id)
    shown = {"rows": rows[:PAGE], "more": len(rows) > PAGE, "alike": alike, "said": said, "form": form}
    return render_template("conflicts/index.html", narrowed=_kept(named), **shown, **_words(connection_id))


@blueprint.get("/<int:conflict_id>")
@needs(Role.ADMINISTRATOR)
def show(connection_id: int, conflict_id: int) -> str:
    """Everything about one conflict."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx, or_abort(404, "There is no such conflict."):
        found = choices.one(tx, connection_id, conflict_id)
        number = len(choices.alike(tx, connection_id, conflict_id))
    return render_template("conflicts/show.html", found=found, number=number, **_words(connection_id))


@blueprint.get("/alike")
@needs(Role.ADMINISTRATOR)
def alike(connection_id: int) -> str:
    """All open conflicts of a field, before they are decided alike."""
    desk.connection(connection_id)
    said, _ = asked_or_404(OfField)
    with desk.desk().transaction() as tx:
        number = len(choices.open_of_field(tx, connection_id, said["entity"], said["key"]))
    return render_template("conflicts/alike.html", said=said, number=number, **_words(connection_id))


@blueprint.post("/alike")
@needs(Role.ADMINISTRATOR)
def choose_alike(connection_id: int) -> Response:
    """Decides all open conflicts of a field alike."""
    desk.connection(connection_id)
    said, _ = forms.read(OfFieldChosen)
    if said is None:
        abort(422, NOTHING)
    with desk.desk().transaction() as tx:
        ids = choices.open_of_field(tx, connection_id, said["entity"], said["key"])
    return _choose(connection_id, ids, said["winner"])


@blueprint.post("/choose")
@needs(Role.ADMINISTRATOR)
def choose(connection_id: int) -> Response:
    """Decides one conflict, or those that are ticked."""
    desk.connection(connection_id)
    said, _ = forms.read(Ticked)
    if said and said["one"]:
        number, winner = said["one"].split(" ")
        return _choose(connection_id, [int(number)], Winner(winner))
    if not (said and said["ids"] and said["winner"]):
        abort(422, NOTHING)
    return _choose(connection_id, said["ids"], said["winner"])


def _choose(connection_id: int, ids: Sequence[int], winner: Winner) -> Response:
    with desk.desk().transaction() as tx:
        ended, wakes = choices.choose(tx, connection_id, ids, winner, desk.author())
    desk.desk().send(wakes)
    number = "1 conflict" if len(ended) == 1 else f"{len(ended):,} conflicts"
    flash(f"{SIDES[winner]} wins {number}; the other side is written next.", "good" if ended else "warn")
    return redirect(url_for("conflicts.index", connection_id=connection_id), 303)


def asked_or_404(schema: type[FormSchema]) -> tuple[dict[str, Any], forms.Form]:
    """What stands behind the `?` of the address. Answers 404 where something needed is missing."""
    try:
        return asked(schema)
    except ValidationError:
        abort(404, "There is no such field.")


def _kept(named: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in named.items() if value}


def _words(connection_id: int) -> dict[str, Any]:
    entities = [("", "all"), *((str(one), str(one)) for one in ORDER)]
    return {
        "here_id": connection_id,
        "sides": SIDES,
        "states": list(State),
        "winners": list(Winner),
        "entities": entities,
    }
