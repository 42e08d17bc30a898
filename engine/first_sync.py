"""The first sync of entities, as a person starts and watches it: all records, from now on, a sample, or all again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from engine import configure, cycles, report, request, sample, sizes
from engine.context import Context, directions
from engine.report import CycleReport, StreamReport
from engine.request import Plan
from engine.wake import Wake
from store import cycles as stored
from store import snapshots, watermarks
from store.db import Tx
from sync.model import CycleKind, Direction, Entity

KEY: Final = "ac365:first_sync"
SAMPLE_KEY: Final = "ac365:sample"
SURE_AFTER_S: Final = 10.0
"""Before that nobody can tell how long it will take."""


class How(StrEnum):
    """What is to travel."""

    ALL = "all"
    FROM_NOW = "from_now"
    SAMPLE = "sample"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Standing:
    """An entity before, in or after its first sync. how: initial or baseline by direction, or None."""

    entity: Entity
    how: Mapping[Direction, str | None]

    @property
    def done(self) -> bool:
        """Whether it had its first sync in every direction that it travels."""
        return all(self.how.values())


@dataclass(frozen=True, slots=True)
class Part:
    """A stream on its way. percent: None while nobody knows how much there is."""

    stream: StreamReport
    percent: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A cycle on its way. seconds_left: an estimate from the pace so far, None where there is none yet."""

    cycle: CycleReport
    parts: Sequence[Part]
    percent: int | None
    seconds_left: float | None


def standings(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> list[Standing]:
    """How the entities stand that are switched on, in the order of a cycle."""
    return [_standing(tx, connection_id, document, entity) for entity in cycles.enabled(document)]


def plan(tx: Tx, context: Context, entities: Sequence[Entity], how: How) -> Plan:
    """What would run; of entities that are chosen, or all that are switched on. Raises request.Refused."""
    return request.plan(
        tx, context.id, context.document, entities, initial=how is How.AGAIN, from_now=how is How.FROM_NOW
    )


def start(context: Context, entities: Sequence[Entity], how: How, author: str) -> tuple[int, list[Wake]]:
    """Starts it; answers with the cycle. Send the wakes after that. Raises request.Refused, SyncError.

    The organisation is looked at first, and how many records there are, so that progress can be told.
    """
    configure.bind(context.db, context.id, context.dynamics)
    if how is How.SAMPLE:
        return _sample(context, entities, author)
    with context.db.transaction() as tx:
        planned = plan(tx, context, entities, how)
    counted = sizes.sizes(context, planned.reads_all) if planned.kind is CycleKind.INITIAL else []
    there = sizes.there(context, planned.reads_all) if counted else sizes.There()
    with context.db.transaction() as tx:
        cycle_id, wakes = request.start(tx, context.id, planned, author)
        expected = {
            "cycle": cycle_id,
            "there": asdict(there),
            "here": {str(one.entity): one.records for one in counted},
        }
        snapshots.put(tx, context.id, KEY, expected)
    return cycle_id, wakes


def under_way(tx: Tx, connection_id: int, now: datetime) -> Progress | None:
    """The cycle that a person started over whole tables and that runs, waits or asks; None when there is none."""
    kinds = (CycleKind.INITIAL, CycleKind.BASELINE)
    rows = [row for row in stored.unfinished(tx) if row["connection_id"] == connection_id and row["kind"] in kinds]
    rows += [row for row in stored.asking(tx, connection_id) if row["kind"] in kinds]
    if not rows:
        return None
    kept = snapshots.get(tx, connection_id, KEY)
    expected = kept[0] if kept and kept[0]["cycle"] == rows[0]["id"] else {}
    return progress(report.of_cycle(tx, rows[0]["id"]), expected, now)


def last_sample(tx: Tx, connection_id: int) -> tuple[CycleReport, list[dict[str, Any]]] | None:
    """The cycle of the last sample and what became of its records; None when there was none, or it is forgotten."""
    kept = snapshots.get(tx, connection_id, SAMPLE_KEY)
    if kept is None or stored.get(tx, kept[0]["cycle"]) is None:
        return None
    return report.of_cycle(tx, kept[0]["cycle"]), sample.results(tx, kept[0]["cycle"])


def progress(cycle: CycleReport, expected: Mapping[str, Any], now: datetime) -> Progress:
    """How far a cycle is. expected: what was counted before it began, {} for nothing, see `start`."""
    totals = [_total(stream, expected) for stream in cycle.streams]
    parts = [Part(one, _percent(one, total)) for one, total in zip(cycle.streams, totals, strict=True)]
    if cycle.ended or not totals or any(total is None for total in totals):
        return Progress(cycle, parts, 100 if cycle.ended else None, None)
    whole = sum(total or 0 for total in totals)
    done = sum(min(one.settled, total or 0) for one, total in zip(cycle.streams, totals, strict=True))
    passed = (now - cycle.started).total_seconds() if cycle.started else 0.0
    left = passed * (whole - done) / done if done and passed >= SURE_AFTER_S else None
    return Progress(cycle, parts, _share(done, whole), left)


def _standing(tx: Tx, connection_id: int, document: Mapping[str, Any], entity: Entity) -> Standing:
    marks = {way: watermarks.get(tx, connection_id, entity, way) for way in directions(document, entity)}
    return Standing(entity, {way: mark["established"] if mark else None for way, mark in marks.items()})


def _sample(context: Context, entities: Sequence[Entity], author: str) -> tuple[int, list[Wake]]:
    chosen = entities or cycles.enabled(context.document)
    cycle_id, wakes = sample.start(context, sample.newest(context, chosen), author)
    with context.db.transaction() as tx:
        snapshots.put(tx, context.id, SAMPLE_KEY, {"cycle": cycle_id})
    return cycle_id, wakes


def _total(stream: StreamReport, expected: Mapping[str, Any]) -> int | None:
    """How many records a stream will have read: known once it has, counted before where it travels from Dynamics."""
    if stream.state in ("delivering", "done", "failed"):
        return stream.read
    counted = _counted(stream, expected)
    return None if counted is None else max(counted, stream.read)


def _counted(stream: StreamReport, expected: Mapping[str, Any]) -> int | None:
    found: int | None
    if stream.direction == Direction.OUTBOUND:
        found = expected.get("here", {}).get(stream.entity)
    else:
        # Leads and contacts are one list in ActiveCampaign, which is read once.
        key = {Entity.ACCOUNT: "accounts", Entity.CONTACT: "contacts"}.get(stream.entity)
        found = expected.get("there", {}).get(key) if key else 0
    return found


def _percent(stream: StreamReport, total: int | None) -> int | None:
    if stream.state in ("done", "failed"):
        return 100
    return None if total is None else _share(stream.settled, total)


def _share(done: int, whole: int) -> int:
    return min(99, done * 100 // whole) if whole else 0
