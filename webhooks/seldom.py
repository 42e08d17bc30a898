"""Log lines that strangers can cause, at most one a minute, so that nobody fills the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

EVERY_S = 60.0
log = structlog.get_logger()


class Seldom:
    """Tells how often something happened since it was told last."""

    def __init__(self, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: seconds that never run backwards."""
        self._event = event
        self._clock = clock
        self._changing = threading.Lock()
        self._told_at = float("-inf")
        self._times = 0

    def happened(self, **facts: str) -> None:
        """Logs the event with these facts and how many there were, unless the last line is younger than a minute."""
        with self._changing:
            self._times += 1
            if self._clock() - self._told_at < EVERY_S:
                return
            self._told_at, told, self._times = self._clock(), self._times, 0
        log.warning(self._event, times=told, **facts)
