"""Undoing a cycle: the values it overwrote go back to the side where it wrote them, as if a person had edited them.

Past the outbox, and what both sides agreed on stays as it is: so the next cycle sees an edit of that side and treats it
like any other. Everything is read at this moment, and what somebody changed since the cycle stays. What was put back is
marked, so it may be interrupted and run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from engine.context import Context
from engine.undo_accounts import Companies
from engine.undo_asked import Row, asked
from engine.undo_people import People
from engine.undo_records import Records
from engine.undo_report import Report, Tally
from engine.undo_side import GONE, Answer, Ready, Side, There
from mapping.compiled import CompiledMapping
from store import audit, overwritten
from store.overwritten import Group, Overwritten
from sync import merge, undo
from sync.errors import Missing, Overtaken, SyncError
from sync.model import Canonical, Direction, Entity

PAGE: Final = 250
UNLINKED: Final = "its link has ended since"
REMOVED: Final = "was deleted in ActiveCampaign"
UNDERWAY: Final = "a newer change is on its way"
Progress = Callable[[str, int], None]


def run(
    context: Context, cycle_id: int, *, author: str = "", progress: Progress = lambda _what, _number: None
) -> Report:
    """Puts back what a cycle overwrote. author: who wants that, "" to see only what would be.

    Raises Refused, SyncError. What was put back before an error or an interruption is marked and in the audit log.
    """
    cycle, tallies = asked(context, cycle_id)
    report = Report(cycle_id, applied=bool(author), tallies=tallies)
    try:
        for tally in tallies:
            if tally.overwrote > tally.undone:
                _Undo(context, cycle, tally, progress).run(apply=bool(author))
    finally:
        if author:
            with context.db.transaction() as tx:
                audit.write(tx, context.id, author, "undo", f"cycle {cycle_id}", after=report.told())
    return report


class _Undo:
    """One entity on one side, page by page."""

    def __init__(self, context: Context, cycle: Row, tally: Tally, progress: Progress) -> None:
        self._context = context
        self._tally = tally
        self._progress = progress
        self._group = Group(cycle["id"], tally.entity, tally.direction)
        self._mapping = context.rules[tally.entity].mapping
        self._side = self._side_of(cycle)

    def _side_of(self, cycle: Row) -> Side:
        if self._tally.direction is Direction.INBOUND:
            return Records(self._context, self._group)
        if self._tally.entity is Entity.ACCOUNT:
            return Companies(self._context, self._group, self._tally.overwrote - self._tally.undone)
        return People(self._context, self._group, cycle["started_at"])

    def run(self, *, apply: bool) -> None:
        """Judges everything, and puts it back or counts what would be."""
        after, number = None, 0
        while page := self._page(after):
            after, number = page[-1].record_id, number + len(page)
            ready, already = self._ready(page)
            if apply:
                self._mark(already)
            self._account_for(self._side.write(ready) if apply else ((one, None) for one in ready), apply=apply)
            self._progress(f"{self._tally.service} {self._tally.entity.plural}", number)
        if apply:
            self._account_for(self._side.finish(), apply=True)

    def _page(self, after: str | None) -> list[Overwritten]:
        with self._context.db.transaction() as tx:
            return overwritten.page(tx, self._group, after, PAGE)

    def _ready(self, page: Sequence[Overwritten]) -> tuple[list[Ready], list[str]]:
        """The records of a page that get something back, and those that have all of it already: an earlier run that was
        interrupted may have written them."""
        hindered = {one.record_id: why for one in page if (why := _hindrance(one))}
        there = self._side.look([one for one in page if one.record_id not in hindered])
        found, already = [], []
        for one in page:
            now = hindered.get(one.record_id) or there[one.record_id]
            verdict = undo.all_left(one.before, now) if isinstance(now, str) else self._judged(one, now)
            self._tally.leave(one.record_id, _number(one, now), verdict.left)
            if verdict.put_back and isinstance(now, There):
                found.append(Ready(one, now, verdict.put_back))
            elif set(verdict.left.values()) == {undo.ALREADY}:
                already.append(one.record_id)
        return found, already

    def _judged(self, one: Overwritten, now: There) -> undo.Verdict:
        verdict = undo.judge(
            one.before,
            one.after,
            one.link.agreed if one.link else {},
            now.values,
            mapped=self._mapping.directions,
            fixed=undo.FIXED[one.entity],
            same=_same(self._mapping),
        )
        unfit = self._side.refusals(now, verdict.put_back)
        fit = {key: value for key, value in verdict.put_back.items() if key not in unfit}
        return undo.Verdict(fit, {**verdict.left, **unfit})

    def _account_for(self, answers: Iterable[Answer], *, apply: bool) -> None:
        """Counts what became of records and marks those that were put back, whatever stops it in between."""
        done: list[str] = []
        try:
            for one, error in answers:
                self._count(one, error)
                done += [] if error else [one.kept.record_id]
        finally:
            if apply:
                self._mark(done)

    def _mark(self, record_ids: Sequence[str]) -> None:
        if record_ids:
            with self._context.db.transaction() as tx:
                overwritten.mark(tx, self._group, record_ids)

    def _count(self, one: Ready, error: SyncError | None) -> None:
        record_id, number = one.kept.record_id, _number(one.kept, one.there)
        if error is None:
            self._tally.put(record_id, number, one.values, one.there.values)
        elif isinstance(error, Overtaken | Missing):
            # Somebody was quicker, between the look and the write.
            why = undo.CHANGED if isinstance(error, Overtaken) else GONE
            self._tally.leave(record_id, number, dict.fromkeys(one.values, why))
        else:
            self._tally.fail(record_id, number, error)


def _number(one: Overwritten, now: There | str) -> int | None:
    """Its id in ActiveCampaign, None where nobody knows it."""
    known = one.link.ac_id if one.link else None
    return known or (now.number if isinstance(now, There) else 0) or None


def _hindrance(one: Overwritten) -> str:
    """Why a record can't be looked at, "" when it can."""
    if one.link is None:
        return UNLINKED
    if one.link.removed:
        return REMOVED
    return UNDERWAY if one.underway else ""


def _same(mapping: CompiledMapping) -> undo.Same:
    """Values are compared by what they mean, however each side spells them."""

    def same(key: str, one: Canonical, other: Canonical) -> bool:
        return merge.same(key, one, mapping.aligned({key: other}, {key: one})[key])

    return same
