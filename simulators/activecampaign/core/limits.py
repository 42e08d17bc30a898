"""Rolling windows: how many requests may arrive in any stretch of so many seconds."""

from __future__ import annotations

from collections import deque


class Window:
    """Counts arrivals over `seconds`. Not thread-safe: the account's lock guards it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._arrivals: deque[float] = deque()

    def admit(self, now: float, allowed: float | None, count_refused: bool) -> int | None:
        """How many more may come in this window, or None for a refusal. `allowed` None lifts the limit."""
        while self._arrivals and now - self._arrivals[0] >= self._seconds:
            self._arrivals.popleft()
        if allowed is None:
            return 10**6
        if len(self._arrivals) >= allowed:
            if count_refused:
                self._note(now, int(allowed))
            return None
        self._arrivals.append(now)
        return int(allowed) - len(self._arrivals)

    def _note(self, now: float, allowed: int) -> None:
        # Only the latest `allowed` arrivals decide, so a storm of refused calls takes no memory.
        self._arrivals.append(now)
        while len(self._arrivals) > max(allowed, 1):
            self._arrivals.popleft()
