"""Tokens that programs sign in with at the JSON API, and the secrets of sessions: only what is made of them is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from store import api_tokens, audit
from store.db import Tx

LONGEST: Final = timedelta(days=3653)


def hashed(secret: str) -> bytes:
    """What is kept of a secret. They are long and random, so one round is enough."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """A secret that nobody guesses, 256 bits."""
    return secrets.token_urlsafe(32)


def wrong_end(ends_at: datetime | None, now: datetime) -> str:
    """What is wrong with the end of a token, in words; "" for nothing."""
    if ends_at is None or now < ends_at < now + LONGEST:
        return ""
    return "That is over already." if ends_at <= now else "Take an end within ten years, or none."


def make(tx: Tx, name: str, role: str, ends_at: datetime | None, author: str) -> tuple[int, str]:
    """Makes a token; answers with its id and with the token itself, which nobody can be told again.

    Raises ValueError when there is one of this name.
    """
    secret = new_secret()
    made = api_tokens.make(tx, name, role, hashed(secret), author, ends_at)
    if made is None:
        raise ValueError(f"there is a token named {name} already")
    ends = ends_at.isoformat() if ends_at else None
    audit.write(tx, None, author, "make token", name, after={"role": role, "ends_at": ends})
    return made, secret


def remove(tx: Tx, token_id: int, author: str) -> str:
    """Makes a token worthless; answers with its name. Raises LookupError."""
    name = api_tokens.remove(tx, token_id)
    if name is None:
        raise LookupError("there is no such token")
    audit.write(tx, None, author, "remove token", name)
    return name
