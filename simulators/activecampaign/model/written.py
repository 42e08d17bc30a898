"""Statistics of the simulator: beside requests, how many contacts were written through which door."""

from __future__ import annotations

from collections import Counter
from typing import Any

from simulators.common.stats import Stats


class Written(Stats):
    """Makes `writes` of the statistics the contacts written per route; a bulk import counts each of its rows.

    The number of requests that changed something is `write_requests` alone here.
    """

    def reset(self) -> None:
        super().reset()
        with self._lock:
            self._writes: Counter[str] = Counter()

    def wrote(self, route: str, contacts: int = 1) -> None:
        with self._lock:
            self._writes[route] += contacts

    def as_json(self) -> dict[str, Any]:
        with self._lock:
            writes = dict(self._writes)
        return {**super().as_json(), "writes": writes}
