"""How things stand: connections, entities, backlog, budget, queues. Read from the store and from Redis only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.budget import Budget
from engine.context import directions
from store import configurations, conflicts, connections, cycles, failures, outbox, pauses, records, watermarks
from store.db import Tx
from sync.errors import Unavailable
from sync.model import ORDER, Direction, Entity, RecordState


@dataclass(frozen=True, slots=True)
class WayStatus:
    """An entity in one direction. started: how its first sync went, if any; last_success: when all changes of that side
    were last taken up; next_run: None where nobody plans one; paused_until: None for an open end."""

    direction: Direction
    started: str | None
    last_success: datetime | None
    next_run: datetime | None
    paused: bool
    paused_until: datetime | None
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class EntityStatus:
    """One entity. in_sync: linked records that neither wait nor failed; waiting: changes on their way; awaiting:
    records that wait for another one, as opportunities do for their contact; ways: the directions it travels in.
    """

    entity: Entity
    enabled: bool
    paused: bool
    in_sync: int
    shadowed: int
    out_of_scope: int
    no_address: int
    awaiting: int
    waiting: int
    failed: int
    ways: list[WayStatus]


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """One connection. budget: slots used and there are, per limit, None when Redis does not answer.

    backlog: changes on their way, by direction; conflicts: how many wait for a person; asks: cycles that do, with
    their question.
    """

    name: str
    enabled: bool
    frequency: str
    next_run: datetime | None
    entities: list[EntityStatus]
    backlog: dict[str, int]
    oldest: datetime | None
    pauses: list[dict[str, Any]]
    conflicts: int
    asks: list[dict[str, Any]]
    budget: dict[str, dict[str, int]] | None
    budget_paused_s: float


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rows of all entities are made of. Counters are keyed by entity and direction."""

    document: Mapping[str, Any]
    next_run: datetime | None
    pauses: Sequence[Mapping[str, Any]]
    waiting: Counter[tuple[str, str]]
    failed: Counter[tuple[str, str]]
    states: Mapping[tuple[str, str], int]


def of_connection(tx: Tx, row: Mapping[str, Any], budget: Budget) -> ConnectionStatus:
    """The status of one connection. Raises LookupError when it was never configured."""
    found = configurations.current(tx, row["id"])
    if found is None:
        raise LookupError("there is no configuration yet: import one with `ac365 config import FILE`")
    document = found[1]
    pending = outbox.pending_counts(tx, row["id"])
    used, paused_s = budget_of(budget)
    on = document["sync"]["enabled"]
    facts = _facts(tx, row, document, pending)
    asking = cycles.asking(tx, row["id"])
    return ConnectionStatus(
        name=row["name"],
        enabled=on,
        frequency=document["sync"]["frequency"],
        next_run=row["next_due_at"] if on else None,
        entities=[_entity(tx, row["id"], entity, facts) for entity in ORDER],
        backlog={way: sum(n for key, n in facts.waiting.items() if key[1] == way) for way in Direction},
        oldest=min((entry["oldest"] for entry in pending), default=None),
        pauses=[dict(entry) for entry in facts.pauses],
        conflicts=conflicts.counts(tx, row["id"]).get("open", 0),
        asks=[{"cycle": cycle["id"], "question": cycle["note"]} for cycle in asking],
        budget=used,
        budget_paused_s=paused_s,
    )


def all_connections(tx: Tx) -> list[dict[str, Any]]:
    """The rows of all connections."""
    return [dict(row) for row in connections.listed(tx)]


def _facts(tx: Tx, row: Mapping[str, Any], document: Mapping[str, Any], pending: Sequence[Mapping[str, Any]]) -> _Facts:
    waiting: Counter[tuple[str, str]] = Counter()
    for entry in pending:
        waiting[entry["entity"], entry["direction"]] += _on_its_way(entry)
    failed: Counter[tuple[str, str]] = Counter()
    for entry in failures.grouped(tx, row["id"]):
        failed[entry["entity"], entry["direction"]] += entry["count"]
    # A cycle that asks holds up those that are planned.
    blocked = any(not cycle["trails"] for cycle in cycles.asking(tx, row["id"]))
    runs = document["sync"]["enabled"] and not blocked
    return _Facts(
        document,
        row["next_due_at"] if runs else None,
        pauses.active(tx, row["id"]),
        waiting,
        failed,
        {(one["entity"], one["state"]): one["count"] for one in records.counts(tx, row["id"])},
    )


def _entity(tx: Tx, connection_id: int, entity: Entity, facts: _Facts) -> EntityStatus:
    ways = [_way(tx, connection_id, entity, way, facts) for way in directions(facts.document, entity)]
    waiting, failed = sum(way.waiting for way in ways), sum(way.failed for way in ways)
    return EntityStatus(
        entity=entity,
        enabled=facts.document["entities"][entity]["enabled"],
        paused=all(way.paused for way in ways),
        in_sync=max(0, facts.states.get((entity, RecordState.LINKED), 0) - waiting - failed),
        shadowed=facts.states.get((entity, RecordState.SHADOWED), 0),
        out_of_scope=facts.states.get((entity, RecordState.OUT_OF_SCOPE), 0),
        no_address=facts.states.get((entity, RecordState.NO_ADDRESS), 0),
        awaiting=facts.states.get((entity, RecordState.WAITING), 0),
        waiting=waiting,
        failed=failed,
        ways=ways,
    )


def _way(tx: Tx, connection_id: int, entity: Entity, direction: Direction, facts: _Facts) -> WayStatus:
    mark = watermarks.get(tx, connection_id, entity, direction)
    held = [one for one in facts.pauses if one["entity"] in (None, entity) and one["direction"] in (None, direction)]
    until = _until(held)
    planned = facts.next_run if mark and facts.document["entities"][entity]["enabled"] else None
    if held and planned:
        planned = max(until, planned) if until else None
    return WayStatus(
        direction=direction,
        started=mark["established"] if mark else None,
        last_success=mark["moved_at"] if mark else None,
        next_run=planned,
        paused=bool(held),
        paused_until=until,
        waiting=facts.waiting[entity, direction],
        failed=facts.failed[entity, direction],
    )


def _until(held: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When the last of these pauses ends, None when one has no end, or there is none."""
    ends = [one["until"] for one in held]
    return max(ends) if ends and None not in ends else None


def _on_its_way(row: Mapping[str, Any]) -> int:
    return int(row["ready"] + row["waiting"] + row["in_flight"])


def budget_of(budget: Budget) -> tuple[dict[str, dict[str, int]] | None, float]:
    """{limit: {used, of}}, None when Redis does not answer, and for how many seconds nothing may be sent."""
    try:
        usage = budget.usage()
        return {name: {"used": one.used, "of": one.count} for name, one in usage.items()}, budget.paused_s()
    except Unavailable:
        return None, 0.0
