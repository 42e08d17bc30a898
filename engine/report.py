"""What a cycle did, as an object that is shown, printed as JSON, and adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from store import cycles
from store.db import Tx
from sync.guards import ANSWER
from sync.model import Entity, Outcome

ENDED: Final = ("complete", "partial", "failed", "stopped")
COUNTERS: Final = tuple(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class StreamReport:
    """One stream. counts: per outcome; whatever has none yet counts as waiting, so that they add up to `read`."""

    entity: Entity
    direction: str
    state: str
    read: int
    counts: Mapping[str, int]
    error: Mapping[str, Any] | None = None

    @property
    def settled(self) -> int:
        """Records that came to their end."""
        return self.read - self.counts["waiting"]

    def as_json(self) -> dict[str, Any]:
        """The shape that `sync --wait --json` promises."""
        return {"entity": self.entity, "direction": self.direction, "read": self.read, **self.counts}


@dataclass(frozen=True, slots=True)
class CycleReport:
    """One cycle with its streams in order."""

    id: int
    kind: str
    state: str
    requested_by: str
    requested: datetime | None
    started: datetime | None
    finished: datetime | None
    note: str
    streams: Sequence[StreamReport]

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def asks(self) -> bool:
        """Whether it waits for a person's answer: stopped, and not for good."""
        return self.state == "stopped" and self.finished is None

    @property
    def question(self) -> str:
        """What it asks, without the commands that answer; "" when it doesn't ask."""
        if not self.asks:
            return ""
        plain = self.note.replace(f": {ANSWER}".replace(" N`", f" {self.id}`"), "")
        return plain.replace(f"`ac365 cycles approve {self.id}`", "let it go on")

    @property
    def read(self) -> int:
        """How many records were read."""
        return sum(stream.read for stream in self.streams)

    @property
    def sums(self) -> dict[str, int]:
        """How many records came to each outcome. They add up to `read`."""
        return {name: sum(stream.counts[name] for stream in self.streams) for name in COUNTERS}

    def as_json(self) -> dict[str, Any]:
        """The shape that `sync --wait --json` promises."""
        return {
            "cycle": self.id,
            "state": self.state,
            "started": self.started,
            "finished": self.finished,
            "streams": [stream.as_json() for stream in self.streams],
        }


def of_cycle(tx: Tx, cycle_id: int, connection_id: int | None = None) -> CycleReport:
    """The report of one cycle as it stands now. Raises LookupError when there is none with this number, here where a
    connection is named."""
    row = cycles.get(tx, cycle_id)
    if row is None or connection_id not in (None, row["connection_id"]):
        raise LookupError(f"there is no cycle {cycle_id}; see `ac365 cycles`")
    return _report(row, cycles.streams(tx, cycle_id))


def recent(tx: Tx, limit: int, connection_id: int | None = None, before: int | None = None) -> list[CycleReport]:
    """The newest cycles first. before: the number behind which to go on."""
    rows = cycles.recent(tx, limit, connection_id, before)
    streams: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for stream in cycles.streams_of(tx, [row["id"] for row in rows]):
        streams[stream["cycle_id"]].append(stream)
    return [_report(row, streams[row["id"]]) for row in rows]


def _report(row: Mapping[str, Any], streams: Sequence[Mapping[str, Any]]) -> CycleReport:
    return CycleReport(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        requested_by=row["requested_by"],
        requested=row["requested_at"],
        started=row["started_at"],
        finished=row["finished_at"],
        note=row["note"],
        streams=[_stream(stream) for stream in streams],
    )


def _stream(row: Mapping[str, Any]) -> StreamReport:
    counts = {name: int(row[name]) for name in COUNTERS}
    # The records of a stream that has not ended, or was given up, have no outcome yet: they wait.
    counts["waiting"] = row["read"] - sum(number for name, number in counts.items() if name != "waiting")
    return StreamReport(Entity(row["entity"]), row["direction"], row["state"], row["read"], counts, row["error"])
