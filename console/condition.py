"""How the installation is, for the page and the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from console.desk import desk
from engine import health, status
from engine.health import Beat
from store import connections, migrate
from store.errors import StoreError
from sync.errors import SyncError
from worker import reachable
from worker.reachable import Server


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of a connection. limits: {used, of} by limit, None when that can't be told; paused_s: nothing may
    be sent for so long."""

    connection: str
    limits: dict[str, dict[str, int]] | None
    paused_s: float


@dataclass(frozen=True, slots=True)
class Condition:
    """The installation. version: of this console; migrations: those that the database lacks, None when that can't be
    told."""

    version: str
    beats: list[Beat]
    servers: list[Server]
    migrations: list[str] | None
    budgets: list[Budget]

    @property
    def well(self) -> bool:
        """Whether nothing of it needs a person."""
        served = all(beat.fresh and beat.version in ("", self.version) for beat in self.beats)
        return served and all(server.answers for server in self.servers) and self.migrations == []


def now() -> Condition:
    """As it is at this moment."""
    services = desk().services
    servers = [reachable.shared_memory(services), reachable.broker(services)]
    with desk().transaction() as tx:
        rows = connections.listed(tx)
    return Condition(
        version=services.version,
        beats=health.beats(services.db, services.now()),
        servers=servers,
        migrations=_known(lambda: migrate.pending(services.settings.database_url)),
        # Redis holds the budgets: each would wait for it in vain.
        budgets=[_budget(row) for row in rows] if servers[0].answers else [],
    )


def _budget(row: dict[str, Any]) -> Budget:
    known = _known(lambda: status.budget_of(desk().services.clients(row)[2]))
    return Budget(row["name"], *(known or (None, 0.0)))


def _known(told: Callable[[], Any]) -> Any:
    try:
        return told()
    except (StoreError, SyncError):
        return None
