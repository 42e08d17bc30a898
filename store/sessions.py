"""Sessions of the console, and sign-ins at the directory that have begun. Only hashes of their secrets are kept."""

from __future__ import annotations

from datetime import datetime

from store.statements import Row, Statements, Tx

SQL = Statements("sessions")


def begin(tx: Tx, token_hash: bytes, user_id: int, role: str, ends_at: datetime) -> None:
    """Somebody signed in, with the role of this moment."""
    SQL.run(tx, "begin", token_hash=token_hash, user_id=user_id, role=role, ends_at=ends_at)


def person(tx: Tx, token_hash: bytes, now: datetime, seen_after: datetime) -> Row | None:
    """Who holds this session: id, login, name, role, directory_id, seen_at. None once it has ended or was idle."""
    return SQL.row(tx, "person", token_hash=token_hash, now=now, seen_after=seen_after)


def seen(tx: Tx, token_hash: bytes, now: datetime) -> None:
    """Notes that the session is in use."""
    SQL.run(tx, "seen", token_hash=token_hash, now=now)


def end(tx: Tx, token_hash: bytes) -> None:
    """Signs out."""
    SQL.run(tx, "end", token_hash=token_hash)


def listed(tx: Tx, user_id: int) -> list[Row]:
    """Where a person is signed in, the latest first: ref (its name, no secret), role, made_at, seen_at."""
    return SQL.rows(tx, "listed", user_id=user_id)


def end_one(tx: Tx, user_id: int, ref: str) -> bool:
    """Ends one session of a person by its ref; False when there is none."""
    return SQL.run(tx, "end_one", user_id=user_id, ref=ref) == 1


def ref(token_hash: bytes) -> str:
    """What `listed` calls a session."""
    return token_hash[:8].hex()


def set_role(tx: Tx, user_id: int, role: str) -> None:
    """Gives all sessions of a person another role."""
    SQL.run(tx, "set_role", user_id=user_id, role=role)


def end_all(tx: Tx, user_id: int) -> int:
    """Signs a person out everywhere; answers with how many sessions that were."""
    return SQL.run(tx, "end_all", user_id=user_id)


def begin_sign_in(tx: Tx, state_hash: bytes, flow: bytes, ends_at: datetime) -> None:
    """A sign-in at the directory begins. flow: sealed by `Vault.encrypt`."""
    SQL.run(tx, "begin_sign_in", state_hash=state_hash, flow=flow, ends_at=ends_at)


def finish_sign_in(tx: Tx, state_hash: bytes, now: datetime) -> bytes | None:
    """Takes a sign-in that has begun. None: there is none, it is too old, or it was finished before."""
    found: bytes | None = SQL.value(tx, "finish_sign_in", state_hash=state_hash, now=now)
    return found


def prune(tx: Tx, now: datetime, seen_before: datetime) -> None:
    """Removes sessions and sign-ins that have ended."""
    SQL.run(tx, "prune", now=now, seen_before=seen_before)
    SQL.run(tx, "prune_sign_ins", now=now)
