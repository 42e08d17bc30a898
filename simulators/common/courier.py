"""Sends what a service itself sends out: webhooks and callbacks."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable

_PEEK_S = 0.05


class Courier:
    """Runs parcels when they are due, one after the other, in a thread that ends as soon as none is left.

    `now` is the simulator's clock, in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._parcels: list[tuple[float, int, Callable[[], None]]] = []
        self._posted = 0
        self._thread: threading.Thread | None = None

    def post(self, due: float, deliver: Callable[[], None]) -> None:
        """Takes a parcel. `deliver` must not raise. `due` is a second of the simulator's clock."""
        with self._changed:
            self._posted += 1
            heapq.heappush(self._parcels, (due, self._posted, deliver))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def wait_idle(self, timeout_s: float) -> bool:
        """Whether every parcel was delivered within this time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._thread is None, timeout_s)

    def forget(self) -> None:
        """Drops what is not yet delivered."""
        with self._changed:
            self._parcels.clear()

    def _run(self) -> None:
        while (deliver := self._next()) is not None:
            deliver()

    def _next(self) -> Callable[[], None] | None:
        while True:
            with self._changed:
                if not self._parcels:
                    self._thread = None
                    self._changed.notify_all()
                    return None
                if self._parcels[0][0] <= self._now():
                    return heapq.heappop(self._parcels)[2]
            # The clock can be moved from outside, so the next due time is looked at again and again.
            time.sleep(_PEEK_S)
