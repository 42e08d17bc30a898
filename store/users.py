"""Users of the console: who they are, what they may do, and how their sign-ins went."""

from __future__ import annotations

from datetime import datetime

from store.statements import Row, Statements, Tx

SQL = Statements("users")


def anybody(tx: Tx) -> bool:
    """Whether anybody may sign in."""
    return bool(SQL.value(tx, "any"))


def listed(tx: Tx) -> list[Row]:
    """Everybody by name: the columns of the table, `has_password` in place of the hash."""
    return SQL.rows(tx, "listed")


def page(tx: Tx, after: str, limit: int) -> list[Row]:
    """So many people whose name to sign in with comes after this one, with the columns of `listed`."""
    return SQL.rows(tx, "page", after=after, limit=limit)


def directory_ids(tx: Tx) -> list[str]:
    """The object ids of all who come from the directory."""
    return [row["directory_id"] for row in SQL.rows(tx, "directory_ids")]


def get(tx: Tx, user_id: int) -> Row | None:
    """One person: the columns of the table."""
    return SQL.row(tx, "get", id=user_id)


def by_login(tx: Tx, login: str) -> Row | None:
    """The person who signs in by this name, in any case of letters."""
    return SQL.row(tx, "by_login", login=login)


def by_directory(tx: Tx, directory_id: str) -> Row | None:
    """The person whom the directory knows by this object id."""
    return SQL.row(tx, "by_directory", directory_id=directory_id)


def add(
    tx: Tx,
    login: str,
    name: str,
    role: str | None,
    author: str,
    *,
    directory_id: str | None = None,
    password_hash: str | None = None,
) -> int | None:
    """Adds somebody; answers with the id, None when the name or the directory id is taken.

    role: None for what the security roles in Dynamics give, for people of the directory only.
    """
    added: int | None = SQL.value(
        tx,
        "add",
        login=login,
        name=name,
        role=role,
        author=author,
        directory_id=directory_id,
        password_hash=password_hash,
    )
    return added


def add_first(tx: Tx, login: str, name: str, password_hash: str, author: str) -> int | None:
    """Adds the first administrator; None when there is somebody already."""
    SQL.run(tx, "lock")
    added: int | None = SQL.value(tx, "add_first", login=login, name=name, password_hash=password_hash, author=author)
    return added


def change(tx: Tx, user_id: int, *, name: str, role: str | None, active: bool) -> bool:
    """Changes a person. False: there is none, or it is the last administrator and would not be one any more."""
    SQL.run(tx, "lock")
    return SQL.run(tx, "change", id=user_id, name=name, role=role, active=active) == 1


def remove(tx: Tx, user_id: int) -> bool:
    """Removes a person. False: there is none, or it is the last administrator."""
    SQL.run(tx, "lock")
    return SQL.run(tx, "remove", id=user_id) == 1


def rename(tx: Tx, user_id: int, login: str, name: str) -> None:
    """What the directory calls a person now; the login stays where somebody else has the new one."""
    SQL.run(tx, "rename", id=user_id, login=login, name=name)


def unlock(tx: Tx, user_id: int) -> bool:
    """Ends a lock and forgets failed sign-ins; False where there were none."""
    return SQL.run(tx, "unlock", id=user_id) == 1


def set_password(tx: Tx, user_id: int, password_hash: str) -> bool:
    """Gives a person a new password, and another chance."""
    return SQL.run(tx, "set_password", id=user_id, password_hash=password_hash) == 1


def failed(tx: Tx, user_id: int, *, allowed: int, until: datetime) -> datetime | None:
    """Counts a failed sign-in; from `allowed` on the name is locked until then. Answers with the end of the lock."""
    found: datetime | None = SQL.value(tx, "failed", id=user_id, allowed=allowed, until=until)
    return found


def signed_in(tx: Tx, user_id: int, at: datetime) -> None:
    """Notes a sign-in; failures before it are forgotten."""
    SQL.run(tx, "signed_in", id=user_id, at=at)
