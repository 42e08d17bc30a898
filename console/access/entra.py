"""Sign-in with Microsoft: the browser goes to Entra ID and comes back, and Dynamics says what somebody may do here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from clients import entra
from clients.entra import AGAIN, NotFinished
from console.access import people, standing, throttle, views
from console.access.people import Person
from console.access.roles import Role, needs
from console.access.throttle import Refused, TooMany
from console.desk import desk
from engine import directory
from engine.directory import NotLetIn
from engine.tokens import hashed, new_secret
from store import sessions
from store.errors import WrongKey
from sync.errors import SyncError

blueprint = Blueprint("entra", __name__)
LASTS: Final = timedelta(minutes=10)
CALLBACK: Final = "/sign-in/callback"
log = structlog.get_logger()


@blueprint.get("/sign-in/entra")
@needs(Role.ANYBODY)
def begin() -> Response | tuple[str, int]:
    """Sends the browser to Microsoft."""
    try:
        url, secret = _begun({})
    except (TooMany, NotLetIn, SyncError) as error:
        return _refused(error)
    return _remembered(redirect(url), secret)


@blueprint.post("/sign-in/entra")
@needs(Role.ANYBODY)
def do_begin() -> Response | tuple[str, int]:
    """The same with a form that was sent in an ended session. A form may lead to this console only, so a page does."""
    try:
        url, secret = _begun(views.kept_form())
    except (TooMany, NotLetIn, SyncError) as error:
        return _refused(error)
    page = current_app.make_response(render_template("access/away.html", url=url))
    return _remembered(page, secret)


@blueprint.get(CALLBACK)
@needs(Role.ANYBODY)
def finish() -> str | Response | tuple[str, int]:
    """Where Microsoft sends the browser back to. Whatever the query says, it makes no fault."""
    try:
        throttle.admit()
        kept = _taken(request.cookies.get(_cookie(), ""))
        person = _person(kept["flow"])
    except (Refused, NotFinished, NotLetIn, SyncError) as error:
        throttle.count()
        return _refused(error)
    answer = current_app.make_response(views.enter(person, kept["next"], kept["held"]))
    answer.delete_cookie(_cookie(), secure=_secure(), httponly=True, samesite="Lax")
    return answer


def _begun(held: Mapping[str, list[str]]) -> tuple[str, str]:
    """Where to send the browser, and the secret that it brings back in a cookie."""
    throttle.admit(throttle.BEGUN)
    throttle.count(throttle.BEGUN)
    services, now, secret = desk().services, desk().services.now(), new_secret()
    flow = entra.begin(directory.registration(services), f"{services.settings.console}{CALLBACK}")
    sealed = services.vault.encrypt({"flow": flow, "next": views.onward(), "held": held})
    with services.db.transaction() as tx:
        sessions.prune(tx, now, now - people.IDLE_FOR)
        sessions.begin_sign_in(tx, hashed(secret), sealed, now + LASTS)
    return str(flow["auth_uri"]), secret


def _taken(secret: str) -> dict[str, Any]:
    """The sign-in that this browser has begun, which is used up by that. Raises NotFinished."""
    with desk().transaction() as tx:
        sealed = sessions.finish_sign_in(tx, hashed(secret), desk().services.now())
    try:
        if sealed:
            return desk().services.vault.decrypt(sealed)
    except WrongKey:
        log.warning("console.sign_in_of_another_key")
    raise NotFinished(AGAIN)


def _person(flow: Mapping[str, Any]) -> Person:
    """Who came back, in a new session. Raises NotFinished, NotLetIn, SyncError."""
    services = desk().services
    identity = entra.finish(directory.registration(services), flow, request.args.to_dict(), services.now())
    entered = directory.let_in(services, identity, services.now())
    standing.looked(entered.user_id)
    role = Role(entered.role)
    return Person(people.begin(entered.user_id, role), entered.user_id, entered.login, entered.name, role)


def _refused(error: Exception) -> tuple[str, int]:
    if isinstance(error, SyncError):
        log.warning("console.sign_in", code=error.code)
        return views.told(f"Microsoft or Dynamics did not let us ask: {error.message}. {error.advice}", 503)
    return views.told(str(error), error.status if isinstance(error, Refused) else 403)


def _remembered(answer: Response, secret: str) -> Response:
    words: dict[str, Any] = {"secure": _secure(), "httponly": True, "samesite": "Lax", "max_age": LASTS}
    answer.set_cookie(_cookie(), secret, **words)
    return answer


def _cookie() -> str:
    return "__Host-ac365-sign-in" if _secure() else "ac365-sign-in"


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
