"""Sign-in with a password, the first administrator, and the lock after failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from console.access import people
from console.access.people import Person
from console.access.roles import Role
from console.access.throttle import Refused
from console.desk import desk
from engine import users as use_case
from store import audit, users

ALLOWED: Final = 5
"""So many failed sign-ins in a row lock a name."""
LOCKED_FOR: Final = timedelta(minutes=15)
LOCKED: Final = "Too many failed sign-ins: this name is locked for 15 minutes."
WRONG: Final = "Name or password is wrong."


def check(login: str, password: str) -> Person:
    """The person, in a new session. Raises Refused; how long that takes doesn't tell whether there is such a name.

    Somebody of the directory has no password here.
    """
    services = desk().services
    now = services.now()
    with services.db.transaction() as tx:
        row = users.by_login(tx, login.strip())
    if row and row["locked_until"] and row["locked_until"] > now:
        raise Refused(LOCKED)
    fits = use_case.fits(row, password)
    if not row:
        raise Refused(WRONG)
    if not (fits and row["active"]):
        _failed(row["id"], row["login"])
    with services.db.transaction() as tx:
        users.signed_in(tx, row["id"], now)
    return again(row, Role(row["role"]))


def again(row: dict[str, Any], role: Role) -> Person:
    """The same person in another session."""
    return Person(people.begin(row["id"], role), row["id"], row["login"], row["name"] or row["login"], role)


def _failed(user_id: int, login: str) -> None:
    until = desk().services.now() + LOCKED_FOR
    with desk().transaction() as tx:
        locked = users.failed(tx, user_id, allowed=ALLOWED, until=until)
        if locked == until:
            audit.write(tx, None, f"console:{login}", "lock", login)
    raise Refused(LOCKED if locked == until else WRONG)


def first(login: str, name: str, password: str) -> Person | None:
    """Makes the first administrator and signs them in; None when there is somebody already."""
    login, name = login.strip().lower(), name.strip()
    with desk().transaction() as tx:
        user_id = use_case.add_first(tx, login, name, password, "console:welcome")
    if user_id is None:
        return None
    return Person(people.begin(user_id, Role.ADMINISTRATOR), user_id, login, name or login, Role.ADMINISTRATOR)
