"""How things stand: connections, entities, backlog, budget, queues. Read from the store and from Redis only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.budget import Budget
from engine import configured
from engine.activities import status as activities
from engine.context import directions
from engine.requests import status as requests
from store import connections, cycles, outbox, pauses, tallies, watermarks
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

    backlog: changes on their way, by direction; failures: records on the failure list, by class; conflicts: how many
    wait for a person; asks: cycles that do, with their question; activities: see `activities.status.brief`; requests:
    see `requests.status.brief`; both are None while they are off.
    """

    name: str
    enabled: bool
    frequency: str
    next_run: datetime | None
    entities: list[EntityStatus]
    backlog: dict[str, int]
    oldest: datetime | None
    pauses: list[dict[str, Any]]
    failures: dict[str, int]
    conflicts: int
    asks: list[dict[str, Any]]
    budget: dict[str, dict[str, int]] | None
    budget_paused_s: float
    activities: dict[str, Any] | None = None
    requests: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rows of all entities are made of. Counters are keyed by entity and direction."""

    document: Mapping[str, Any]
    next_run: datetime | None
    pauses: Sequence[Mapping[str, Any]]
    waiting: Counter[tuple[str, str]]
    failed: Counter[tuple[str, str]]
    states: Counter[tuple[str, str]]
    classes: dict[str, int]
    conflicts: int
    marks: Mapping[tuple[str, str], Mapping[str, Any]]


def of_connection(tx: Tx, row: Mapping[str, Any], budget: Budget) -> ConnectionStatus:
    """The status of one connection. Raises LookupError when it was never configured."""
    found = configured.current(tx, row["id"])
    if found is None:
        raise LookupError("there is no configuration yet: import one with `ac365 config import FILE`")
    document = found[1]
    used, paused_s = budget_of(budget)
    on = document["sync"]["enabled"]
    asking = cycles.asking(tx, row["id"])
    facts = _facts(tx, row, document, asking)
    return ConnectionStatus(
        name=row["name"],
        enabled=on,
        frequency=document["sync"]["frequency"],
        next_run=row["next_due_at"] if on else None,
        entities=[_entity(entity, facts) for entity in ORDER],
        backlog={way: sum(n for key, n in facts.waiting.items() if key[1] == way) for way in Direction},
        oldest=outbox.oldest(tx, row["id"]),
        pauses=[dict(entry) for entry in facts.pauses],
        failures=facts.classes,
        conflicts=facts.conflicts,
        asks=[{"cycle": cycle["id"], "question": cycle["note"]} for cycle in asking],
        budget=used,
        budget_paused_s=paused_s,
        activities=activities.brief(tx, row["id"], document),
        requests=requests.brief(tx, row["id"], document),
    )


def all_connections(tx: Tx) -> list[dict[str, Any]]:
    """The rows of all connections."""
    return [dict(row) for row in connections.listed(tx)]


def _facts(tx: Tx, row: Mapping[str, Any], document: Mapping[str, Any], asking: Sequence[Mapping[str, Any]]) -> _Facts:
    numbers = tallies.standing(tx, row["id"])
    # A cycle that asks holds up those that are planned.
    blocked = any(not cycle["trails"] for cycle in asking)
    runs = document["sync"]["enabled"] and not blocked
    return _Facts(
        document,
        row["next_due_at"] if runs else None,
        pauses.active(tx, row["id"]),
        waiting=_counted(numbers, "outbox", "direction"),
        failed=_counted(numbers, "failure", "direction"),
        states=_counted(numbers, "record", "what"),
        classes=_classes(numbers),
        conflicts=sum(one["number"] for one in numbers if one["kind"] == "conflict"),
        marks={(one["entity"], one["direction"]): one for one in watermarks.of_connection(tx, row["id"])},
    )


def _counted(numbers: Sequence[Mapping[str, Any]], kind: str, by: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in numbers:
        if one["kind"] == kind:
            found[one["entity"], one[by]] += one["number"]
    return found


def _classes(numbers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in numbers:
        if one["kind"] == "failure":
            found[one["what"]] += one["number"]
    return dict(found.most_common())


def _entity(entity: Entity, facts: _Facts) -> EntityStatus:
    ways = [_way(entity, way, facts) for way in directions(facts.document, entity)]
    waiting, failed = sum(way.waiting for way in ways), sum(way.failed for way in ways)
    return EntityStatus(
        entity=entity,
        enabled=facts.document["entities"][entity]["enabled"],
        paused=all(way.paused for way in ways),
        in_sync=max(0, facts.states[entity, RecordState.LINKED] - waiting - failed),
        shadowed=facts.states[entity, RecordState.SHADOWED],
        out_of_scope=facts.states[entity, RecordState.OUT_OF_SCOPE],
        no_address=facts.states[entity, RecordState.NO_ADDRESS],
        awaiting=facts.states[entity, RecordState.WAITING],
        waiting=waiting,
        failed=failed,
        ways=ways,
    )


def _way(entity: Entity, direction: Direction, facts: _Facts) -> WayStatus:
    mark = facts.marks.get((entity, direction))
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


def budget_of(budget: Budget) -> tuple[dict[str, dict[str, int]] | None, float]:
    """{limit: {used, of}}, None when Redis does not answer, and for how many seconds nothing may be sent."""
    try:
        usage = budget.usage()
        return {name: {"used": one.used, "of": one.count} for name, one in usage.items()}, budget.paused_s()
    except Unavailable:
        return None, 0.0
