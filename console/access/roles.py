"""Roles, and the guard before every route: a route that names no role is closed to everybody."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeVar

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """What somebody may do. ANYBODY: also who has not signed in."""

    ADMINISTRATOR = "administrator"
    USER = "user"
    ANYBODY = "anybody"


_RANK: Final = {Role.ANYBODY: 0, Role.USER: 1, Role.ADMINISTRATOR: 2}
MARK: Final = "needs"
READS: Final = "reads_only"
NOT_ALLOWED: Final = "This needs the role of an administrator. Ask one to give it to you, or to do it for you."


def needs(role: Role) -> Callable[[View], View]:
    """Marks a view with the role that it takes. It stands directly above the function."""

    def marked(view: View) -> View:
        setattr(view, MARK, role)
        return view

    return marked


def reads_only(view: View) -> View:
    """Marks a view that changes nothing although it is posted to, so that it needs no token against forgery."""
    setattr(view, READS, True)
    return view


def needs_token(endpoint: str | None) -> bool:
    """Whether a form that is sent there has to bear the token against forgery."""
    return endpoint is None or not getattr(current_app.view_functions[endpoint], READS, False)


def open_to(app: Flask, endpoint: str, role: Role) -> None:
    """The same for a view that a library made."""
    app.view_functions[endpoint] = needs(role)(partial(app.view_functions[endpoint]))


def needed(endpoint: str) -> Role | None:
    """The role that an endpoint takes, None for one that nobody marked."""
    view = current_app.view_functions[endpoint]
    found: Role | None = getattr(view, MARK, None)
    return found


def may(role: Role) -> bool:
    """Whether the one who asks has this role, or a higher one."""
    held = current_user.role if current_user.is_authenticated else Role.ANYBODY
    return _RANK[held] >= _RANK[role]


def guard() -> Answer | Response | None:
    """Runs before every request. Answers 401, 403 or a redirect to the sign-in where the role is missing."""
    if request.endpoint is None:
        return None
    wanted = needed(request.endpoint)
    if wanted is not None and may(wanted):
        return None
    if wanted is None or current_user.is_authenticated:
        abort(403, NOT_ALLOWED)
    if for_programs() or request.method not in ("GET", "HEAD"):
        abort(401)
    return redirect(url_for("access.sign_in", next=request.full_path.rstrip("?")))


def for_programs() -> bool:
    """Whether this request is one of the JSON API."""
    return request.path.startswith("/api/")
