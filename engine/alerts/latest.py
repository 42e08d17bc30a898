"""What the last cycles of a connection say: what they ran into, how they ended, whether they add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from store import cycles
from store.db import Tx
from sync import breaker, progress
from sync.alerts.reading import LastCycle, Trouble
from sync.breaker import StreamEnd
from sync.model import CycleKind, Direction, Entity

LOOKED_AT: Final = 40
"""So many cycles are looked at: enough for the longest row of bad ends, also where many retries come between."""
ECHOING: Final = 6
WATCHED: Final = (CycleKind.SCHEDULED, CycleKind.MANUAL)
BY_HAND: Final = ("cycle.rejected", "cycle.stopped")
TRIED: Final = 2
"""So many attempts in vain are no single fault."""

Streams = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Latest:
    """What `read` finds; the fields are those of `sync.alerts.reading.Connection`. running: kinds of cycles that run;
    last_scheduled: the last scheduled cycles that ended, and when the first of them was asked for."""

    troubles: tuple[Trouble, ...] = ()
    bad_ends: Mapping[Direction, int] = field(default_factory=dict)
    unfinished: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, LastCycle] = field(default_factory=dict)
    running: tuple[str, ...] = ()
    last_scheduled: tuple[list[int], datetime] = ([], datetime.max)
    unbalanced: int = 0


def read(tx: Tx, connection_id: int) -> Latest:
    """The last cycles of a connection, and those that wait or run."""
    rows = cycles.recent(tx, LOOKED_AT, connection_id)
    streams = cycles.streams_of(tx, [row["id"] for row in rows])
    by_cycle = [(row, [one for one in streams if one["cycle_id"] == row["id"]]) for row in rows]
    waiting = [row for row in cycles.unfinished(tx) if row["connection_id"] == connection_id]
    return Latest(
        troubles=tuple(_troubles(by_cycle)),
        bad_ends={way: _bad_in_a_row(by_cycle, way) for way in Direction},
        unfinished=Counter(row["state"] for row in waiting),
        ended=_ended(rows),
        running=tuple(row["kind"] for row in waiting if row["state"] == "running"),
        last_scheduled=_last_scheduled(rows),
        unbalanced=sum(not progress.conserved(one) for one in streams if one["state"] == "done"),
    )


def _troubles(by_cycle: Iterable[tuple[Mapping[str, Any], Streams]]) -> list[Trouble]:
    """What the newest attempt of each stream ran into; one that went well makes the older ones good."""
    found: dict[tuple[str, str], Trouble | None] = {}
    for _, streams in by_cycle:
        for one in streams:
            key = (one["entity"], one["direction"])
            if key not in found and _tells(one):
                found[key] = _trouble(one)
    return [one for one in found.values() if one is not None]


def _tells(stream: Mapping[str, Any]) -> bool:
    in_vain = bool(stream["error"]) and stream["attempts"] >= TRIED
    return stream["state"] in ("done", "failed") or in_vain


def _trouble(stream: Mapping[str, Any]) -> Trouble | None:
    error = stream["error"] or {}
    code = str(error.get("code", ""))
    if stream["state"] == "done" or not error or code in BY_HAND:
        return None
    where = Entity(stream["entity"]), Direction(stream["direction"])
    advice = str(error.get("advice") or "")
    return Trouble(*where, str(error.get("class", "")), code, advice, ended=stream["state"] == "failed")


def _bad_in_a_row(by_cycle: Iterable[tuple[Mapping[str, Any], Streams]], way: Direction) -> int:
    """As the circuit breaker counts, see `store/sql/streams.sql`: a cycle in which everything of that way failed."""
    ends = [_end(mine) for row, streams in by_cycle if row["kind"] in WATCHED and (mine := _of(streams, way))]
    return breaker.trips_in_a_row(ends, threshold=1)


def _of(streams: Streams, way: Direction) -> Streams:
    ended = (one for one in streams if one["direction"] == way and one["state"] in ("done", "failed"))
    return [one for one in ended if (one["error"] or {}).get("code") not in BY_HAND]


def _end(streams: Streams) -> StreamEnd:
    failed = all(one["state"] == "failed" for one in streams)
    return StreamEnd(failed, sum(one["read"] for one in streams), sum(one["failed"] for one in streams))


def _ended(rows: Streams) -> dict[str, LastCycle]:
    found: dict[str, LastCycle] = {}
    for row in rows:
        if row["finished_at"] and row["state"] not in found:
            began = row["started_at"] or row["requested_at"]
            took_s = (row["finished_at"] - began).total_seconds()
            found[row["state"]] = LastCycle(row["finished_at"], took_s, row["kind"])
    return found


def _last_scheduled(rows: Streams) -> tuple[list[int], datetime]:
    ended = [row for row in rows if row["kind"] == CycleKind.SCHEDULED and row["finished_at"]][:ECHOING]
    return ([row["id"] for row in ended], ended[-1]["requested_at"]) if len(ended) == ECHOING else ([], datetime.max)
