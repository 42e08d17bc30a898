"""How requests stand: how many wait, since when, and how the latest were answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store import listening, requests
from store.db import Tx


def brief(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> dict[str, Any] | None:
    """A few numbers that cost little: {open, oldest, answers, answered_at, heard_at, error}; None while it is off.

    answers: how many of the latest hundred were answered within a day, by state; error: what keeps Dynamics from being
    heard.
    """
    if not (document.get("panel") or {}).get("enabled"):
        return None
    ear = listening.get(tx, connection_id)
    heard = {name: ear[name] if ear else None for name in ("heard_at", "error")}
    return {**requests.standing(tx, connection_id), **heard}
