"""What a comparison found: numbers per entity that add up, and every difference with its fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.context import Context
from store import failures, outbox, watermarks
from sync.model import Direction, Entity

DETAILS: Final = 1000
"""Differences are counted without end, but this many per entity are listed."""
AT_ONCE: Final = 1000
BASELINE: Final = "not changed since the sync was switched on"


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that isn't as it should be. fields: what differs, empty when it is missing altogether.

    explanation: why, where that is known; None counts against the report.
    """

    entity: Entity
    record_id: str
    fields: tuple[str, ...]
    ac_id: int | None = None
    explanation: str | None = None

    @property
    def missing(self) -> bool:
        """Whether ActiveCampaign doesn't have the record."""
        return not self.fields


class Explained:
    """The reasons for which a record of one entity may disagree."""

    def __init__(self, listed: Mapping[str, str], baseline: bool) -> None:
        self._listed = listed
        self._baseline = baseline

    @classmethod
    def load(cls, context: Context, entity: Entity) -> Explained:
        """The failure list and the way the entity was started."""
        listed: dict[str, str] = {}
        with context.db.transaction() as tx:
            mark = watermarks.get(tx, context.id, entity, Direction.OUTBOUND)
            for state in ("open", "retrying"):
                offset = 0
                while rows := failures.listed(tx, context.id, entity, state=state, limit=AT_ONCE, offset=offset):
                    listed |= {str(row["record_id"]): row["message"] for row in rows if row["record_id"]}
                    offset += len(rows)
        return cls(listed, bool(mark and mark["established"] == "baseline"))

    def of(self, record_id: str, *, missing: bool) -> str | None:
        """Why this record disagrees, None when nobody knows."""
        if record_id in self._listed:
            return f"on the failure list: {self._listed[record_id]}"
        return BASELINE if missing and self._baseline else None


@dataclass
class Tally:
    """The numbers of one entity: in_dynamics = in_scope + not_expected, in_scope = equal + different + missing."""

    entity: Entity
    explained_by: Explained
    in_dynamics: int = 0
    equal: int = 0
    different: int = 0
    missing: int = 0
    explained: int = 0
    not_expected: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    @property
    def in_scope(self) -> int:
        """Records that are expected in ActiveCampaign."""
        return self.equal + self.different + self.missing

    @property
    def unexplained(self) -> int:
        """Records that disagree although nothing is known to stand in their way."""
        return self.different + self.missing - self.explained

    def judge(self, record_id: str, fields: Sequence[str], ac_id: int, kept: str | None = None) -> None:
        """Counts a record that both sides have. kept: an explanation that is known already."""
        if fields:
            self.different += 1
            why = self._why(record_id, False, kept)
            self._list(Difference(self.entity, record_id, tuple(fields), ac_id, why))
        else:
            self.equal += 1

    def miss(self, record_id: str) -> None:
        """Counts a record that ActiveCampaign doesn't have."""
        self.missing += 1
        self._list(Difference(self.entity, record_id, (), None, self._why(record_id, True)))

    def _why(self, record_id: str, missing: bool, known: str | None = None) -> str | None:
        reason = known or self.explained_by.of(record_id, missing=missing)
        self.explained += reason is not None
        return reason

    def _list(self, difference: Difference) -> None:
        if len(self.differences) < DETAILS:
            self.differences.append(difference)

    def as_json(self) -> dict[str, Any]:
        """The numbers, for scripts."""
        names = ("in_dynamics", "in_scope", "equal", "different", "missing", "explained")
        numbers = {name: getattr(self, name) for name in names}
        return {"entity": self.entity.value, **numbers, "not_expected": dict(self.not_expected)}


@dataclass(frozen=True)
class Report:
    """The whole comparison. strays: contacts marked as pushed for which no in-scope record stands (any more).

    waiting: changes that are on their way to ActiveCampaign: a difference may be one of them.
    """

    tallies: Sequence[Tally]
    contacts: int
    accounts: int
    strays: int
    waiting: int

    @classmethod
    def of(cls, context: Context, tallies: Sequence[Tally], *, contacts: int, accounts: int, strays: int) -> Report:
        """The report, with what is on its way at this moment."""
        with context.db.transaction() as tx:
            rows = outbox.pending_counts(tx, context.id)
        waiting = sum(row["ready"] + row["waiting"] + row["in_flight"] for row in rows)
        return cls(tallies, contacts, accounts, strays, waiting)

    @property
    def agrees(self) -> bool:
        """Whether everything in scope agrees or is explained."""
        return not any(tally.unexplained for tally in self.tallies)

    @property
    def differences(self) -> list[Difference]:
        """Every listed difference, in the order of the entities."""
        return [difference for tally in self.tallies for difference in tally.differences]

    def as_json(self) -> dict[str, Any]:
        """The report for scripts."""
        return {
            "agrees": self.agrees,
            "entities": [tally.as_json() for tally in self.tallies],
            "activecampaign": {"contacts": self.contacts, "accounts": self.accounts, "strays": self.strays},
            "waiting": self.waiting,
            "differences": [
                {
                    "entity": one.entity.value,
                    "record": one.record_id,
                    "activecampaign": one.ac_id,
                    "fields": list(one.fields),
                    "missing": one.missing,
                    "explanation": one.explanation,
                }
                for one in self.differences
            ],
        }
