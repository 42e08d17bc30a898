"""The outbound half of a dry run: what would be written to ActiveCampaign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine import browse
from engine.associations import targets_of, within_reach
from engine.context import Context
from engine.preview_ahead import Ahead
from engine.preview_contacts import Contacts
from engine.preview_report import SHADOWED, Preview
from store import links
from sync import decide
from sync.model import PEOPLE, Change, Decision, Entity, Lane, Link, Outcome

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class _Standing:
    """The best record of an address so far and what was counted for it. counted is None for a holder from before."""

    rank: browse.Rank
    entity: Entity
    record_id: str
    counted: tuple[str, str] | None


class Half:
    """Reads entity by entity; `previews` has those that were begun, by entity. contacts: learns which would be there,
    where somebody wants to know."""

    def __init__(
        self, context: Context, previews: Mapping[Entity, Preview], ahead: Ahead, contacts: Contacts | None = None
    ) -> None:
        self._context = context
        self._contacts = contacts
        self._previews = previews
        self._ahead = ahead
        self._rivals: dict[str, _Standing] = {}
        self._accounts: dict[str, tuple[int, str]] = {one: (number, "") for number, one in ahead.accounts.items()}

    def run(self, entity: Entity, mark: Mapping[str, Any] | None, progress: Progress) -> None:
        """Decides about every record of this entity that changed since the watermark, or about all without one."""
        for changes in browse.changes(self._context, entity, mark=mark, lane=Lane.SYNC):
            self.page(entity, [self._ahead.after(change) for change in changes])
            progress(entity.plural, self._previews[entity].read)
        self.page(entity, self._ahead.left(entity))

    def page(self, entity: Entity, changes: Sequence[Change]) -> None:
        """Decides about these records."""
        addresses = sorted({change.address for change in changes if change.address})
        ids = [change.record_id for change in changes]
        with self._context.db.transaction() as tx:
            own = links.of_records(tx, self._context.id, entity, ids)
            there = links.of_addresses(tx, self._context.id, addresses) if entity in PEOPLE else {}
            reached = {**targets_of(tx, self._context, changes), **self._accounts}
        own |= self._ahead.of_records(entity, ids)
        there |= self._ahead.of_addresses(addresses) if entity in PEOPLE else {}
        for change in changes:
            link = own.get(change.record_id)
            at_address = there.get(change.address or "")
            if _competes(change) and at_address and change.address not in self._rivals:
                self._rivals[change.address or ""] = _before(at_address)
            self._enter(change, self._decide(within_reach(change, reached), link or _taken_over(at_address, change)))

    def _decide(self, change: Change, link: Link | None) -> Decision:
        found = decide.decide(change, link, holder=None, terms=self._context.rules[change.entity].terms)
        if found.action == "create" and change.entity is Entity.ACCOUNT:
            self._accounts[change.record_id] = (0, "")
        return found

    def _enter(self, change: Change, decision: Decision) -> None:
        """Counts a decision; where two records want one contact, the loser is counted as skipped instead."""
        mine = self._previews[change.entity]
        counted = (decision.outcome.value, _group(decision))
        if self._contacts:
            self._contacts.enter(change, decision, competes=_competes(change))
        if not _competes(change):
            mine.enter(decision.outcome, counted[1])
            return _keep(mine, change, decision)
        standing = _Standing(browse.rank(change), change.entity, change.record_id, counted)
        rival = self._rivals.get(change.address or "")
        if rival and rival.record_id != change.record_id and rival.rank > standing.rank:
            mine.enter(Outcome.SKIPPED, SHADOWED)
            return None
        if rival and rival.counted and rival.record_id != change.record_id:
            _dethrone(self._previews[rival.entity], rival)
        self._rivals[change.address or ""] = standing
        mine.enter(decision.outcome, counted[1])
        return _keep(mine, change, decision)


def _competes(change: Change) -> bool:
    return change.entity in PEOPLE and not browse.hindrance(change, person=True)


def _before(link: Link) -> _Standing:
    stand_in = Change(link.entity, link.record_id, 0, modified_on=link.modified_on)
    return _Standing(browse.rank(stand_in), link.entity, link.record_id, None)


def _taken_over(link: Link | None, change: Change) -> Link | None:
    """The link of the address as it would be if this record took it over."""
    return replace(link, entity=change.entity, record_id=change.record_id) if link else None


def _dethrone(loser: Preview, rival: _Standing) -> None:
    loser.reasons[rival.counted or ("", "")] -= 1
    loser.reasons += Counter()  # An entry that fell to zero goes.
    loser.reasons[(Outcome.SKIPPED.value, SHADOWED)] += 1
    loser.sample.pop(rival.record_id, None)


def _group(decision: Decision) -> str:
    """The reason without what differs from record to record."""
    return "changed" if decision.action == "update" else decision.reason


def _keep(one: Preview, change: Change, decision: Decision) -> None:
    one.opt_outs += decision.unsubscribe
    if decision.action != "none":
        one.show(change.record_id, decision.outcome, decision.reason, _written(change, decision))


def _written(change: Change, decision: Decision) -> dict[str, Any]:
    """By field, and beside the fields what else would change: `account`, `tags`, `unsubscribe`."""
    values = {**decision.values, **dict.fromkeys(decision.cleared)}
    moves = decision.account_changed and decision.action == "update"
    tags = [*(f"+{tag}" for tag in decision.tags_add), *(f"-{tag}" for tag in decision.tags_remove)]
    more: dict[str, Any] = {"account": change.account_id} if moves else {}
    more |= {"tags": tags} if tags and decision.action == "update" else {}
    return {**values, **more, **({"unsubscribe": True} if decision.unsubscribe else {})}
