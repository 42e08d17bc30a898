"""One user of the console: what they may do, their password, where they are signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from console import forms
from console.access.roles import Role, needs
from console.desk import author, desk
from console.forms import Form
from console.pages.user_forms import AS_IN_DYNAMICS, GIVEN, ROLES, Change, Password, done, role_of, sentence
from engine import users as use_case
from engine.users import SHORTEST
from store import sessions

blueprint = Blueprint("person", __name__, url_prefix="/users/<int:user_id>")


@blueprint.get("")
@needs(Role.ADMINISTRATOR)
def show(user_id: int) -> str:
    """One person."""
    row = _row(user_id)
    return _show(row, Form({**row, "role": row["role"] or AS_IN_DYNAMICS}))


@blueprint.post("")
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
            role = role_of(data["role"])
            use_case.change(tx, user_id, name=name, role=role, active=data["active"], author=author())
    except ValueError as error:
        return _show(row, form.with_error("role", sentence(error))), 422
    return done("Saved.", to=_place(user_id))


@blueprint.post("/password")
@needs(Role.ADMINISTRATOR)
def set_password(user_id: int) -> str | Response | tuple[str, int]:
    """Gives somebody a new password."""
    row = _row(user_id)
    data, form = forms.read(Password)
    if data is None:
        return _show(row, Form({**row, "role": row["role"] or AS_IN_DYNAMICS}, form.errors)), 422
    try:
        with desk().transaction() as tx:
            use_case.set_password(tx, user_id, data["password"], author())
    except ValueError as error:
        return done(sentence(error), "bad", _place(user_id))
    return done(f"{row['login']} has a new password and is signed out everywhere.", to=_place(user_id))


@blueprint.post("/unlock")
@needs(Role.ADMINISTRATOR)
def unlock(user_id: int) -> Response:
    """Ends a lock after failed sign-ins."""
    row = _row(user_id)
    with desk().transaction() as tx:
        use_case.unlock(tx, user_id, author())
    return done(f"{row['login']} may try again.", to=_place(user_id))


@blueprint.post("/sign-out")
@needs(Role.ADMINISTRATOR)
def sign_out(user_id: int) -> Response:
    """Ends all sessions of somebody."""
    row = _row(user_id)
    with desk().transaction() as tx:
        use_case.end_sessions(tx, user_id, author())
    return done(f"{row['login']} is signed out everywhere.", to=_place(user_id))


@blueprint.post("/remove")
@needs(Role.ADMINISTRATOR)
def remove(user_id: int) -> Response:
    """Removes somebody."""
    row = _row(user_id)
    try:
        with desk().transaction() as tx:
            use_case.remove(tx, user_id, author())
    except ValueError as error:
        return done(sentence(error), "bad", _place(user_id))
    return done(f"{row['login']} was removed.")


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
        abort(404, sentence(error))


def _place(user_id: int) -> str:
    return url_for("person.show", user_id=user_id)
