"""What a comparison found: numbers per entity that add up, and every difference with its fields and reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.verify_sums import Sum
from engine.wake import Wake
from sync.model import Entity

DETAILS: Final = 1000
"""Differences are counted without end, but this many per entity are listed, those without a reason first."""
NUMBERS: Final = ("in_dynamics", "equal", "different", "missing", "absent", "explained")
NAMES: Final = {"absent": "missing_in_dynamics"}
"""How scripts read a number that is called otherwise here."""
ACTIVECAMPAIGN: Final = "activecampaign"
DYNAMICS: Final = "dynamics"


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that isn't as it should be.

    record_id: None for what ActiveCampaign alone has; ac_record: the id there of a record of a custom object, "" of
    anything else; fields: what differs, empty when it is missing altogether;
    missing_in: the side that lacks it, "" for neither; reasons: why, by field, as far as that is known; the key of a
    record that is missing is "". explained: nothing of it lacks a reason; else it counts against the report.
    """

    entity: Entity
    record_id: str | None
    fields: tuple[str, ...] = ()
    ac_id: int | None = None
    missing_in: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    ac_record: str = ""

    @property
    def missing(self) -> bool:
        """Whether one side doesn't have the record."""
        return bool(self.missing_in)

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The fields that nothing is known about, "" for the whole record."""
        return tuple(name for name in self.fields or ("",) if name not in self.reasons)

    @property
    def explained(self) -> bool:
        """Whether everything about it has a reason."""
        return not self.unexplained

    @property
    def explanation(self) -> str | None:
        """Why, in one line; None when something of it counts against the report."""
        return None if self.unexplained else self.told

    @property
    def told(self) -> str:
        """Whatever reasons are known, in one line."""
        different = set(self.reasons.values())
        if len(different) == 1 and self.explained:
            return different.pop()
        return "; ".join(f"{name}: {why}" if name else why for name, why in sorted(self.reasons.items()))

    def as_json(self) -> dict[str, Any]:
        """The difference for scripts."""
        return {
            "entity": self.entity.value,
            "record": self.record_id,
            "activecampaign": self.ac_record or self.ac_id,
            "fields": list(self.fields),
            "missing": self.missing,
            "missing_in": self.missing_in or None,
            "explanation": self.explanation,
            "reasons": dict(self.reasons),
        }


@dataclass
class Tally:
    """The numbers of one entity: in_dynamics = in_scope + not_expected, in_scope = equal + different + missing.

    absent: requests to create records, and accounts, that Dynamics doesn't have; explained: how many of those that
    differ, are missing or absent have a reason.
    """

    entity: Entity
    in_dynamics: int = 0
    equal: int = 0
    different: int = 0
    missing: int = 0
    absent: int = 0
    explained: int = 0
    not_expected: Counter[str] = field(default_factory=Counter)

    @property
    def in_scope(self) -> int:
        """Records that are expected in ActiveCampaign."""
        return self.equal + self.different + self.missing

    @property
    def unexplained(self) -> int:
        """Records that disagree although nothing is known to stand in their way."""
        return self.different + self.missing + self.absent - self.explained

    def count(self, difference: Difference) -> None:
        """Counts one record that disagrees."""
        if difference.missing_in == DYNAMICS:
            self.absent += 1
        elif difference.missing_in:
            self.missing += 1
        else:
            self.different += 1
        self.explained += difference.explained

    def kept(self) -> dict[str, Any]:
        """The numbers as they are kept between two steps."""
        return {**{name: getattr(self, name) for name in NUMBERS}, "not_expected": dict(self.not_expected)}

    @classmethod
    def revive(cls, entity: Entity, kept: Mapping[str, Any]) -> Tally:
        """The numbers as they were kept; none yet is zero."""
        numbers = {name: kept.get(name, 0) for name in NUMBERS}
        return cls(entity, **numbers, not_expected=Counter(kept.get("not_expected", {})))

    def as_json(self) -> dict[str, Any]:
        """The numbers, for scripts."""
        names = ("in_dynamics", "in_scope", "equal", "different", "missing", "absent", "explained")
        numbers = {NAMES.get(name, name): getattr(self, name) for name in names}
        return {"entity": self.entity.value, **numbers, "not_expected": dict(self.not_expected)}


@dataclass(frozen=True)
class Report:
    """The whole comparison. contacts, accounts, records: what ActiveCampaign has, accounts as far as they come from
    Dynamics, records of opportunities.

    strays: contacts marked as pushed for which no in-scope record stands (any more). waiting: changes that are on their
    way. queued: what a repair has queued, by `dynamics` (records to be read again), `activecampaign` (to be looked at
    again) and `records` (differences that this ends), None without a repair; wakes: what starts it. sums: what
    opportunities are worth, by stage and currency; notes: what was not compared, in sentences.
    """

    tallies: Sequence[Tally]
    contacts: int
    accounts: int
    strays: int
    waiting: int
    differences: Sequence[Difference] = ()
    queued: Mapping[str, int] | None = None
    wakes: Sequence[Wake] = ()
    records: int = 0
    sums: Sequence[Sum] = ()
    notes: Sequence[str] = ()

    @property
    def agrees(self) -> bool:
        """Whether everything in scope agrees or is explained."""
        return not any(tally.unexplained for tally in self.tallies)

    def as_json(self) -> dict[str, Any]:
        """The report for scripts."""
        queued = {} if self.queued is None else {"queued": dict(self.queued)}
        return {
            "agrees": self.agrees,
            "entities": [tally.as_json() for tally in self.tallies],
            "activecampaign": {
                "contacts": self.contacts,
                "accounts": self.accounts,
                "opportunities": self.records,
                "strays": self.strays,
            },
            "sums": [one.as_json() for one in self.sums],
            "notes": list(self.notes),
            "waiting": self.waiting,
            "differences": [one.as_json() for one in self.differences],
            **queued,
        }
