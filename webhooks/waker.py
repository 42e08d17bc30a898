"""Sends wake-ups beside the answers, so that no answer waits for a broker that doesn't reply."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import structlog

from engine.wake import Wake

log = structlog.get_logger()


class Waker:
    """A thread that sends what it is handed. A wake-up that waits already isn't sent twice.

    What can't be sent is dropped: the sweep finds the same work in Postgres within seconds.
    """

    def __init__(self, send: Callable[[Iterable[Wake]], None]) -> None:
        self._send = send
        self._waiting: dict[Wake, None] = {}
        self._handed = threading.Condition()
        threading.Thread(target=self._work, name="waker", daemon=True).start()

    def __call__(self, wakes: Iterable[Wake]) -> None:
        """Takes wake-ups and returns at once."""
        with self._handed:
            self._waiting |= dict.fromkeys(wakes)
            self._handed.notify()

    def _work(self) -> None:
        while True:
            with self._handed:
                self._handed.wait_for(lambda: self._waiting)
                wakes, self._waiting = list(self._waiting), {}
            try:
                self._send(wakes)
            except Exception as error:
                # Whatever it was, the thread must live on.
                log.warning("wake_not_sent", error=type(error).__name__)
