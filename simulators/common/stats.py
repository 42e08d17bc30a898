"""What a simulator saw: counts per route and the times of the last requests, to prove budgets from outside."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from typing import Any

KEPT = 200_000


class Stats:
    """Thread-safe counters. A route is `METHOD rule`, as the application declares it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._routes: Counter[str] = Counter()
            self._statuses: Counter[int] = Counter()
            self._times: deque[float] = deque(maxlen=KEPT)

    def arrived(self, route: str) -> None:
        with self._lock:
            self._routes[route] += 1
            self._times.append(time.monotonic())

    def answered(self, status: int) -> None:
        with self._lock:
            self._statuses[status] += 1

    def as_json(self) -> dict[str, Any]:
        """`requests`, `routes`, `statuses`, `busiest_second` (most arrivals in any rolling second) and `seconds`."""
        with self._lock:
            times = list(self._times)
            return {
                "requests": sum(self._routes.values()),
                "routes": dict(self._routes),
                "statuses": {str(status): count for status, count in self._statuses.items()},
                "busiest_second": busiest(times, 1.0),
                "seconds": round(times[-1] - times[0], 3) if times else 0.0,
            }


def busiest(times: list[float], window_s: float) -> int:
    """The largest number of arrivals in any half-open window of `window_s` seconds. `times` ascend."""
    most = first = 0
    for last, moment in enumerate(times):
        while moment - times[first] >= window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
