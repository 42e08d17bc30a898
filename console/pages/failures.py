"""Failures: what could not be delivered, why, what to do about it, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console import desk, forms
from console.access.roles import Role, needs
from console.failure_choice import ChoiceFields, MarkedFields, chosen
from console.forms import FormSchema
from console.inputs import PAGE, asked, or_abort
from engine import failing, retries
from sync.model import ORDER

blueprint = Blueprint("failures", __name__, url_prefix="/c/<int:connection_id>/failures")
WORDS: Final = ("entity", "direction", "klass", "code", "text", "hours")
NOTHING: Final = "Tick what you mean, or narrow the list first."


class Narrowed(ChoiceFields, FormSchema):
    """Which failures are listed. before: the place behind which the list goes on."""

    before = fields.String(load_default=None, validate=validate.Regexp(failing.PLACE))


class Marked(MarkedFields, FormSchema):
    """Which failures are meant, and what is to be done about them."""

    what = fields.String(required=True, validate=validate.OneOf(("retry", "discard")))


@blueprint.get("/")
@needs(Role.ADMINISTRATOR)
def index(connection_id: int) -> str:
    """What is on the list, by kind and one by one."""
    desk.connection(connection_id)
    said, form = asked(Narrowed)
    wanted = chosen(connection_id, said)
    with desk.desk().transaction() as tx:
        groups = failing.grouped(tx, wanted)
        rows, before = failing.page(tx, wanted, PAGE, said["before"])
    narrowed = {name: form.values[name] for name in WORDS if form.values.get(name)}
    shown = {"groups": groups, "rows": rows, "before": before, "total": sum(group["count"] for group in groups)}
    return render_template("failures/index.html", form=form, narrowed=narrowed, **shown, **_words(connection_id))


@blueprint.get("/<int:failure_id>")
@needs(Role.ADMINISTRATOR)
def show(connection_id: int, failure_id: int) -> str:
    """Everything about one failure."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx, or_abort(404, "There is no such failure."):
        found = failing.one(tx, connection_id, failure_id)
    return render_template("failures/show.html", found=found, **_words(connection_id))


@blueprint.post("/confirm")
@needs(Role.ADMINISTRATOR)
def confirm(connection_id: int) -> str:
    """Says what would be done, and to how many."""
    said, sent = _marked(connection_id)
    with desk.desk().transaction() as tx:
        groups = failing.grouped(tx, chosen(connection_id, said))
    number = sum(group["count"] for group in groups)
    told = {"what": said["what"], "groups": groups, "number": number, "sent": sent}
    return render_template("failures/confirm.html", **told, **_words(connection_id))


@blueprint.post("/do")
@needs(Role.ADMINISTRATOR)
def do(connection_id: int) -> Response:
    """Retries failures, or takes them off the list."""
    said, _ = _marked(connection_id)
    wanted, place = chosen(connection_id, said), desk.desk()
    act = failing.retry if said["what"] == "retry" else failing.discard
    with place.transaction() as tx:
        number = act(tx, wanted, desk.author())
    if said["what"] == "retry":
        place.send(retries.wake_due(place.services.db, place.services.now()))
        flash(f"{number:,} will be read anew and tried again. What fails again comes back to the list.", "good")
    else:
        flash(f"{number:,} taken off the list.", "warn")
    return redirect(url_for("failures.index", connection_id=connection_id), 303)


def _marked(connection_id: int) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What was ticked, and the same as it is sent again. Ends the request where nothing was."""
    desk.connection(connection_id)
    said, form = forms.read(Marked)
    if said is None:
        abort(422, "; ".join(text for texts in form.errors.values() for text in texts))
    if chosen(connection_id, said).open_to_all and not said["everything"]:
        abort(422, NOTHING)
    return said, _again(form.values)


def _again(values: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in values.items() if value}


def _words(connection_id: int) -> dict[str, Any]:
    now = desk.desk().services.now()
    words = {
        "advice": failing.advice,
        "named": failing.named,
        "next_attempt": lambda row: failing.next_attempt(row, now),
    }
    kinds = {"entities": _options(ORDER), "classes": _options(failing.PLAIN)}
    return {"here_id": connection_id, **kinds, **words}


def _options(names: Iterable[str]) -> list[tuple[str, str]]:
    return [("", "all"), *((str(name), str(name)) for name in names)]
