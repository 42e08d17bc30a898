"""The simulator's clock: never runs backwards, can be moved ahead, and stands still where a test wants it to."""

from __future__ import annotations

import time


class Clock:
    """Seconds since 1970. Follows the monotonic clock, so that a corrected system time cannot upset a window."""

    def __init__(self) -> None:
        self._base = time.time() - time.monotonic()

    def now(self) -> float:
        return self._base + time.monotonic()

    def advance(self, seconds: float) -> None:
        self._base += seconds


class StoppedClock(Clock):
    """Moves only when told to."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds
