"""The circuit breaker of a direction (guarantee G8): what fails again and again is left alone for a while.

After a pause the next cycle is the probe. Where it fails too, the next pause is twice as long; where it goes through,
everything is as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import Final

THRESHOLD: Final = 5
FIRST: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=4)
DOUBLINGS: Final = 4
"""From the first pause to the longest."""
REMEMBERED: Final = THRESHOLD + DOUBLINGS
"""So many ends are enough to know the length of the pause."""


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """How a stream ended. failed: it was given up; read, failed_records: how many records it read, how many failed."""

    failed: bool
    read: int
    failed_records: int

    @property
    def bad(self) -> bool:
        """Whether nothing came of it. Having nothing to read is not bad: the service answered."""
        return self.failed or 0 < self.read <= self.failed_records


def trips(recent: Sequence[StreamEnd], threshold: int = THRESHOLD) -> bool:
    """Whether a direction fails persistently: its last `threshold` ends were all bad. recent: newest first."""
    return trips_in_a_row(recent, threshold) > 0


def trips_in_a_row(recent: Sequence[StreamEnd], threshold: int = THRESHOLD) -> int:
    """How often it has tripped since something last came of it: each bad end from the threshold on is one.

    recent: newest first. It can't count further than it is shown; REMEMBERED ends reach for the longest pause.
    """
    bad = sum(1 for _ in takewhile(lambda end: end.bad, recent))
    return max(bad - threshold + 1, 0)


def pause_for(trips_in_a_row: int) -> timedelta:
    """How long the direction is left alone: 15, 30, 60 minutes and so on, 4 hours at most."""
    doublings = min(max(trips_in_a_row, 1) - 1, DOUBLINGS)
    return min(FIRST * (1 << doublings), LONGEST)
