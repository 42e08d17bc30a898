"""One's own account."""

from __future__ import annotations

from typing import Any, Final

from flask import abort
from flask_login import current_user
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from console.access import throttle
from console.access.roles import Role, needs
from console.access.throttle import TooMany
from console.api.parts import At
from console.api.user_schemas import EndedSessions, RoleName
from console.desk import author, desk
from engine import users as use_case
from engine.users import SHORTEST
from store import sessions

blueprint: Final = Blueprint("api_account", __name__, url_prefix="/api/v1/account", description="One's own account.")
NO_ACCOUNT: Final = "A token has no account: this is for the session of a person."


class Session(Schema):
    """A browser in which one is signed in. ref: a name for it."""

    ref = fields.String()
    role = RoleName()
    made_at = At()
    seen_at = At()


class Account(Schema):
    """Who asks. A token has a name and a role only, and no sessions."""

    login = fields.String()
    name = fields.String()
    role = RoleName()
    sessions = fields.List(fields.Nested(Session))


class OwnPassword(Schema):
    """The password of now, and the next one."""

    old = fields.String(required=True, load_only=True, validate=validate.Length(max=1000))
    password = fields.String(required=True, load_only=True, validate=validate.Length(min=SHORTEST, max=1000))


@blueprint.get("")
@needs(Role.USER)
@blueprint.response(200, Account)
def show() -> dict[str, Any]:
    """Who asks, and where they are signed in."""
    with desk().transaction() as tx:
        listed = sessions.listed(tx, current_user.user_id) if current_user.user_id else []
    return {"login": current_user.login, "name": current_user.name, "role": current_user.role, "sessions": listed}


@blueprint.put("/password")
@needs(Role.USER)
@blueprint.arguments(OwnPassword)
@blueprint.response(204)
@blueprint.alt_response(409, description="The old one is wrong, or there is none.")
@blueprint.alt_response(429, description="Too many tries.")
def change_password(wanted: dict[str, Any]) -> None:
    """Changes one's own password, which ends all sessions, this one too."""
    try:
        throttle.admit()
        with desk().transaction() as tx:
            use_case.change_own_password(tx, _mine(), wanted["old"], wanted["password"], author())
    except TooMany as error:
        abort(429, str(error))
    except ValueError as error:
        throttle.count()
        abort(409, str(error))


@blueprint.delete("/sessions")
@needs(Role.USER)
@blueprint.response(200, EndedSessions)
@blueprint.alt_response(409, description=NO_ACCOUNT)
def end_all() -> dict[str, int]:
    """Signs one out everywhere."""
    with desk().transaction() as tx:
        return {"ended": use_case.end_sessions(tx, _mine(), author())}


@blueprint.delete("/sessions/<string:ref>")
@needs(Role.USER)
@blueprint.response(204)
@blueprint.alt_response(404, description="There is no such session.")
@blueprint.alt_response(409, description=NO_ACCOUNT)
def end(ref: str) -> None:
    """Signs one out in one browser."""
    user_id = _mine()
    with desk().transaction() as tx:
        ended = sessions.end_one(tx, user_id, ref) if ref.isalnum() else False
    if not ended:
        abort(404, "There is no such session.")


def _mine() -> int:
    if current_user.user_id is None:
        abort(409, NO_ACCOUNT)
    return int(current_user.user_id)
