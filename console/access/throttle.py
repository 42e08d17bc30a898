"""How often one address may try to sign in: whoever tries many names meets no lock of a name."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Final

import structlog
from flask import request
from redis.exceptions import RedisError

from console.desk import desk

WINDOW: Final = timedelta(minutes=15)
FAILED: Final = ("failed", 30)
"""Failed sign-ins of one address in a window."""
BEGUN: Final = ("begun", 120)
"""Sign-ins at Microsoft that one address may begin in a window: each asks there and is kept for a while."""
TOO_MANY: Final = "Too many tries from your address. Wait for 15 minutes."
log = structlog.get_logger()


class Refused(Exception):
    """A sign-in that is refused; the text may be shown."""

    status = 422


class TooMany(Refused):
    """Refused without a look, because of what came from this address before."""

    status = 429


def admit(kind: tuple[str, int] = FAILED) -> None:
    """Lets a try through. Raises TooMany. Without Redis there is no count, and the lock of names remains."""
    name, allowed = kind
    try:
        tried = int(desk().services.redis.get(_key(name)) or 0)
    except RedisError as error:
        log.warning("console.uncounted", kind=type(error).__name__)
        return
    if tried >= allowed:
        raise TooMany(TOO_MANY)


def count(kind: tuple[str, int] = FAILED) -> None:
    """Counts one. The window begins with the first and isn't made longer by more."""
    key, redis = _key(kind[0]), desk().services.redis
    try:
        redis.set(key, 0, ex=WINDOW, nx=True)
        redis.incr(key)
    except RedisError as error:
        log.warning("console.uncounted", kind=type(error).__name__)


def _key(name: str) -> str:
    return f"ac365:sign-ins:{name}:{_network(request.remote_addr or '')}"


def _network(address: str) -> str:
    """The address; of version 6 the network, since one household has all addresses of it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
