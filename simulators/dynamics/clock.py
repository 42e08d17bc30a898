"""The simulated clock: real time plus an offset, so that seven days can pass in a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

STAMP = "%Y-%m-%dT%H:%M:%SZ"


class Clock:
    """`now` in UTC. Advancing it ages tokens, windows and indexes alike."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def reset(self) -> None:
        """Real time again."""
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def seconds(self) -> float:
        """Seconds since the epoch, on the simulated clock."""
        return self.now().timestamp()

    def stamp(self) -> str:
        """The present moment as the wire shows it: whole seconds, cut."""
        return self.now().strftime(STAMP)

    def advance(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)
