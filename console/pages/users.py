"""Who may use the console: people with a password, and people of Dynamics who sign in with Microsoft."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from console import forms
from console.access.roles import Role, needs
from console.desk import author, desk
from console.forms import Form
from console.pages.user_forms import GIVEN, LONGEST, ROLES, FromDynamics, Local, done, role_of, sentence
from engine import directory
from engine import users as use_case
from engine.users import SHORTEST
from store import users
from sync.errors import SyncError

blueprint = Blueprint("users", __name__, url_prefix="/users")
PAGE: Final = 50
SEARCHED_FROM: Final = 2
"""So many letters are needed before anybody is searched."""


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
        return _index(form.with_error("login", sentence(error))), 422
    return done(f"{data['login'].lower()} may sign in now.")


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
            directory.add(tx, found, role_of(data["role"]), author())
    except (ValueError, LookupError) as error:
        return done(sentence(error), "bad")
    return done(f"{found.name} may sign in with Microsoft now.")


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


def _plain(text: str) -> str:
    """What was typed into a search, as far as it can be searched for."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]
