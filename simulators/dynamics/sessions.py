"""Sessions of people's browsers: a cookie in place of a bearer token, for requests from the environment's own pages.

Dynamics' pages call the Web API so (Microsoft Learn, "Use the Web API": client-side code in web resources needs no
authentication code). The name of the cookie is that of the service.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from simulators.dynamics.errors import ApiError

COOKIE = "CrmOwinAuth"
OWN_SITES = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site: from a page of the environment, or from the person's own hand."""


class Sessions:
    """Who is signed in, by the secret of the cookie. Thread-safe."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}
        self._lock = threading.Lock()

    def begin(self, user: str) -> str:
        """Begins a session for a systemuser, by id, and answers with the cookie's value."""
        secret = secrets.token_urlsafe(24)
        with self._lock:
            self._users[secret] = user
        return secret

    def end(self, secret: str) -> None:
        """Ends one session; an unknown secret is none."""
        with self._lock:
            self._users.pop(secret, None)

    def user(self, headers: Mapping[str, str]) -> str | None:
        """Whose session the cookie names, None without one that is known."""
        return self._users.get(secret_of(headers))


def secret_of(headers: Mapping[str, str]) -> str:
    """The secret in the cookie header, "" without one."""
    try:
        found = SimpleCookie(headers.get("Cookie") or "").get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def refuse_foreign(headers: Mapping[str, str], host: str) -> None:
    """Raises ApiError (403) for a request with the cookie that a page of another site sent.

    `host` is the environment's host with its port. The service documents no such refusal, since its cookie isn't sent
    from there at all; to refuse is the strict reading.
    """
    origin = headers.get("Origin")
    foreign = origin is not None and origin.partition("://")[2] != host
    if foreign or headers.get("Sec-Fetch-Site", "none") not in OWN_SITES:
        raise ApiError(403, "0x80040220", "A session of this environment serves only pages of this environment.")
