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


def set_password(tx: Tx, user_id: int, password: str, author: str) -> None:
    """Gives somebody a new password, which ends a lock and every session. Raises ValueError, LookupError."""
    _demand_length(password)
    found = users.get(tx, user_id)
    if found is None:
        raise LookupError("there is no such user")
    users.set_password(tx, user_id, generate_password_hash(password))
    sessions.end_all(tx, user_id)
    audit.write(tx, None, author, "set password", found["login"])


def remove(tx: Tx, user_id: int, author: str) -> None:
    """Removes somebody. Raises LookupError, and ValueError for the last administrator."""
    found = users.get(tx, user_id)
    if found is None:
        raise LookupError("there is no such user")
    if not users.remove(tx, user_id):
        raise ValueError(f"{found['login']} is the last administrator; make another one first")
    audit.write(tx, None, author, "remove user", found["login"], before={"role": found["role"]})


def change(tx: Tx, user_id: int, *, name: str, role: str | None, active: bool, author: str) -> None:
    """Changes what somebody is called and may do, which ends their sessions. Raises LookupError, ValueError."""
    found = users.get(tx, user_id)
    if found is None:
        raise LookupError("there is no such user")
    if not users.change(tx, user_id, name=name, role=role, active=active):
        raise ValueError(f"{found['login']} is the last administrator; make another one first")
    before = {"name": found["name"], "role": found["role"], "active": found["active"]}
    after = {"name": name, "role": role, "active": active}
    if before != after:
        sessions.end_all(tx, user_id)
        audit.write(tx, None, author, "change user", found["login"], before=before, after=after)


def _demand_length(password: str) -> None:
    if len(password) < SHORTEST:
        raise ValueError(TOO_SHORT)
