"""One time for all processes: that of PostgreSQL, wherever they run and whatever their own clocks say.

Leases, due times and what was read until when are noted by one process and compared by another. Were each to go by its
own clock, a machine that is an hour ahead would take what others hold, and leave gaps in what is read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from store.db import Database
from store.errors import StoreError

KEPT_S: Final = 10.0
"""After so many seconds PostgreSQL is asked again; until then its time is carried on."""
AGAIN_S: Final = 1.0
"""So soon it is asked again when it did not answer."""
JUMP: Final = timedelta(seconds=1)
"""By so much the clock of the machine may differ from what was carried on before somebody has set one of them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What time it was: for everybody, by the clock of this machine, and in seconds of one that only runs. kept_s: how
    long that is good for."""

    shared: datetime
    own: datetime
    at_s: float
    kept_s: float = KEPT_S


class SharedClock:
    """`now` is the time of PostgreSQL. own: the clock of this machine, which counts until PostgreSQL first answers.

    Safe to share among threads: one of them asks, the others carry on meanwhile.
    """

    def __init__(
        self, db: Database, own: Callable[[], datetime], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._own, self._seconds = db, own, seconds
        self._asking = threading.Lock()
        self._last: Moment | None = None

    def now(self) -> datetime:
        """The present moment, in UTC. Never raises: while PostgreSQL is away, its time is carried on."""
        if self._outdated() and self._asking.acquire(blocking=False):
            try:
                self._last = self._asked()
            finally:
                self._asking.release()
        return self._carried()

    def _outdated(self) -> bool:
        if self._last is None:
            return True
        passed = self._seconds() - self._last.at_s
        # A machine that slept, or whose clock was set, may have missed some time altogether.
        return passed > self._last.kept_s or abs(self._own() - self._last.own - timedelta(seconds=passed)) > JUMP

    def _carried(self) -> datetime:
        if self._last is None:
            return self._own()
        return self._last.shared + timedelta(seconds=self._seconds() - self._last.at_s)

    def _asked(self) -> Moment:
        try:
            shared, kept_s = self._db.moment(), KEPT_S
        except StoreError:
            shared, kept_s = self._carried(), AGAIN_S
        return Moment(shared, self._own(), self._seconds(), kept_s)
