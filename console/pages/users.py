"""Who may use the console: people with a password, and people of Dynamics who sign in with Microsoft."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console import forms
from console.access.roles import Role, needs
from console.desk import author, desk
from console.forms import Form, FormSchema
from engine import directory
from engine import users as use_case
from engine.users import SHORTEST
from store import sessions, users
from sync.errors import SyncError

blueprint = Blueprint("users", __name__, url_prefix="/users")
PAGE: Final = 50
SEARCHED_FROM: Final = 2
"""So many letters are needed before anybody is searched."""
LONGEST: Final = 200
AS_IN_DYNAMICS: Final = "dynamics"
ROLES: Final = (("administrator", "Administrator"), ("user", "User"))
GIVEN: Final = ((AS_IN_DYNAMICS, "As in Dynamics"), *ROLES)
REQUIRED: Final[dict[str, Any]] = {"required": True, "error_messages": {"required": "This is needed."}}
LONG_ENOUGH: Final = validate.Length(min=SHORTEST, error=f"Take {SHORTEST} characters or more.")
SHORT: Final = validate.Length(max=LONGEST)
SECRET: Final = {"secret": True}


class Local(FormSchema):
    """Somebody with a password."""

    login = fields.String(**REQUIRED, validate=SHORT)
    name = fields.String(load_default="", validate=SHORT)
    role = fields.String(load_default="user", validate=validate.OneOf(use_case.ROLES))
    password = fields.String(**REQUIRED, validate=LONG_ENOUGH, metadata=SECRET)


class FromDynamics(FormSchema):
    """Somebody of Dynamics."""

    directory_id = fields.UUID(**REQUIRED)
    role = fields.String(load_default=AS_IN_DYNAMICS, validate=validate.OneOf([value for value, _ in GIVEN]))


class Change(FormSchema):
    """What somebody may do."""

    name = fields.String(load_default="", validate=SHORT)
    role = fields.String(**REQUIRED, validate=validate.OneOf([value for value, _ in GIVEN]))
    active = fields.Boolean(load_default=False)


class Password(FormSchema):
    """A new password."""

    password = fields.String(**REQUIRED, validate=LONG_ENOUGH, metadata=SECRET)


@blueprint.get("")
@needs(Role.ADMINISTRATOR)
def index() -> str:
    """Who may sign in, and whom one could add."""
    return _index(Form({"role": "user"}))


@blueprint.post("")
@needs(Role.ADMINISTRATOR)
def add() -> str | Response | tuple[str, int]:
    """Adds somebody with a password."""
    data, form = forms.read(Local)
    if data is None:
        return _index(form), 422
    try:
        with desk().transaction() as tx:
            use_case.add(tx, data["login"], data["name"], data["role"], data["password"], author())
    except ValueError as error:
        return _index(form.with_error("login", _sentence(error))), 422
    return _done(f"{data['login'].lower()} may sign in now.")


@blueprint.post("/people")
@needs(Role.ADMINISTRATOR)
def add_person() -> str | Response:
    """Adds somebody of Dynamics."""
    data, _ = forms.read(FromDynamics)
    if data is None:
        abort(400, "This is nobody that the search found.")
    try:
        found = directory.person(desk().services, str(data["directory_id"]))
        with desk().transaction() as tx:
            directory.add(tx, found, _role(data["role"]), author())
    except (ValueError, LookupError) as error:
        return _done(_sentence(error), "bad")
    return _done(f"{found.name} may sign in with Microsoft now.")


@blueprint.get("/<int:user_id>")
@needs(Role.ADMINISTRATOR)
def show(user_id: int) -> str:
    """One person."""
    row = _row(user_id)
    return _show(row, Form({**row, "role": row["role"] or AS_IN_DYNAMICS}))


@blueprint.post("/<int:user_id>")
@needs(Role.ADMINISTRATOR)
def change(user_id: int) -> str | Response | tuple[str, int]:
    """Changes role and name, switches off or on."""
    row = _row(user_id)
    data, form = forms.read(Change)
    if data is None:
        return _show(row, form), 422
    name = row["name"] if row["directory_id"] else data["name"]
    try:
        with desk().transaction() as tx:
            role = _role(data["role"])
            use_case.change(tx, user_id, name=name, role=role, active=data["active"], author=author())
    except ValueError as error:
        return _show(row, form.with_error("role", _sentence(error))), 422
    return _done("Saved.", to=url_for("users.show", user_id=user_id))


@blueprint.post("/<int:user_id>/password")
@needs(Role.ADMINISTRATOR)
def set_password(user_id: int) -> str | Response | tuple[str, int]:
    """Gives somebody a new password."""
    row = _row(user_id)
    data, form = forms.read(Password)
    shown = Form({**row, "role": row["role"] or AS_IN_DYNAMICS}, form.errors)
    if data is None:
        return _show(row, shown), 422
    try:
        with desk().transaction() as tx:
            use_case.set_password(tx, user_id, data["password"], author())
    except ValueError as error:
        return _show(row, shown.with_error("password", _sentence(error))), 422
    return _done(f"{row['login']} has a new password and is signed out everywhere.", to=_place(user_id))


@blueprint.post("/<int:user_id>/unlock")
@needs(Role.ADMINISTRATOR)
def unlock(user_id: int) -> Response:
    """Ends a lock after failed sign-ins."""
    row = _row(user_id)
    with desk().transaction() as tx:
        use_case.unlock(tx, user_id, author())
    return _done(f"{row['login']} may try again.", to=_place(user_id))


@blueprint.post("/<int:user_id>/sign-out")
@needs(Role.ADMINISTRATOR)
def sign_out(user_id: int) -> Response:
    """Ends all sessions of somebody."""
    row = _row(user_id)
    with desk().transaction() as tx:
        use_case.end_sessions(tx, user_id, author())
    return _done(f"{row['login']} is signed out everywhere.", to=_place(user_id))


@blueprint.post("/<int:user_id>/remove")
@needs(Role.ADMINISTRATOR)
def remove(user_id: int) -> Response:
    """Removes somebody."""
    row = _row(user_id)
    try:
        with desk().transaction() as tx:
            use_case.remove(tx, user_id, author())
    except ValueError as error:
        return _done(_sentence(error), "bad", _place(user_id))
    return _done(f"{row['login']} was removed.")


def _index(form: Form) -> str:
    after, sought = (_plain(request.args.get(name, "")) for name in ("after", "q"))
    with desk().transaction() as tx:
        rows = users.page(tx, after, PAGE + 1)
        connected = directory.first_connection(tx) is not None
    found, away = _search(sought) if connected and len(sought) >= SEARCHED_FROM else ([], "")
    return render_template(
        "users/index.html",
        form=form,
        rows=rows[:PAGE],
        after=after,
        following=rows[PAGE - 1]["login"] if len(rows) > PAGE else "",
        connected=connected,
        sought=sought,
        asked=len(sought) >= SEARCHED_FROM,
        found=found,
        away=away,
        roles=ROLES,
        given=GIVEN,
        shortest=SHORTEST,
        now=desk().services.now(),
    )


def _search(text: str) -> tuple[list[directory.Found], str]:
    """Who was found, and what stood in the way."""
    try:
        return directory.search(desk().services, text), ""
    except SyncError as error:
        return [], f"Dynamics can't be searched at the moment: {error.message}. {error.advice}"


def _show(row: dict[str, Any], form: Form) -> str:
    with desk().transaction() as tx:
        signed_in = sessions.listed(tx, row["id"])
    choices = GIVEN if row["directory_id"] else ROLES
    words = {"choices": choices, "shortest": SHORTEST, "now": desk().services.now()}
    return render_template("users/show.html", row=row, form=form, sessions=signed_in, **words)


def _row(user_id: int) -> dict[str, Any]:
    try:
        with desk().transaction() as tx:
            return use_case.get(tx, user_id)
    except LookupError as error:
        abort(404, _sentence(error))


def _done(words: str, kind: str = "good", to: str = "") -> Response:
    flash(words, kind)
    return redirect(to or url_for("users.index"), 303)


def _place(user_id: int) -> str:
    return url_for("users.show", user_id=user_id)


def _role(chosen: str) -> str | None:
    return None if chosen == AS_IN_DYNAMICS else chosen


def _plain(text: str) -> str:
    """What was typed into a search, as far as it can be searched for."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]


def _sentence(error: Exception) -> str:
    told = str(error)
    return f"{told[:1].upper()}{told[1:]}."
