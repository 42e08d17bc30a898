"""The published limits of both services, as the shared budget counts them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

CALLS = "calls"
IMPORTS = "imports"
SINGLE_IMPORTS = "single_imports"
EVENTS = "events"
EVENTS_PER_SECOND = 5.0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` arrivals in any `period_s` seconds."""

    count: int
    period_s: float

    @staticmethod
    def of_rate(per_second: float) -> Limit:
        """A fractional rate stretches the second: 4.5 a second are 5 in 1.11 s, so no second ever holds more than 5."""
        count = max(1, ceil(per_second))
        return Limit(count, count / per_second)

    def with_headroom(self, headroom: float) -> Limit:
        """Leaves the share `headroom` (0 to 0.9) to other integrations of the same account."""
        return Limit(self.count, self.period_s / (1.0 - headroom))


def activecampaign_limits(calls_per_second: float = 5.0, headroom: float = 0.0) -> dict[str, Limit]:
    """5 calls a second per account; 100 imports a minute, 20 when they hold one contact; 5 tracked events a second.

    Source: developers.activecampaign.com, pages rate-limits and bulk-import-contacts. Events go to a host of their own,
    whose limit isn't published: they are counted apart, with the limit of the others.
    """
    return {
        CALLS: Limit.of_rate(calls_per_second * (1.0 - headroom)),
        IMPORTS: Limit(100, 60.0).with_headroom(headroom),
        SINGLE_IMPORTS: Limit(20, 60.0).with_headroom(headroom),
        EVENTS: Limit.of_rate(EVENTS_PER_SECOND * (1.0 - headroom)),
    }


def dynamics_limits() -> dict[str, Limit]:
    """Below the 6,000 requests in 300 s that one user has per web server.

    Source: learn.microsoft.com/power-apps/developer/data-platform/api-limits.
    """
    return {CALLS: Limit(5500, 300.0)}
