"""Who is asking: the holder of a session, or of a token of the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Request
from flask_login import UserMixin

from console.access import standing
from console.access.roles import Role
from console.desk import desk
from engine.tokens import hashed, new_secret
from store import api_tokens, sessions

IDLE_FOR: Final = timedelta(hours=2)
"""After this time without a word a session ends."""
LASTS: Final = timedelta(hours=12)
NOTED_EVERY: Final = timedelta(minutes=1)
BEARER: Final = "Bearer "


@dataclass(frozen=True, slots=True)
class Person(UserMixin):  # type: ignore[misc]
    """Somebody who signed in. token: of the session, "" for a program; user_id: None for a program."""

    token: str
    user_id: int | None
    login: str
    name: str
    role: Role

    def get_id(self) -> str:
        """What the browser's cookie holds: the session, not the person, so that it can be ended here."""
        return self.token

    @property
    def author(self) -> str:
        """The name in the audit log."""
        return f"{'console' if self.user_id else 'api'}:{self.login}"


def of_session(token: str) -> Person | None:
    """The holder of a session; None once it has ended."""
    now, key = desk().services.now(), hashed(token)
    with desk().transaction() as tx:
        row = sessions.person(tx, key, now, now - IDLE_FOR)
        if row is None:
            return None
        if now - row["seen_at"] > NOTED_EVERY:
            sessions.seen(tx, key, now)
    role = standing.role(row)
    return Person(token, row["id"], row["login"], row["name"] or row["login"], role) if role else None


def of_request(request: Request) -> Person | None:
    """The program that sent this request with its token; None without one that is good."""
    given = request.headers.get("Authorization", "")
    if not given.startswith(BEARER):
        return None
    with desk().transaction() as tx:
        row = api_tokens.holder(tx, hashed(given.removeprefix(BEARER).strip()), desk().services.now())
    return Person("", None, row["name"], row["name"], Role(row["role"])) if row else None


def begin(user_id: int, role: Role) -> str:
    """Begins a session; answers with its token."""
    token, now = new_secret(), desk().services.now()
    with desk().transaction() as tx:
        sessions.prune(tx, now, now - IDLE_FOR)
        sessions.begin(tx, hashed(token), user_id, role, now + LASTS)
    return token
