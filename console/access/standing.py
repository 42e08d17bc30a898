"""Looks again, every ten minutes, at what Dynamics says of somebody who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from redis.exceptions import RedisError

from clients.entra import Identity
from console.access.roles import Role
from console.desk import desk
from engine import directory
from engine.directory import CannotTell, NotLetIn
from store import sessions

EVERY: Final = timedelta(minutes=10)
log = structlog.get_logger()


def role(row: Mapping[str, Any]) -> Role | None:
    """What the holder of a session may do now; None for somebody who is out. row: as `sessions.person` answers.

    While Dynamics is away, or Redis, which knows when it was asked last, the role stays as it is.
    """
    held = Role(row["role"])
    if row["directory_id"] is None or not looked(row["id"]):
        return held
    try:
        found, heard = directory.role_now(
            desk().services, Identity(str(row["directory_id"]), row["login"], row["name"])
        )
    except CannotTell as error:
        log.warning("console.standing_unknown", why=type(error).__name__)
        return held
    except NotLetIn:
        with desk().transaction() as tx:
            sessions.end_all(tx, row["id"])
        return None
    if found == held or not heard:
        return held
    with desk().transaction() as tx:
        sessions.set_role(tx, row["id"], found)
    return Role(found)


def looked(user_id: int) -> bool:
    """Notes a look, and answers whether it was due."""
    try:
        return bool(desk().services.redis.set(f"ac365:standing:{user_id}", 1, ex=EVERY, nx=True))
    except RedisError as error:
        log.warning("console.uncounted", kind=type(error).__name__)
        return False
