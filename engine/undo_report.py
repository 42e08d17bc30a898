"""What undoing a cycle puts back or would put back: counts, reasons, and the first values of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sync.errors import SyncError
from sync.model import Canonical, Direction, Entity

LISTED: Final = 1_000
"""So many values and failures of each kind are named; all are counted."""
SERVICES: Final = {Direction.INBOUND: "Dynamics", Direction.OUTBOUND: "ActiveCampaign"}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is put back: from what is there now to what was there before."""

    record_id: str
    ac_id: int | None
    key: str
    now: Canonical
    before: Canonical

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        values = {"now": self.now, "before": self.before}
        return {"record": self.record_id, "activecampaign_id": self.ac_id, "field": self.key, **values}


@dataclass(frozen=True, slots=True)
class Left:
    """One value that stays as it is, and why."""

    record_id: str
    ac_id: int | None
    key: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        told = {"record": self.record_id, "activecampaign_id": self.ac_id}
        return {**told, "field": self.key, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that refused its former values."""

    record_id: str
    ac_id: int | None
    error: SyncError

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        told = {"code": self.error.code, "message": self.error.message, "advice": self.error.advice}
        return {"record": self.record_id, "activecampaign_id": self.ac_id, **told}


@dataclass
class Tally:
    """One entity on the side it was written to. overwrote: records the cycle overwrote; undone: those put back before;
    created: records the cycle created, which stay; records, values: what is to be put back, or was; fields: those
    values by field, changes: the first of them; left: values that stay as they are, by reason, staying: the first of
    them; failed, failures: how many records, and the first of them."""

    entity: Entity
    direction: Direction
    overwrote: int = 0
    undone: int = 0
    created: int = 0
    records: int = 0
    values: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    staying: list[Left] = field(default_factory=list)
    failed: int = 0
    failures: list[Failed] = field(default_factory=list)

    @property
    def service(self) -> str:
        """The side the cycle wrote to."""
        return SERVICES[self.direction]

    def leave(self, record_id: str, ac_id: int | None, reasons: Mapping[str, str]) -> None:
        """Counts values of a record that stay as they are."""
        self.left.update(reasons.values())
        room = LISTED - len(self.staying)
        self.staying += [Left(record_id, ac_id, key, why) for key, why in reasons.items()][:room]

    def put(self, record_id: str, ac_id: int | None, values: Mapping[str, Canonical], now: Mapping[str, Any]) -> None:
        """Counts a record with the values it gets back."""
        self.records += 1
        self.values += len(values)
        self.fields.update(list(values))
        room = LISTED - len(self.changes)
        self.changes += [Change(record_id, ac_id, key, now.get(key), value) for key, value in values.items()][:room]

    def fail(self, record_id: str, ac_id: int | None, error: SyncError) -> None:
        """Counts a record that refused."""
        self.failed += 1
        if len(self.failures) < LISTED:
            self.failures.append(Failed(record_id, ac_id, error))

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "entity": self.entity.value,
            "direction": self.direction.value,
            "overwrote": self.overwrote,
            "put_back_before": self.undone,
            "put_back": {"records": self.records, "values": self.values, "fields": dict(self.fields.most_common())},
            "changes": [one.as_json() for one in self.changes],
            "left_alone": [{"reason": why, "values": number} for why, number in self.left.most_common()],
            "staying": [one.as_json() for one in self.staying],
            "created": self.created,
            "failed": self.failed,
            "failures": [one.as_json() for one in self.failures],
        }


@dataclass
class Report:
    """All of it. applied: the values were put back; else they would be."""

    cycle_id: int
    applied: bool
    tallies: list[Tally] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records get values back."""
        return sum(tally.records for tally in self.tallies)

    @property
    def values(self) -> int:
        """How many values that are."""
        return sum(tally.values for tally in self.tallies)

    @property
    def failed(self) -> int:
        """How many records refused."""
        return sum(tally.failed for tally in self.tallies)

    def told(self) -> dict[str, dict[str, int]]:
        """Numbers alone, for the audit log."""
        names = ("records", "values", "failed")
        return {f"{t.entity} {t.direction}": {name: getattr(t, name) for name in names} for t in self.tallies}

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        told = [tally.as_json() for tally in self.tallies]
        return {"cycle": self.cycle_id, "applied": self.applied, "failed": self.failed, "entities": told}
