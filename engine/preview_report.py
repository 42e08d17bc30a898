"""What a dry run found, per entity and direction: counts with reasons, a sample of what would be written, conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sync.merge import Conflict
from sync.model import Direction, Entity, Outcome

SAMPLE: Final = 10
SHADOWED: Final = "another record with the same address stands for the contact"
SIDES: Final = {"ours": "dynamics", "theirs": "activecampaign", "": "a person decides"}
OUTCOMES: Final = (
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.UNCHANGED,
    Outcome.SKIPPED,
    Outcome.WAITING,
    Outcome.FAILED,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One record with what would be written. values: by ActiveCampaign field; None is cleared.

    record_id: the Dynamics id, or `ac:` and ActiveCampaign's id of what would be created in Dynamics.
    """

    record_id: str
    outcome: str
    reason: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both sides changed, or about which nothing was agreed yet, and who would win."""

    record_id: str
    conflict: Conflict

    def as_json(self) -> dict[str, Any]:
        """For scripts: the three values and the winner."""
        one = self.conflict
        values = {"agreed": one.agreed, "dynamics": one.ours, "activecampaign": one.theirs}
        return {"record": self.record_id, "field": one.key, **values, "winner": SIDES[one.winner]}


@dataclass
class Preview:
    """What would become of the records of one entity in one direction. since: None when all are read.

    reasons: how many records per outcome and reason; sample: the first ten that would be written; linked: found on both
    sides without a link so far; opt_outs: people whose opt-out would travel; clashes: how many, by field and winner;
    clash_sample: the first ten of them; waiting: the first ten that would wait for another record, with the reason;
    question: what the cycle asks before it writes, "" for nothing; stopped: why nothing of it would travel at all, and
    what to do, "" when it would.
    """

    entity: Entity
    since: datetime | None
    direction: Direction = Direction.OUTBOUND
    read: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    sample: dict[str, Sample] = field(default_factory=dict)
    linked: int = 0
    opt_outs: int = 0
    clashes: Counter[tuple[str, str]] = field(default_factory=Counter)
    clash_sample: list[Clash] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)
    question: str = ""
    stopped: str = ""

    def count(self, outcome: Outcome) -> int:
        """Records with this outcome."""
        return sum(number for (name, _), number in self.reasons.items() if name == outcome)

    def enter(self, outcome: Outcome, reason: str) -> None:
        """Counts a record that was read."""
        self.read += 1
        self.reasons[(outcome.value, reason)] += 1

    def show(self, record_id: str, outcome: Outcome, reason: str, values: Mapping[str, Any]) -> None:
        """Keeps what would be written for a record, as long as the sample has room."""
        if len(self.sample) < SAMPLE:
            self.sample[record_id] = Sample(record_id, outcome.value, reason, dict(values))

    def wait(self, record_id: str, reason: str) -> None:
        """Keeps why a record would wait, as long as there is room."""
        if len(self.waiting) < SAMPLE:
            self.waiting[record_id] = reason

    def clash(self, record_id: str, conflict: Conflict) -> None:
        """Counts a conflict."""
        self.clashes[(conflict.key, SIDES[conflict.winner])] += 1
        if len(self.clash_sample) < SAMPLE:
            self.clash_sample.append(Clash(record_id, conflict))

    def as_json(self) -> dict[str, Any]:
        """The preview for scripts."""
        return {
            "entity": self.entity.value,
            "direction": self.direction.value,
            "since": self.since,
            "read": self.read,
            **{outcome.value: self.count(outcome) for outcome in OUTCOMES},
            "linked": self.linked,
            "opt_outs": self.opt_outs,
            "reasons": [{"outcome": name, "reason": why, "count": n} for (name, why), n in self.reasons.most_common()],
            "sample": [
                {"record": s.record_id, "outcome": s.outcome, "reason": s.reason, "values": s.values}
                for s in self.sample.values()
            ],
            "waiting_sample": [{"record": one, "reason": why} for one, why in self.waiting.items()],
            "question": self.question,
            "stopped": self.stopped,
            "conflicts": [{"field": key, "winner": who, "count": n} for (key, who), n in self.clashes.most_common()],
            "conflict_sample": [one.as_json() for one in self.clash_sample],
        }
