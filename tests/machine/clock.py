"""One time for both services, the pipeline and its PostgreSQL. For the services it stands still during a step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics


class Clock:
    """Every step has a second of its own, unless it shares one with the step before. It runs ahead of the true time."""

    def __init__(self, not_before: float = 0.0) -> None:
        self._at = math.floor(max(time.time(), not_before))
        self._since = time.time()
        self._followers: list[Callable[[float], None]] = []

    def drive(self, crm: Dynamics, ac: ActiveCampaign) -> None:
        """Both services go by this clock from now on, second by second."""
        crm.clock.now = lambda: datetime.fromtimestamp(self._at, UTC)  # type: ignore[method-assign]
        ac.clock.now = lambda: float(self._at)  # type: ignore[method-assign]

    def follow(self, tell: Callable[[float], None]) -> None:
        """Somebody wants to be told how many seconds this clock is ahead, now and whenever that changes."""
        self._followers.append(tell)
        tell(self._at - self._since)

    def now(self) -> datetime:
        """The time of the pipeline, which goes on while it works."""
        return datetime.fromtimestamp(self._at + time.time() - self._since, UTC)

    def tick(self, seconds: int = 1) -> None:
        """Time goes on, by a second at least: a new one begins."""
        self._at = max(self._at, math.ceil(self.now().timestamp()) - 1) + seconds
        self._since = time.time()
        for tell in self._followers:
            tell(self._at - self._since)
