"""What waits for a person, most urgent first: questions, refusals, conflicts, failures, pauses, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine import failing
from engine.context import Context
from engine.health import Beat
from engine.opportunities import explain as opportunities
from engine.report import CycleReport
from engine.status import ConnectionStatus, EntityStatus, WayStatus
from sync.model import Direction, Entity

STOP: Final = "stop"
"""The class of what nothing gets past until a person acts."""
NAMES: Final = {Direction.OUTBOUND: "to ActiveCampaign", Direction.INBOUND: "to Dynamics"}


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to do. kind: question, stopped, queue, missing, conflicts, failures, first, pause or off; number: how
    many records it is about, 0 where that does not matter; subject: the cycle or the class of failure."""

    kind: str
    text: str
    advice: str = ""
    number: int = 0
    subject: str = ""


def matters(
    found: ConnectionStatus,
    cycles: Sequence[CycleReport],
    latest: Sequence[Mapping[str, Any]],
    beats: Sequence[Beat],
    context: Context | None,
) -> list[Matter]:
    """All of them. latest: one failure of each class; context: None where the services were never described."""
    return [
        *(_question(one) for one in found.asks),
        *_stopped(cycles),
        *(_unserved(one) for one in beats if not one.fresh),
        *(_missing(context) if context else ()),
        *_conflicts(found.conflicts),
        *_failures(found, latest),
        *_first(found),
        *(_pause(one) for one in found.pauses),
        *([] if found.enabled else [Matter("off", "The global switch is off", "Nothing travels by schedule.")]),
    ]


def _question(one: Mapping[str, Any]) -> Matter:
    return Matter("question", f"Cycle {one['cycle']} asks: {one['question']}", subject=str(one["cycle"]))


def _unserved(one: Beat) -> Matter:
    return Matter("queue", f"Nobody serves the queue {one.queue}", "Is a worker running?")


def _stopped(cycles: Sequence[CycleReport]) -> Iterator[Matter]:
    """What a service refused: only what the newest attempt of a stream says counts."""
    seen: set[tuple[Entity, str]] = set()
    told: set[str] = set()
    for cycle in cycles:
        for stream in cycle.streams:
            if stream.state not in ("done", "failed") or (stream.entity, stream.direction) in seen:
                continue
            seen.add((stream.entity, stream.direction))
            error = stream.error or {}
            if stream.state == "failed" and error.get("class") == STOP and error["message"] not in told:
                told.add(error["message"])
                text = f"{stream.entity.plural.capitalize()} {NAMES[Direction(stream.direction)]}: {error['message']}"
                yield Matter("stopped", text, str(error.get("advice", "")), subject=str(cycle.id))


def _missing(context: Context) -> Iterator[Matter]:
    """What provisioning would make, and mappings that find no field: as far as both sides were described."""
    if context.rules[Entity.OPPORTUNITY].settings["enabled"]:
        for lack in opportunities.lacks(context):
            yield Matter("missing", lack.message[:1].upper() + lack.message[1:], lack.advice)
    for entity, rules in context.rules.items():
        if not rules.settings["enabled"]:
            continue
        if rules.fault and entity is not Entity.OPPORTUNITY:
            yield Matter("missing", f"{entity.plural.capitalize()}: {rules.fault}", "Correct the criteria.")
        if idle := rules.mapping.inactive:
            names = ", ".join(f"{one.dynamics} → {one.activecampaign}" for one in idle)
            yield Matter("missing", f"{entity.plural.capitalize()}: not synced are {names}", idle[0].reason)


def _conflicts(number: int) -> Iterator[Matter]:
    if number:
        yield Matter("conflicts", "Fields that both sides changed wait for a decision", number=number)


def _failures(found: ConnectionStatus, latest: Sequence[Mapping[str, Any]]) -> Iterator[Matter]:
    words = {row["class"]: failing.advice(row) for row in latest}
    for klass, number in found.failures.items():
        plain = failing.PLAIN.get(klass, klass)
        advice = words.get(klass, "")
        yield Matter("failures", plain, "" if advice == plain else advice, number, klass)


def _first(found: ConnectionStatus) -> Iterator[Matter]:
    for entity in found.entities:
        if entity.enabled and any(way.started is None for way in entity.ways):
            yield Matter(
                "first", f"{entity.entity.plural.capitalize()} wait for their first sync", "", subject=entity.entity
            )


def _pause(one: Mapping[str, Any]) -> Matter:
    what = " ".join(part for part in (one["entity"] or "everything", one["direction"] or "") if part)
    why = f": {one['reason']}" if one["reason"] else ""
    end = f"Ends by itself at {one['until']:%Y-%m-%d %H:%M} UTC." if one["until"] else ""
    return Matter("pause", f"Paused: {what}, by {one['author']}{why}", end)


def state(one: EntityStatus, way: WayStatus) -> str:
    """How an entity stands in one direction: off, paused, first, new or on."""
    if not one.enabled:
        return "off"
    if way.paused:
        return "paused"
    return {None: "first", "baseline": "new"}.get(way.started, "on")
