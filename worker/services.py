"""Clients, store and contexts, built once per process from the settings."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import redis

from clients import connect, limits
from clients.budget import Budget
from clients.guard import Private
from config import document as documents
from engine import metadata
from engine.context import Context, compile_rules, consent_rules
from engine.housekeeping import Keep
from mapping import deals
from store import configurations, connections
from store.db import Database
from store.vault import Vault
from sync.model import Lane
from worker.clock import SharedClock
from worker.settings import Settings

VERSION = version("ac365")


def now() -> datetime:
    """What time it is on this machine. The one place where the product asks its clock; see `worker/clock.py`."""
    return datetime.now(UTC)


LISTS = "activecampaign:lists"
ADDRESSED = ("dynamics_url", "dynamics_tenant_id", "dynamics_client_id", "activecampaign_url", "secrets")
"""What a client is made of: when one of these changes, the clients are made anew."""
STAMP = ("version", "described_at", *ADDRESSED)
"""A context is good for as long as none of these changes."""


def alive(url: str) -> dict[str, Any]:
    """Options that notice a dead Redis. A Unix socket has no keep-alive, and redis-py refuses the word there."""
    return {"health_check_interval": 15} | (
        {} if url.startswith(("unix:", "redis+socket:")) else {"socket_keepalive": True}
    )


def shared_memory(settings: Settings) -> redis.Redis:
    """Redis as the settings name it."""
    return redis.Redis.from_url(settings.redis_url, socket_timeout=10, **alive(settings.redis_url))


class Services:
    """What tasks and commands work with. A context is kept until its configuration or metadata change."""

    def __init__(self, settings: Settings, *, name: str = "ac365", connections: int = 4) -> None:
        self.settings = settings
        self.db = Database(settings.database_url, application_name=name, max_size=connections)
        self.redis = shared_memory(settings)
        self.vault = Vault(list(settings.secret_keys))
        self.version = VERSION
        self.private = Private.named(settings.private_hosts)
        self.keep = Keep(timedelta(days=settings.keep_days), timedelta(days=settings.keep_audit_days))
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.clock = SharedClock(self.db, lambda: now())
        self._contexts: dict[int, tuple[Any, Context]] = {}
        self._known: dict[int, metadata.Known] = {}

    def now(self) -> datetime:
        """The present moment, in UTC, as all processes have it."""
        return self.clock.now()

    def context(self, connection_id: int) -> Context:
        """The context of one connection as it is configured now. Raises LookupError when it isn't set up."""
        connection = self._standing(connection_id)
        stamp = tuple(connection[key] for key in STAMP)
        kept = self._contexts.get(connection_id)
        if kept is None or kept[0] != stamp:
            context = self._build(connection, self._document(connection))
            # What was described just now has another moment than the one that was looked at.
            kept = (stamp if connection["described_at"] else None, context)
            self._contexts[connection_id] = kept
        return kept[1]

    def drafted(self, connection_id: int, document: dict[str, Any]) -> Context:
        """The context of a connection as it would be with this loaded document. Raises LookupError when it isn't set
        up."""
        return self._build(self._standing(connection_id), document)

    def described(self, connection_id: int) -> dict[str, Any]:
        """What is known of columns and fields on both sides, read once per description. Raises LookupError when both
        were never described."""
        return metadata.undated(self._dated(connection_id))

    def _standing(self, connection_id: int) -> dict[str, Any]:
        with self.db.transaction() as tx:
            found = connections.standing(tx, connection_id, metadata.watched())
        if found is None or found["version"] is None:
            raise LookupError("this connection has no configuration yet: import one with `ac365 config import FILE`")
        return found

    def _dated(self, connection_id: int) -> metadata.Known:
        found = metadata.dated(self.db, connection_id, self._known.get(connection_id, {}))
        self._known[connection_id] = found
        return found

    def clients(self, connection: dict[str, Any], document: dict[str, Any] | None = None) -> tuple[Any, Any, Budget]:
        """Both clients and the shared budget of a connection."""
        budgets = self.budgets(connection["id"], document)
        budget, other = budgets["activecampaign"], budgets["dynamics"]
        secrets = self.vault.decrypt(connection["secrets"])
        return (
            connect.dynamics(connection, secrets, other, self.private),
            connect.activecampaign(connection, secrets, budget, self.private),
            budget,
        )

    def budgets(self, connection_id: int, document: Mapping[str, Any] | None = None) -> dict[str, Budget]:
        """The shared budgets of a connection, by service, as this configuration has them."""
        wanted = (document or {}).get("limits", {})
        shared = limits.activecampaign_limits(
            float(wanted.get("calls_per_second", 5)), float(wanted.get("headroom", 0))
        )
        return {
            "activecampaign": Budget(self.redis, connection_id, shared),
            "dynamics": Budget(self.redis, connection_id, limits.dynamics_limits(), service="dynamics"),
        }

    def _document(self, connection: dict[str, Any]) -> dict[str, Any]:
        with self.db.transaction() as tx:
            document = configurations.at(tx, connection["id"], connection["version"])
        # A document of an older version gets the defaults of what is new.
        return documents.load(document or {})

    def _build(self, connection: dict[str, Any], document: dict[str, Any]) -> Context:
        dynamics, activecampaign, budget = self.clients(connection, document)

        def refresh(lane: Lane) -> None:
            metadata.refresh(self.db, connection["id"], dynamics, activecampaign, lane)

        if metadata.missing(self.db, connection["id"]):
            refresh(Lane.LIVE)
        described = metadata.undated(self._dated(connection["id"]))
        lists = {str(row[key]): int(row["id"]) for row in described[LISTS] for key in ("id", "name")}
        return Context(
            id=connection["id"],
            name=connection["name"],
            version=connection["version"],
            document=document,
            db=self.db,
            dynamics=dynamics,
            activecampaign=activecampaign,
            budget=budget,
            rules=compile_rules(document, connection["version"], described),
            lists=lists,
            tags=described[metadata.TAGS],
            user_id=str(described[metadata.USER]).lower(),
            now=self.now,
            worker=self.worker,
            consent=consent_rules(document, lists),
            currencies=described[metadata.CURRENCIES],
            opportunities=str((described[metadata.OBJECT] or {}).get("id") or ""),
            deals=deals.place_of(described[metadata.DEALS]),
            refresh=refresh,
        )
