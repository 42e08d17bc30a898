"""Who may use the console."""

from __future__ import annotations

from typing import Any, Final

from flask import abort
from flask_smorest import Blueprint

from console.access.roles import Role, needs
from console.api.user_schemas import (
    EndedSessions,
    NewPassword,
    NewUser,
    PeopleSearch,
    PersonFound,
    User,
    UserChange,
    UserList,
    UserPage,
)
from console.desk import author, desk
from engine import directory
from engine import users as use_case
from engine.users import SHORTEST
from store import users

blueprint: Final = Blueprint("api_users", __name__, url_prefix="/api/v1", description="Who may use the console.")
NONE: Final = "There is no such user."
LAST: Final = "It is the last administrator, or has no role then."


@blueprint.get("/users")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(UserPage, location="query")
@blueprint.response(200, UserList)
def listed(asked: dict[str, Any]) -> dict[str, Any]:
    """Who may sign in, by the name to sign in with."""
    limit = asked["limit"]
    with desk().transaction() as tx:
        rows = users.page(tx, asked["after"], limit + 1)
    return {"users": rows[:limit], "after": rows[limit - 1]["login"] if len(rows) > limit else None}


@blueprint.post("/users")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(NewUser)
@blueprint.response(201, User)
@blueprint.alt_response(404, description="Dynamics has nobody with this object id.")
@blueprint.alt_response(409, description="There is somebody of this name already.")
@blueprint.alt_response(503, description="Dynamics does not answer.")
def add(wanted: dict[str, Any]) -> dict[str, Any]:
    """Adds somebody."""
    try:
        return _added(wanted)
    except LookupError as error:
        abort(404, str(error))
    except ValueError as error:
        abort(409, str(error))


@blueprint.get("/users/<int:user_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, User)
@blueprint.alt_response(404, description=NONE)
def show(user_id: int) -> dict[str, Any]:
    """One user."""
    return _row(user_id)


@blueprint.patch("/users/<int:user_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(UserChange)
@blueprint.response(200, User)
@blueprint.alt_response(404, description=NONE)
@blueprint.alt_response(409, description=LAST)
def change(wanted: dict[str, Any], user_id: int) -> dict[str, Any]:
    """Changes what somebody is called and may do. Another role ends their sessions."""
    row = _row(user_id)
    after = {name: wanted.get(name, row[name]) for name in ("name", "role", "active")}
    try:
        with desk().transaction() as tx:
            use_case.change(tx, user_id, **after, author=author())
    except ValueError as error:
        abort(409, str(error))
    return _row(user_id)


@blueprint.put("/users/<int:user_id>/password")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(NewPassword)
@blueprint.response(204)
@blueprint.alt_response(404, description=NONE)
@blueprint.alt_response(409, description="Signs in with Microsoft.")
def set_password(wanted: dict[str, Any], user_id: int) -> None:
    """Gives somebody a new password, which ends a lock and every session."""
    _row(user_id)
    try:
        with desk().transaction() as tx:
            use_case.set_password(tx, user_id, wanted["password"], author())
    except ValueError as error:
        abort(409, str(error))


@blueprint.delete("/users/<int:user_id>/lock")
@needs(Role.ADMINISTRATOR)
@blueprint.response(204)
@blueprint.alt_response(404, description=NONE)
def unlock(user_id: int) -> None:
    """Ends a lock after failed sign-ins."""
    _row(user_id)
    with desk().transaction() as tx:
        use_case.unlock(tx, user_id, author())


@blueprint.delete("/users/<int:user_id>/sessions")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, EndedSessions)
@blueprint.alt_response(404, description=NONE)
def sign_out(user_id: int) -> dict[str, int]:
    """Signs somebody out everywhere."""
    _row(user_id)
    with desk().transaction() as tx:
        return {"ended": use_case.end_sessions(tx, user_id, author())}


@blueprint.delete("/users/<int:user_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.response(204)
@blueprint.alt_response(404, description=NONE)
@blueprint.alt_response(409, description=LAST)
def remove(user_id: int) -> None:
    """Removes somebody."""
    _row(user_id)
    try:
        with desk().transaction() as tx:
            use_case.remove(tx, user_id, author())
    except ValueError as error:
        abort(409, str(error))


@blueprint.get("/people")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(PeopleSearch, location="query")
@blueprint.response(200, PersonFound(many=True))
@blueprint.alt_response(503, description="Dynamics does not answer.")
def people(asked: dict[str, Any]) -> list[directory.Found]:
    """Up to ten people in Dynamics who may sign in, by a part of name or address."""
    return directory.search(desk().services, asked["q"])


def _added(wanted: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError, LookupError."""
    services, who = desk().services, author()
    found = directory.person(services, str(wanted["directory_id"])) if wanted["directory_id"] else None
    if found is None and not (wanted["login"] and wanted["role"] and len(wanted["password"]) >= SHORTEST):
        text = f"Give directory_id; or login, role, and a password of {SHORTEST} characters or more."
        abort(422, text)
    with services.db.transaction() as tx:
        if found:
            return use_case.get(tx, directory.add(tx, found, wanted["role"], who))
        name, role = wanted["name"], wanted["role"]
        return use_case.get(tx, use_case.add(tx, wanted["login"].strip(), name, role, wanted["password"], who))


def _row(user_id: int) -> dict[str, Any]:
    try:
        with desk().transaction() as tx:
            return use_case.get(tx, user_id)
    except LookupError:
        abort(404, NONE)
