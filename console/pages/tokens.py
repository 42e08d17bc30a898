"""Tokens that programs sign in with at the JSON API."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console import forms
from console.access.roles import Role, needs
from console.desk import author, desk
from console.forms import Form, FormSchema
from console.pages.user_forms import REQUIRED, ROLES, SHORT
from engine import tokens as use_case
from engine.users import LARGEST
from engine.users import ROLES as NAMES
from store import api_tokens

blueprint = Blueprint("tokens", __name__, url_prefix="/tokens")


class Token(FormSchema):
    """A new token. ends: the last day on which it is good, in UTC."""

    name = fields.String(**REQUIRED, validate=SHORT)
    role = fields.String(load_default="user", validate=validate.OneOf(NAMES))
    ends = fields.Date(load_default=None, error_messages={"invalid": "Give a day as 2030-12-31."})


@blueprint.get("")
@needs(Role.ADMINISTRATOR)
def index() -> str:
    """All tokens, without what they are."""
    return _index(Form({"role": "user"}))


@blueprint.post("")
@needs(Role.ADMINISTRATOR)
def make() -> str | tuple[str, int]:
    """Makes one and shows it, once."""
    data, form = forms.read(Token)
    if data is None:
        return _index(form), 422
    ends = datetime.combine(data["ends"], time(23, 59, 59), UTC) if data["ends"] else None
    wrong = use_case.wrong_end(ends, desk().services.now())
    if wrong:
        return _index(form.with_error("ends", wrong)), 422
    try:
        with desk().transaction() as tx:
            _, secret = use_case.make(tx, data["name"], data["role"], ends, author())
    except ValueError:
        return _index(form.with_error("name", "There is a token of this name already.")), 422
    return _index(Form({"role": "user"}), made=data["name"], secret=secret)


@blueprint.post("/<int:token_id>/remove")
@needs(Role.ADMINISTRATOR)
def remove(token_id: int) -> Response:
    """Makes one worthless."""
    try:
        with desk().transaction() as tx:
            name = use_case.remove(tx, token_id if token_id <= LARGEST else 0, author())
    except LookupError:
        abort(404, "There is no such token.")
    flash(f"The token {name} is worthless now.", "good")
    return redirect(url_for("tokens.index"), 303)


def _index(form: Form, **made: Any) -> str:
    with desk().transaction() as tx:
        rows = api_tokens.listed(tx)
    words = {"roles": ROLES, "now": desk().services.now()}
    return render_template("users/tokens.html", form=form, rows=rows, **words, **made)
