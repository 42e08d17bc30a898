"""Pages of sign-in: the first administrator, name and password, sign-out."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console import forms
from console.access import passwords, throttle
from console.access.people import Person
from console.access.roles import Role, needs
from console.access.throttle import Refused, TooMany
from console.desk import desk
from console.forms import Form, FormSchema
from engine import directory
from engine.tokens import hashed
from engine.users import SHORTEST, code
from store import sessions, users

blueprint = Blueprint("access", __name__)
REQUIRED: Final[dict[str, Any]] = {"required": True, "error_messages": {"required": "This is needed."}}
SECRET: Final = {"secret": True}
WRONG_CODE: Final = "This is not the code. It stands in the log of the console."
DROPPED: Final = re.compile("csrf_token|password|secret|certificate|api_key|event_key|event_account")
"""Fields that are not carried: no secret comes back to a browser, so these are typed once more."""
KEPT: Final = "kept."
"""What a form of an ended session is carried under while its sender signs in again."""


class SignIn(FormSchema):
    """Name and password."""

    login = fields.String(**REQUIRED)
    password = fields.String(**REQUIRED, metadata=SECRET)


class First(FormSchema):
    """The first administrator."""

    code = fields.String(**REQUIRED)
    login = fields.String(**REQUIRED, validate=validate.Length(max=200))
    name = fields.String(load_default="")
    password = fields.String(
        **REQUIRED,
        validate=validate.Length(min=SHORTEST, error=f"Take {SHORTEST} characters or more."),
        metadata=SECRET,
    )


@blueprint.get("/sign-in")
@needs(Role.ANYBODY)
def sign_in() -> str | Response:
    """The form, or that of the first administrator while there is nobody."""
    if current_user.is_authenticated:
        return redirect(onward())
    with desk().transaction() as tx:
        if not users.anybody(tx):
            return redirect(url_for("access.first"))
    return _sign_in(Form())


@blueprint.post("/sign-in")
@needs(Role.ANYBODY)
def do_sign_in() -> str | Response | tuple[str, int]:
    """Signs in, and goes on with what was asked for."""
    data, form = forms.read(SignIn)
    if data is None:
        return _sign_in(form), 422
    try:
        throttle.admit()
        person = passwords.check(data["login"], data["password"])
    except Refused as refused:
        throttle.count()
        return _sign_in(form.with_error("password", str(refused))), refused.status
    return enter(person)


@blueprint.get("/welcome")
@needs(Role.ANYBODY)
def first() -> str | Response:
    """The form of the first administrator."""
    with desk().transaction() as tx:
        return redirect(url_for("access.sign_in")) if users.anybody(tx) else _first(Form())


@blueprint.post("/welcome")
@needs(Role.ANYBODY)
def do_first() -> str | Response | tuple[str, int]:
    """Makes the first administrator."""
    data, form = forms.read(First)
    try:
        throttle.admit()
    except TooMany as refused:
        return _first(form.with_error("code", str(refused))), refused.status
    if data and not hmac.compare_digest(data["code"].encode(), code(desk().services.settings.secret_keys).encode()):
        throttle.count()
        data, form = None, form.with_error("code", WRONG_CODE)
    if data is None:
        return _first(form), 422
    person = passwords.first(data["login"], data["name"], data["password"])
    return enter(person) if person else redirect(url_for("access.sign_in"))


@blueprint.post("/sign-out")
@needs(Role.ANYBODY)
def sign_out() -> Response:
    """Ends the session, here and in the store."""
    if current_user.is_authenticated and current_user.token:
        with desk().transaction() as tx:
            sessions.end(tx, hashed(current_user.token))
    logout_user()
    session.clear()
    return redirect(url_for("access.sign_in"))


def enter(person: Person, wanted: str | None = None, before: Mapping[str, list[str]] | None = None) -> str | Response:
    """Signs in, in a cookie of its own. A form that was sent before is shown once more, to be sent again.

    wanted: where to go on, and before: that form, where they don't stand in this request.
    """
    session.clear()
    session.permanent = True
    login_user(person)
    held = kept_form() if before is None else before
    if not held:
        return redirect(onward(wanted))
    return render_template("access/again.html", action=onward(wanted), held=held)


def ended(held: Mapping[str, list[str]]) -> str:
    """The sign-in that keeps a form whose session has ended."""
    return _sign_in(Form(), held={name: held[name] for name in held if not DROPPED.search(name)})


def told(text: str, status: int = 403) -> tuple[str, int]:
    """The sign-in page with a word about why the last one did not work."""
    return _sign_in(Form().with_error("", text)), status


def kept_form() -> dict[str, list[str]]:
    """What this request carries of a form that was sent before."""
    return {name.removeprefix(KEPT): request.form.getlist(name) for name in request.form if name.startswith(KEPT)}


def _sign_in(form: Form, held: Mapping[str, list[str]] | None = None) -> str:
    if held is None:
        held = kept_form()
    after = onward() if "next" in request.values or not held else request.full_path.rstrip("?")
    with desk().transaction() as tx:
        microsoft = directory.first_connection(tx) is not None
    return render_template("access/sign_in.html", form=form, held=held, kept=KEPT, next=after, microsoft=microsoft)


def _first(form: Form) -> str:
    return render_template("access/first.html", form=form, shortest=SHORTEST)


def onward(wanted: str | None = None) -> str:
    """Where to go on, by default as this request says: a path of this console, never another host."""
    wanted = request.values.get("next", "") if wanted is None else wanted
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return url_for("start.home")
    own = not parts.scheme and not parts.netloc and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if own else url_for("start.home")
