"""How things stand: connections, entities, backlog, budget, queues. Read from the store and from Redis only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.budget import Budget
from store import configurations, connections, failures, outbox, pauses, records, watermarks
from store.db import Tx
from sync.errors import Unavailable
from sync.model import ORDER, Direction, Entity, RecordState


@dataclass(frozen=True, slots=True)
class EntityStatus:
    """One entity. in_sync: linked records that neither wait nor failed; started: how its first sync went, if any.

    read_at: up to when all changes of Dynamics were taken up.
    """

    entity: Entity
    enabled: bool
    paused: bool
    started: str | None
    read_at: datetime | None
    in_sync: int
    shadowed: int
    out_of_scope: int
    no_address: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """One connection. budget: slots used and there are, per limit, None when Redis does not answer."""

    name: str
    enabled: bool
    frequency: str
    next_run: datetime | None
    entities: list[EntityStatus]
    backlog: int
    oldest: datetime | None
    pauses: list[dict[str, Any]]
    budget: dict[str, dict[str, int]] | None
    budget_paused_s: float


def of_connection(tx: Tx, row: Mapping[str, Any], budget: Budget) -> ConnectionStatus:
    """The status of one connection. Raises LookupError when it was never configured."""
    found = configurations.current(tx, row["id"])
    if found is None:
        raise LookupError("there is no configuration yet: import one with `ac365 config import FILE`")
    document = found[1]
    pending = outbox.pending_counts(tx, row["id"])
    used, paused_s = _budget(budget)
    on = document["sync"]["enabled"]
    return ConnectionStatus(
        name=row["name"],
        enabled=on,
        frequency=document["sync"]["frequency"],
        next_run=row["next_due_at"] if on else None,
        entities=_entities(tx, row["id"], document, pending),
        backlog=sum(_on_its_way(entry) for entry in pending),
        oldest=min((entry["oldest"] for entry in pending), default=None),
        pauses=[dict(entry) for entry in pauses.active(tx, row["id"])],
        budget=used,
        budget_paused_s=paused_s,
    )


def all_connections(tx: Tx) -> list[dict[str, Any]]:
    """The rows of all connections."""
    return [dict(row) for row in connections.listed(tx)]


def _entities(
    tx: Tx, connection_id: int, document: Mapping[str, Any], pending: list[dict[str, Any]]
) -> list[EntityStatus]:
    states = {(row["entity"], row["state"]): row["count"] for row in records.counts(tx, connection_id)}
    failed: dict[str, int] = {}
    for row in failures.grouped(tx, connection_id):
        failed[row["entity"]] = failed.get(row["entity"], 0) + row["count"]
    waiting: dict[str, int] = {}
    for row in pending:
        waiting[row["entity"]] = waiting.get(row["entity"], 0) + _on_its_way(row)
    return [
        _entity(tx, connection_id, entity, document, states, waiting.get(entity, 0), failed.get(entity, 0))
        for entity in ORDER
    ]


def _entity(
    tx: Tx,
    connection_id: int,
    entity: Entity,
    document: Mapping[str, Any],
    states: Mapping[tuple[str, str], int],
    waiting: int,
    failed: int,
) -> EntityStatus:
    mark = watermarks.get(tx, connection_id, entity, Direction.OUTBOUND)
    return EntityStatus(
        entity=entity,
        enabled=document["entities"][entity]["enabled"],
        paused=pauses.paused(tx, connection_id, entity, Direction.OUTBOUND),
        started=mark["established"] if mark else None,
        read_at=mark["moved_at"] if mark else None,
        in_sync=max(0, states.get((entity, RecordState.LINKED), 0) - waiting - failed),
        shadowed=states.get((entity, RecordState.SHADOWED), 0),
        out_of_scope=states.get((entity, RecordState.OUT_OF_SCOPE), 0),
        no_address=states.get((entity, RecordState.NO_ADDRESS), 0),
        waiting=waiting,
        failed=failed,
    )


def _on_its_way(row: Mapping[str, Any]) -> int:
    return int(row["ready"] + row["waiting"] + row["in_flight"])


def _budget(budget: Budget) -> tuple[dict[str, dict[str, int]] | None, float]:
    try:
        usage = budget.usage()
        return {name: {"used": one.used, "of": one.count} for name, one in usage.items()}, budget.paused_s()
    except Unavailable:
        return None, 0.0
