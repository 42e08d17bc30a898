"""Service protection limits, per user, in a sliding window.

Numbers and messages: Microsoft Learn, "Service protection API limits". The simulator is one web server.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from simulators.dynamics.clock import Clock
from simulators.dynamics.errors import ApiError

REQUESTS, EXECUTION, CONCURRENT = "0x80072322", "0x80072321", "0x80072326"
EXECUTION_MESSAGE = (
    "Combined execution time of incoming requests exceeded limit of {milliseconds:,} milliseconds over time window of "
    "{window} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."
)


@dataclass
class Lane:
    """What one user did in the window: moments of arrival, and costs in seconds with the moment they were booked."""

    arrivals: deque[float] = field(default_factory=deque)
    costs: deque[tuple[float, float]] = field(default_factory=deque)
    cost: float = 0.0
    running: int = 0
    refusals: int = 0
    blocked: tuple[float, str, str] | None = None


class Limits:
    """Counts requests, their simulated cost and those in flight. Thread-safe.

    The switches `requests_per_window`, `execution_ms_per_window` and `concurrent_requests` hold the limits; None lifts
    one. `window_s` is the window's length.
    """

    def __init__(self, clock: Clock, switches: dict[str, Any]) -> None:
        self._clock = clock
        self._switches = switches
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()

    def enter(self, user: str) -> None:
        """Admits a request, or raises ApiError (429) with a Retry-After that grows while the client keeps sending."""
        with self._lock:
            now = self._clock.seconds()
            lane = self._lanes.setdefault(user, Lane())
            self._forget(lane, now)
            broken = self._broken(lane, now)
            if broken:
                raise self._refuse(lane, now, *broken)
            lane.refusals, lane.blocked = 0, None
            lane.arrivals.append(now)
            lane.running += 1

    def leave(self, user: str, cost_s: float) -> dict[str, str]:
        """Books the cost of an admitted request and answers with the headers that tell what is left."""
        with self._lock:
            lane = self._lanes[user]
            lane.running -= 1
            lane.costs.append((self._clock.seconds(), cost_s))
            lane.cost += cost_s
            return self._headers(lane)

    def _forget(self, lane: Lane, now: float) -> None:
        start = now - self._switches["window_s"]
        while lane.arrivals and lane.arrivals[0] <= start:
            lane.arrivals.popleft()
        while lane.costs and lane.costs[0][0] <= start:
            lane.cost -= lane.costs.popleft()[1]

    def _broken(self, lane: Lane, now: float) -> tuple[str, str] | None:
        requests, milliseconds = self._switches["requests_per_window"], self._switches["execution_ms_per_window"]
        concurrent, window = self._switches["concurrent_requests"], self._switches["window_s"]
        if lane.blocked and now < lane.blocked[0]:
            return lane.blocked[1], lane.blocked[2]
        if requests is not None and len(lane.arrivals) >= requests:
            return (
                REQUESTS,
                f"Number of requests exceeded the limit of {requests} over time window of {window} seconds.",
            )
        if milliseconds is not None and lane.cost * 1000 >= milliseconds:
            return EXECUTION, EXECUTION_MESSAGE.format(milliseconds=milliseconds, window=window)
        if concurrent is not None and lane.running >= concurrent:
            return CONCURRENT, f"Number of concurrent requests exceeded the limit of {concurrent}."
        return None

    def _refuse(self, lane: Lane, now: float, code: str, message: str) -> ApiError:
        lane.refusals += 1
        wait = math.ceil(self._frees(lane, now, code)) + lane.refusals - 1
        if code != CONCURRENT:
            lane.blocked = (now + wait, code, message)
        return ApiError(429, code, message, {"Retry-After": str(wait)})

    def _frees(self, lane: Lane, now: float, code: str) -> float:
        """Seconds until the oldest entry leaves the window, at most a tenth of the window."""
        window = self._switches["window_s"]
        oldest = {REQUESTS: lane.arrivals[0] if lane.arrivals else now, CONCURRENT: now - window}.get(code)
        if oldest is None:
            oldest = lane.costs[0][0] if lane.costs else now
        return float(max(1.0, min(oldest + window - now, window / 10)))

    def _headers(self, lane: Lane) -> dict[str, str]:
        headers = {"x-ms-dop-hint": str(self._switches["dop_hint"])}
        if self._switches["requests_per_window"] is not None:
            left = max(0, self._switches["requests_per_window"] - len(lane.arrivals))
            headers["x-ms-ratelimit-burst-remaining-xrm-requests"] = str(left)
        if self._switches["execution_ms_per_window"] is not None:
            milliseconds = max(0.0, self._switches["execution_ms_per_window"] / 1000 - lane.cost)
            headers["x-ms-ratelimit-time-remaining-xrm-requests"] = f"{milliseconds:,.2f}"
        return headers
