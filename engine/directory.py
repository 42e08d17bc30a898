"""People of the directory: whether they may come in, with which role, and who there is to add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from clients import connect
from clients.dynamics import Dynamics
from clients.entra import Identity
from clients.guard import Private
from clients.registration import Registration
from engine.standing import GIVES, highest, role_given, why_not
from store import audit, connections, users
from store.db import Database, Tx
from store.vault import Vault
from sync.errors import SyncError

MOST: Final = 10
"""So many people are shown of those that a search finds."""
SIGN_IN: Final = "console:sign-in"
NOTHING: Final = "Nothing is connected yet: sign in with a password."
OFF: Final = "{} was switched off here. Ask an administrator of ac365 to switch you on again."
NO_ROLE: Final = (
    "{} has no role here. Ask an administrator of ac365 to add you on the page Users, "
    "or an administrator of Dynamics for the security role ActiveCampaign User."
)
AWAY: Final = (
    "Dynamics can't tell who you are at the moment: {}. Try again later. Whoever has a password here can sign in."
)


class NotLetIn(Exception):
    """Somebody signed in at Microsoft and may not come in; the text may be shown."""


class CannotTell(NotLetIn):
    """Nobody could be asked."""


class Services(Protocol):
    """The part of a process's services that is needed here."""

    @property
    def db(self) -> Database:
        """The database."""

    @property
    def private(self) -> Private:
        """What inside may be asked."""

    @property
    def vault(self) -> Vault:
        """Encrypts and decrypts credentials."""

    def clients(self, connection: dict[str, Any]) -> tuple[Any, Any, Any]:
        """Both clients and the budget of a connection."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who may come in. role: the highest that Dynamics or the console gives."""

    user_id: int
    login: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody in Dynamics. role: what the security roles there give; added: whether the console knows them already."""

    directory_id: str
    login: str
    name: str
    role: str | None
    added: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in all environments together. away: why one didn't answer, where that may matter."""

    role: str | None
    away: str


def first_connection(tx: Tx) -> dict[str, Any] | None:
    """The connection whose app registration people sign in by."""
    rows = connections.listed(tx)
    return dict(rows[0]) if rows else None


def registration(services: Services) -> Registration:
    """The app registration that people sign in by. Raises NotLetIn while nothing is connected."""
    with services.db.transaction() as tx:
        row = first_connection(tx)
    if row is None:
        raise NotLetIn(NOTHING)
    return connect.registration(row, services.vault.decrypt(row["secrets"]), services.private)


def let_in(services: Services, identity: Identity, now: datetime) -> Entered:
    """Lets somebody in who signed in at Microsoft, and keeps what they are called. Raises NotLetIn."""
    role, _ = role_now(services, identity)
    with services.db.transaction() as tx:
        user_id = _keep(tx, users.by_directory(tx, identity.directory_id), identity)
        users.signed_in(tx, user_id, now)
    return Entered(user_id, identity.login, identity.name, role)


def role_now(services: Services, identity: Identity) -> tuple[str, bool]:
    """What somebody may do at the moment, and whether every environment was heard. Raises NotLetIn, CannotTell."""
    standing = _standing(services, identity)
    with services.db.transaction() as tx:
        row = users.by_directory(tx, identity.directory_id)
    if row and not row["active"]:
        raise NotLetIn(OFF.format(identity.login))
    role = highest([standing.role, row["role"] if row else None])
    if role is None and standing.away:
        raise CannotTell(AWAY.format(standing.away))
    if role is None:
        raise NotLetIn(NO_ROLE.format(identity.login))
    return role, not standing.away


def search(services: Services, text: str) -> list[Found]:
    """Up to ten people in Dynamics whose name or address holds this text. Raises SyncError."""
    found: dict[str, Found] = {}
    with services.db.transaction() as tx:
        rows = _of_one_tenant(tx)
        added = {str(one) for one in users.directory_ids(tx)}
    for row in rows:
        for one in _found(services.clients(row)[0], text, added):
            other = found.get(one.directory_id, one)
            role = highest([one.role, other.role])
            found[one.directory_id] = Found(one.directory_id, one.login, one.name, role, one.added)
    return sorted(found.values(), key=lambda one: one.name.lower())[:MOST]


