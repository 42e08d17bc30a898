"""What a process knows for a moment, so that a hurry of requests doesn't ask the same again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

MOST: Final = 1_000

_known: dict[tuple[Any, ...], tuple[Any, datetime]] = {}


def kept(key: tuple[Any, ...], now: datetime, good_for: timedelta, ask: Callable[[], Any]) -> Any:
    """What was found out under this key less than `good_for` ago, or else what `ask` says now."""
    found = _known.get(key)
    if found is not None and found[1] > now:
        return found[0]
    if len(_known) >= MOST:
        forget()
    answer = ask()
    _known[key] = (answer, now + good_for)
    return answer


def forget() -> None:
    """Everything is asked for anew."""
    _known.clear()
