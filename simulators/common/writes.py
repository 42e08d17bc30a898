"""The newest writes one by one, so that a test can tell what was changed, by whom and in which order."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

KEPT = 10_000


class WriteLog:
    """Numbered from 1, thread-safe. Only the newest are kept."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._kept: deque[dict[str, Any]] = deque(maxlen=kept)
        self._last = 0

    def add(self, **entry: Any) -> None:
        with self._lock:
            self._last += 1
            self._kept.append({"number": self._last, **entry})

    def since(self, number: int) -> dict[str, Any]:
        """`writes` after this number, oldest first, and the `last` number, to ask with the next time."""
        with self._lock:
            return {"last": self._last, "writes": [entry for entry in self._kept if entry["number"] > number]}

    def reset(self) -> None:
        """Forgets the writes; the numbers go on."""
        with self._lock:
            self._kept.clear()