def person(services: Services, directory_id: str) -> Identity:
    """Somebody in Dynamics, to be added. Raises LookupError where no environment knows them, and SyncError."""
    with services.db.transaction() as tx:
        rows = _of_one_tenant(tx)
    for row in rows:
        user = services.clients(row)[0].user(directory_id)
        if user is not None and not why_not(user):
            return Identity(directory_id, user.login or directory_id, user.name or user.login)
    raise LookupError("Dynamics has no such user who may sign in")


def add(tx: Tx, identity: Identity, role: str | None, author: str) -> int:
    """Adds somebody who signs in with Microsoft; answers with the id. Raises ValueError for somebody who is here.

    role: None for what Dynamics gives.
    """
    if users.by_directory(tx, identity.directory_id):
        raise ValueError(f"there is a user {identity.login} already")
    user_id = _add(tx, identity, role, author)
    audit.write(tx, None, author, "add user", identity.login, after={"role": role})
    return user_id


def _standing(services: Services, identity: Identity) -> Standing:
    """How somebody stands in all environments of the tenant. Raises NotLetIn for somebody whom none lets in."""
    with services.db.transaction() as tx:
        rows = _of_one_tenant(tx)
    roles: list[str | None] = []
    reasons, away = [], ""
    for row in rows:
        try:
            reason, role = _in_environment(services.clients(row)[0], identity.directory_id)
        except SyncError as error:
            away = away or error.message
            continue
        reasons.append(reason)
        roles += [] if reason else [role]
    if not roles:
        if away or not reasons:
            raise CannotTell(AWAY.format(away or "nothing is connected"))
        raise NotLetIn(f"{identity.login} {max(reasons)}.")
    return Standing(highest(roles), away)


def _in_environment(dynamics: Dynamics, directory_id: str) -> tuple[str, str | None]:
    user = dynamics.user(directory_id)
    reason = why_not(user)
    return reason, None if reason or user is None else role_given(user, dynamics.root_roles(list(GIVES)))


def _found(dynamics: Dynamics, text: str, added: set[str]) -> list[Found]:
    people = dynamics.users_like(text, MOST)
    named: Mapping[str, str] = dynamics.root_roles(list(GIVES)) if people else {}
    return [
        Found(one.directory_id, one.login, one.name, role_given(one, named), one.directory_id in added)
        for one in people
    ]


def _of_one_tenant(tx: Tx) -> Sequence[dict[str, Any]]:
    """Object ids mean something within their tenant only, which is that of the first connection."""
    rows = [dict(row) for row in connections.listed(tx)]
    return [row for row in rows if row["dynamics_tenant_id"].lower() == rows[0]["dynamics_tenant_id"].lower()]


def _keep(tx: Tx, row: Mapping[str, Any] | None, identity: Identity) -> int:
    """The id of somebody's row, which is made or corrected."""
    if row is None:
        user_id = _add(tx, identity, None, SIGN_IN)
        audit.write(tx, None, SIGN_IN, "add user", identity.login, after={"role": None})
        return user_id
    if (row["login"], row["name"]) != (identity.login, identity.name):
        users.rename(tx, row["id"], identity.login, identity.name)
    return int(row["id"])


def _add(tx: Tx, identity: Identity, role: str | None, author: str) -> int:
    """Somebody with a password may have the same name here: then the directory's id stands behind it."""
    for login in (identity.login, f"{identity.login} ({identity.directory_id})"):
        added = users.add(tx, login, identity.name, role, author, directory_id=identity.directory_id)
        if added is not None:
            return added
    # Another browser of the same person was quicker.
    found = users.by_directory(tx, identity.directory_id)
    return int(found["id"]) if found else 0
