"""Users of the console: added with a password of their own, by a page or by a command."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Final

from werkzeug.security import check_password_hash, generate_password_hash

from store import audit, sessions, users
from store.db import Tx

ROLES: Final = ("administrator", "user")
SHORTEST: Final = 12
TOO_SHORT: Final = f"the password has fewer than {SHORTEST} characters"
WRONG_OLD: Final = "this is not your password of now"
LARGEST: Final = 2**31 - 1
"""Of an id in the database."""
_NOBODY: Final = "scrypt:32768:8:1$iBwyxV1nkVuYbBkO$" + "0" * 128


def code(secret_keys: Sequence[str]) -> str:
    """What the first administrator shows to be somebody who runs this installation: every process names the same."""
    digest = hmac.new(secret_keys[0].encode(), b"ac365 first administrator", hashlib.sha256).hexdigest()
    return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def fits(row: dict[str, Any] | None, password: str) -> bool:
    """Whether this is the password of a user; without one it takes as long and is not."""
    kept = (row or {}).get("password_hash")
    return check_password_hash(kept or _NOBODY, password) and bool(kept)


def add(tx: Tx, login: str, name: str, role: str, password: str, author: str) -> int:
    """Adds somebody with a password; answers with the id. Raises ValueError with what is wrong."""
    _demand_length(password)
    added = users.add(tx, login, name, role, author, password_hash=generate_password_hash(password))
    if added is None:
        raise ValueError(f"there is a user named {login.lower()} already")
    audit.write(tx, None, author, "add user", login.lower(), after={"role": role})
    return added


def add_first(tx: Tx, login: str, name: str, password: str, author: str) -> int | None:
    """Adds the first administrator; None when there is somebody already. Raises ValueError with what is wrong."""
    _demand_length(password)
    added = users.add_first(tx, login, name, generate_password_hash(password), author)
    if added is not None:
        audit.write(tx, None, author, "add user", login.lower(), after={"role": ROLES[0]})
    return added


def get(tx: Tx, user_id: int) -> dict[str, Any]:
    """One person: the columns of the table. Raises LookupError."""
    found = users.get(tx, user_id) if user_id <= LARGEST else None
    if found is None:
        raise LookupError("there is no such user")
    return dict(found)


def unlock(tx: Tx, user_id: int, author: str) -> bool:
    """Ends a lock after failed sign-ins; answers whether there was anything to end. Raises LookupError."""
    found = get(tx, user_id)
    ended = users.unlock(tx, user_id)
    if ended:
        audit.write(tx, None, author, "unlock", found["login"])
    return ended


def end_sessions(tx: Tx, user_id: int, author: str) -> int:
    """Signs somebody out everywhere; answers with how many sessions that were. Raises LookupError."""
    found = get(tx, user_id)
    ended = sessions.end_all(tx, user_id)
    if ended:
        audit.write(tx, None, author, "end sessions", found["login"], after={"ended": ended})
    return ended


def change_own_password(tx: Tx, user_id: int, old: str, new: str, author: str) -> None:
    """The same by the person, who knows the old one; every session ends. Raises LookupError, ValueError."""
    if not fits(get(tx, user_id), old):
        raise ValueError(WRONG_OLD)
    set_password(tx, user_id, new, author)


def set_password(tx: Tx, user_id: int, password: str, author: str) -> None:
    """Gives somebody a new password, which ends a lock and every session. Raises ValueError, LookupError."""
    _demand_length(password)
    found = get(tx, user_id)
    if found["directory_id"]:
        raise ValueError("who signs in with Microsoft has no password here")
    users.set_password(tx, user_id, generate_password_hash(password))
    sessions.end_all(tx, user_id)
    audit.write(tx, None, author, "set password", found["login"])


def remove(tx: Tx, user_id: int, author: str) -> None:
    """Removes somebody. Raises LookupError, and ValueError for the last administrator."""
    found = get(tx, user_id)
    if not users.remove(tx, user_id):
        raise ValueError(f"{found['login']} is the last administrator; make another one first")
    audit.write(tx, None, author, "remove user", found["login"], before={"role": found["role"]})


def change(tx: Tx, user_id: int, *, name: str, role: str | None, active: bool, author: str) -> None:
    """Changes what somebody is called and may do; another role ends their sessions. Raises LookupError, ValueError.

    role: None for what Dynamics gives, for people of the directory only.
    """
    found = get(tx, user_id)
    if role is None and not found["directory_id"]:
        raise ValueError("who signs in with a password needs a role")
    if not users.change(tx, user_id, name=name, role=role, active=active):
        raise ValueError(f"{found['login']} is the last administrator; make another one first")
    before = {"name": found["name"], "role": found["role"], "active": found["active"]}
    after = {"name": name, "role": role, "active": active}
    if (found["role"], found["active"]) != (role, active):
        sessions.end_all(tx, user_id)
    if before != after:
        audit.write(tx, None, author, "change user", found["login"], before=before, after=after)


def _demand_length(password: str) -> None:
    if len(password) < SHORTEST:
        raise ValueError(TOO_SHORT)
