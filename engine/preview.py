"""What a cycle would do, without doing it: every decision is taken, none is kept.

Where several records share an address the survivor rule is applied among the records that are read and the holders so
far. That is an estimate in one case: a holder that would give its contact up in the same cycle still counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from engine import browse
from engine.context import Context
from store import links, watermarks
from sync import decide
from sync.model import PEOPLE, Change, Decision, Direction, Entity, Lane, Link, Outcome

SAMPLE: Final = 10
SHADOWED: Final = "another record with the same address stands for the contact"
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """One record with what would be written. values: by ActiveCampaign field; None is cleared."""

    record_id: str
    outcome: str
    reason: str
    values: dict[str, Any]


@dataclass
class Preview:
    """What would become of the records of one entity. since: None when all records are read.

    reasons: how many records per outcome and reason; sample: the first ten that would be written.
    """

    entity: Entity
    since: datetime | None
    read: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    sample: dict[str, Sample] = field(default_factory=dict)

    def count(self, outcome: Outcome) -> int:
        """Records with this outcome."""
        return sum(number for (name, _), number in self.reasons.items() if name == outcome)

    def as_json(self) -> dict[str, Any]:
        """The preview for scripts."""
        outcomes = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.SKIPPED)
        return {
            "entity": self.entity.value,
            "since": self.since,
            "read": self.read,
            **{outcome.value: self.count(outcome) for outcome in outcomes},
            "reasons": [{"outcome": name, "reason": why, "count": n} for (name, why), n in self.reasons.most_common()],
            "sample": [
                {"record": s.record_id, "outcome": s.outcome, "reason": s.reason, "values": s.values}
                for s in self.sample.values()
            ],
        }


def preview(
    context: Context,
    entities: Sequence[Entity],
    *,
    all_of: Sequence[Entity] = (),
    progress: Progress = lambda _what, _number: None,
) -> list[Preview]:
    """One preview per entity: the changes since its watermark, or all records where there is none or in `all_of`."""
    found = []
    rivals: dict[str, _Standing] = {}
    previews: dict[Entity, Preview] = {}
    for entity in entities:
        with context.db.transaction() as tx:
            mark = None if entity in all_of else watermarks.get(tx, context.id, entity, Direction.OUTBOUND)
        one = previews[entity] = Preview(entity, mark["moved_at"] if mark else None)
        for changes in browse.changes(context, entity, mark=mark, lane=Lane.SYNC):
            _page(context, previews, entity, changes, rivals)
            progress(f"{entity}s", one.read)
        found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class _Standing:
    """The best record of an address so far and what was counted for it. counted is None for a holder from before."""

    rank: browse.Rank
    entity: Entity
    record_id: str
    counted: tuple[str, str] | None


def _page(
    context: Context,
    previews: dict[Entity, Preview],
    entity: Entity,
    changes: Sequence[Change],
    rivals: dict[str, _Standing],
) -> None:
    addresses = sorted({change.address for change in changes if change.address})
    with context.db.transaction() as tx:
        own = links.of_records(tx, context.id, entity, [change.record_id for change in changes])
        there = links.of_addresses(tx, context.id, addresses) if entity in PEOPLE else {}
    for change in changes:
        link = own.get(change.record_id)
        at_address = there.get(change.address or "")
        if _competes(change) and at_address and change.address not in rivals:
            rivals[change.address or ""] = _before(at_address)
        decision = _decide(context, change, link or _taken_over(at_address, change))
        _enter(previews, change, decision, rivals)


def _competes(change: Change) -> bool:
    return change.entity in PEOPLE and not browse.hindrance(change, person=True)


def _before(link: Link) -> _Standing:
    stand_in = Change(link.entity, link.record_id, 0, modified_on=link.modified_on)
    return _Standing(browse.rank(stand_in), link.entity, link.record_id, None)


def _taken_over(link: Link | None, change: Change) -> Link | None:
    """The link of the address as it would be if this record took it over."""
    return replace(link, entity=change.entity, record_id=change.record_id) if link else None


def _decide(context: Context, change: Change, link: Link | None) -> Decision:
    rules = context.rules[change.entity]
    return decide.decide(change, link, holder=None, terms=rules.terms)


def _enter(previews: dict[Entity, Preview], change: Change, decision: Decision, rivals: dict[str, _Standing]) -> None:
    """Counts a decision; where two records want one contact, the loser is counted as skipped instead."""
    mine = previews[change.entity]
    mine.read += 1
    counted = (decision.outcome.value, _group(decision))
    if not _competes(change):
        mine.reasons[counted] += 1
        return _keep(mine, change, decision)
    standing = _Standing(browse.rank(change), change.entity, change.record_id, counted)
    rival = rivals.get(change.address or "")
    if rival and rival.record_id != change.record_id and rival.rank > standing.rank:
        mine.reasons[(Outcome.SKIPPED.value, SHADOWED)] += 1
        return None
    if rival and rival.counted:
        _dethrone(previews[rival.entity], rival)
    rivals[change.address or ""] = standing
    mine.reasons[counted] += 1
    return _keep(mine, change, decision)


def _dethrone(loser: Preview, rival: _Standing) -> None:
    loser.reasons[rival.counted or ("", "")] -= 1
    loser.reasons += Counter()  # An entry that fell to zero goes.
    loser.reasons[(Outcome.SKIPPED.value, SHADOWED)] += 1
    loser.sample.pop(rival.record_id, None)


def _group(decision: Decision) -> str:
    """The reason without what differs from record to record."""
    return "changed" if decision.action == "update" else decision.reason


def _keep(one: Preview, change: Change, decision: Decision) -> None:
    if decision.action != "none" and len(one.sample) < SAMPLE:
        values = {**decision.values, **dict.fromkeys(decision.cleared)}
        one.sample[change.record_id] = Sample(change.record_id, decision.outcome.value, decision.reason, values)
