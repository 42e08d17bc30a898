"""Minutes that pass while somebody looks for alerts: each look is the real one, only its moment is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine import housekeeping
from engine.alerts import listing
from engine.alerts.watch import look
from worker.services import Services


@dataclass
class Lookout:
    """An installation whose minutes are counted from now. serving: the queues that workers serve."""

    services: Services
    now: datetime
    patch: pytest.MonkeyPatch
    serving: tuple[str, ...] = ("live", "sync")

    def configure(self, **alerts: Any) -> None:
        """Changes settings of alerts."""
        settings = self.services.settings
        self.patch.setattr(self.services, "settings", replace(settings, alerts=replace(settings.alerts, **alerts)))

    def pass_minutes(self, number: int, every: int = 1) -> None:
        """Lets so many minutes pass, with a heartbeat through each queue that is served, and a look in each or after
        `every` of them."""
        for _ in range(number // every):
            self.now += timedelta(minutes=every)
            for queue in self.serving:
                self.beat(queue)
            look(self.services, self.now)

    def beat(self, name: str) -> None:
        """A sign of life at this moment."""
        housekeeping.beat(self.services.db, name, "host:7", self.services.version)
        with self.services.db.transaction() as tx:
            tx.execute("UPDATE heartbeats SET at = %s WHERE name = %s", (self.now, name))

    def firing(self) -> list[str]:
        """The rules that fire, the most urgent first."""
        with self.services.db.transaction() as tx:
            return [one.rule for one in listing.firing(tx)]
