"""What a simulator saw: counts per route, the times of the last requests, and what the requests changed."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

KEPT = 200_000


class Stats:
    """Thread-safe counters. A route is `METHOD rule`, as the application declares it.

    Between `arrived` and `answered` the thread serves a request, and a row that changes makes it a request that
    wrote. Changes outside a request, such as what a test seeds or a person edits, are nobody's writes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._served = threading.local()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._routes: Counter[str] = Counter()
            self._statuses: Counter[int] = Counter()
            self._times: deque[float] = deque(maxlen=KEPT)
            self._writing = 0
            self._rows: dict[str, Counter[str]] = {}

    def arrived(self, route: str) -> None:
        self._served.now, self._served.changed = True, False
        with self._lock:
            self._routes[route] += 1
            self._times.append(time.monotonic())

    def answered(self, status: int) -> None:
        changed = getattr(self._served, "changed", False)
        self._served.now = self._served.changed = False
        with self._lock:
            self._statuses[status] += 1
            self._writing += changed

    def row(self, table: str, how: str) -> None:
        """A row was `created`, `updated` or `deleted`."""
        later = getattr(self._served, "later", False)
        if not (later or getattr(self._served, "now", False)):
            return
        if not later:
            self._served.changed = True
        with self._lock:
            self._rows.setdefault(table, Counter())[how] += 1

    def changing(self) -> None:
        """The present request changes something that is no row, or not yet one."""
        self._served.changed = getattr(self._served, "now", False)

    @contextmanager
    def later(self) -> Iterator[None]:
        """Rows inside were asked for by a request of the past: they count, the present request did not write them."""
        self._served.later = True
        try:
            yield
        finally:
            self._served.later = False

    def as_json(self) -> dict[str, Any]:
        """What `/_sim/stats` answers.

        `requests`, `routes`, `statuses`, `busiest_second` (most arrivals in any rolling second) and `seconds`;
        `write_requests`, also called `writes`, is the number of requests that changed something, however many rows
        each; `rows_written` counts rows by table as `created`, `updated` and `deleted`.
        """
        with self._lock:
            times = list(self._times)
            return {
                "requests": sum(self._routes.values()),
                "routes": dict(self._routes),
                "statuses": {str(status): count for status, count in self._statuses.items()},
                "busiest_second": busiest(times, 1.0),
                "seconds": round(times[-1] - times[0], 3) if times else 0.0,
                "write_requests": self._writing,
                "writes": self._writing,
                "rows_written": {table: dict(counts) for table, counts in self._rows.items()},
            }


def busiest(times: list[float], window_s: float) -> int:
    """The largest number of arrivals in any half-open window of `window_s` seconds. `times` ascend."""
    most = first = 0
    for last, moment in enumerate(times):
        while moment - times[first] >= window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
