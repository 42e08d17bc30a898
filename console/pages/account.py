"""One's own account: the password, and where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from marshmallow import fields
from werkzeug.wrappers import Response

from console import forms
from console.access import passwords, throttle, views
from console.access.roles import Role, needs
from console.access.throttle import Refused
from console.desk import author, desk
from console.forms import Form, FormSchema
from console.pages.user_forms import LONG_ENOUGH, REQUIRED, SECRET, sentence
from engine import users as use_case
from engine.tokens import hashed
from engine.users import SHORTEST
from store import sessions

blueprint = Blueprint("account", __name__, url_prefix="/account")


class Password(FormSchema):
    """The password of now, and the next one."""

    old = fields.String(**REQUIRED, metadata=SECRET)
    password = fields.String(**REQUIRED, validate=LONG_ENOUGH, metadata=SECRET)


@blueprint.get("")
@needs(Role.USER)
def show() -> str:
    """The page."""
    return _show(Form())


@blueprint.post("/password")
@needs(Role.USER)
def change_password() -> str | Response | tuple[str, int]:
    """Changes the password. All sessions end, and one of the new password begins."""
    row = _row()
    data, form = forms.read(Password)
    if data is None:
        return _show(form), 422
    try:
        throttle.admit()
        with desk().transaction() as tx:
            use_case.change_own_password(tx, row["id"], data["old"], data["password"], author())
    except (ValueError, Refused) as error:
        throttle.count()
        return _show(form.with_error("old", sentence(error))), 422
    entered = views.enter(passwords.again(row, current_user.role), url_for("account.show"))
    flash("The password was changed, and you are signed out everywhere else.", "good")
    return entered


@blueprint.post("/sessions/<ref>/end")
@needs(Role.USER)
def end(ref: str) -> Response:
    """Ends one session."""
    with desk().transaction() as tx:
        ended = sessions.end_one(tx, _row()["id"], ref.replace("\0", ""))
    flash("Signed out there." if ended else "That session has ended already.", "good" if ended else "warn")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/sessions/end")
@needs(Role.USER)
def end_all() -> Response:
    """Ends all sessions, this one too."""
    with desk().transaction() as tx:
        use_case.end_sessions(tx, _row()["id"], author())
    return redirect(url_for("access.sign_in"), 303)


def _show(form: Form) -> str:
    row = _row()
    with desk().transaction() as tx:
        signed_in = sessions.listed(tx, row["id"])
    mine = sessions.ref(hashed(current_user.token))
    return render_template("users/account.html", row=row, form=form, sessions=signed_in, mine=mine, shortest=SHORTEST)


def _row() -> dict[str, Any]:
    """The person who asks. A program has no account."""
    if current_user.user_id is None:
        abort(403, "A token has no account.")
    with desk().transaction() as tx:
        return use_case.get(tx, current_user.user_id)
