"""One time for all processes: that of PostgreSQL, wherever they run and whatever their own clocks say.

Leases, due times and what was read until when are noted by one process and compared by another. Were each to go by its
own clock, a machine that is an hour ahead would take what others hold, and leave gaps in what is read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from store.db import Database
from store.errors import StoreError

KEPT_S: Final = 10.0
"""After so many seconds PostgreSQL is asked again; until then its time is carried on."""
JUMP: Final = timedelta(seconds=1)
"""By so much the clock of the machine may differ from what was carried on before somebody has set one of them."""


class SharedClock:
    """`now` is the time of PostgreSQL. own: the clock of this machine, which counts until PostgreSQL first answers.

    Safe to share among threads: one of them asks, the others carry on meanwhile.
    """

    def __init__(
        self, db: Database, own: Callable[[], datetime], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._own, self._seconds = db, own, seconds
        self._asking = threading.Lock()
        self._told: tuple[datetime, datetime, float] | None = None

    def now(self) -> datetime:
        """The present moment, in UTC. Never raises: while PostgreSQL is away, its time is carried on."""
        if self._outdated() and self._asking.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._asking.release()
        if self._told is None:
            return self._own()
        shared, _, asked = self._told
        return shared + timedelta(seconds=self._seconds() - asked)

    def _outdated(self) -> bool:
        if self._told is None:
            return True
        _, own, asked = self._told
        passed = self._seconds() - asked
        # A machine that slept, or whose clock was set, may have missed some time altogether.
        return passed > KEPT_S or abs(self._own() - own - timedelta(seconds=passed)) > JUMP

    def _ask(self) -> None:
        own, asked = self._own(), self._seconds()
        try:
            self._told = self._db.moment(), own, asked
        except StoreError:
            if self._told:
                # Asked again later, and not by every call until then.
                shared, _, before = self._told
                self._told = shared + timedelta(seconds=asked - before), own, asked
