"""People taken over: contacts that bear the integration's tags, or all of them, by address and the survivor rule.

Decisions Q4 (contact before lead, then the latest modified) and Q28 (translated tags count as their English names).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from clients.scalars import as_int
from engine import browse
from engine.associations import targets_of
from engine.changes import to_change
from engine.context import Context
from engine.inbound import people as stage
from engine.inbound import rows
from engine.patience import patiently
from engine.takeover_report import Difference, Report, Tally
from engine.takeover_values import alike, unlike
from store import links, sweeps
from sync import consent, tags
from sync.model import PEOPLE, Change, Entity, Lane, Link

LANE: Final = Lane.SYNC
MARKS: Final = frozenset((tags.CONTACT, tags.LEAD, tags.PUSHED, tags.PULLED))
NOBODY: Final = "bears the tags, and no record in Dynamics has its address"
ASKS: Final = "asks by its tags to be created in Dynamics, which the next sync does"
OFF: Final = "bears the tags of an entity that is switched off"
NO_ADDRESS: Final = "bears the tags and has no address"
OTHER: Final = "another contact is linked under its address"
TAKEN: Final = "its record is linked to another contact"
LEFT_OUT: Final = "its record is of an entity that was left out"

Progress = Callable[[str, int], None]
Row = Mapping[str, Any]


def run(
    context: Context,
    report: Report,
    all_addresses: bool,
    store: bool,
    accounts: Mapping[int, str] | None,
    progress: Progress,
) -> None:
    """Links people, or counts what would be linked. accounts: Dynamics ids by ActiveCampaign's ids of accounts that are
    linked or would be; None where accounts don't sync."""
    half = _People(context, report, all_addresses, store, accounts)
    for page in _pages(context):
        report.contacts += len(page)
        half.page(page)
        progress("ActiveCampaign contacts", report.contacts)


def _pages(context: Context) -> Iterator[list[dict[str, Any]]]:
    after, more = 0, True
    while more:
        found = patiently(partial(context.activecampaign.contacts_page, after_id=after, lane=LANE))
        after, more = found.last_id, found.more
        yield [row for row in found.rows if not rows.is_gone(row)]


class _People:
    """Works page by page."""

    def __init__(
        self,
        context: Context,
        report: Report,
        all_addresses: bool,
        store: bool,
        accounts: Mapping[int, str] | None,
    ) -> None:
        self._context = context
        self._report = report
        self._all = all_addresses
        self._store = store
        self._accounts = accounts
        self._reached = set((accounts or {}).values())
        self._records_of: dict[int, str] = {}

    def page(self, page: Sequence[dict[str, Any]]) -> None:
        """Links those of up to 100 contacts for whom a record speaks."""
        wanted = self._unlinked(page)
        groups = self._records([address for row in wanted if (address := rows.address_of(row))])
        best = {address: _speaker(group) for address, group in groups.items()}
        taken = self._held([record for record in best.values() if record])
        self._complete(wanted, [record for record in best.values() if record])
        new = []
        for row in wanted:
            address = rows.address_of(row) or ""
            record = best.get(address)
            if record is None or record.entity not in self._report.tallies or record.record_id in taken:
                self._leave(row, groups.get(address, []), record)
            else:
                new.append(self._new(row, record, groups[address]))
        if self._store:
            with self._context.db.transaction() as tx:
                links.take_over(tx, self._context.id, new)

    def _unlinked(self, page: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The contacts that may be linked: tagged, or any if wished, and without a link so far."""
        with self._context.db.transaction() as tx:
            mine = links.of_ac_ids(tx, self._context.id, "person", [as_int(row["id"]) for row in page])
            there = links.of_addresses(tx, self._context.id, [a for row in page if (a := rows.address_of(row))])
        found = []
        for row in page:
            number = as_int(row["id"])
            link = mine.get(number) or there.get(rows.address_of(row) or "")
            marked = bool(MARKS & set(rows.borne(self._context, row)))
            if link is not None:
                self._known(number, link)
            elif marked or self._all:
                found.append(row)
            else:
                self._report.strangers += 1
        return found

    def _known(self, number: int, link: Link) -> None:
        tally = self._report.tallies.get(link.entity)
        if tally and link.ac_id in (None, number):
            tally.known += 1
        elif tally:
            tally.leave(number, OTHER)

    def _records(self, addresses: Sequence[str]) -> dict[str, list[Change]]:
        """The records of Dynamics with these addresses, of every kind of people that syncs."""
        found: dict[str, list[Change]] = defaultdict(list)
        for entity in PEOPLE if addresses else ():
            rules = self._context.rules[entity]
            if not rules.settings["enabled"]:
                continue
            ask = partial(self._context.dynamics.people_at, entity, sorted(addresses), rules.mapping.select)
            annotations = rules.mapping.needs_annotations
            for row in patiently(partial(ask, annotations=annotations, lane=LANE)):
                change = to_change(self._context, entity, row)
                found[change.address or ""].append(change)
        return found

    def _held(self, best: Sequence[Change]) -> set[str]:
        """Those of the records that have a link already."""
        held: set[str] = set()
        with self._context.db.transaction() as tx:
            for entity in PEOPLE:
                ids = [record.record_id for record in best if record.entity is entity]
                held |= set(links.of_records(tx, self._context.id, entity, ids))
        return held

    def _complete(self, wanted: Sequence[dict[str, Any]], best: Sequence[Change]) -> None:
        """Says of each contact where it belongs, and learns which accounts of this page are linked."""
        if self._accounts is None:
            return
        with self._context.db.transaction() as tx:
            there = sweeps.memberships(tx, self._context.id, [as_int(row["id"]) for row in wanted])
            self._records_of = {**self._accounts, **links.record_ids(tx, self._context.id, there.values())}
            self._reached |= set(targets_of(tx, self._context, best))
        for row in wanted:
            row[rows.ACCOUNT] = there.get(as_int(row["id"]), 0)

    def _leave(self, row: Row, group: Sequence[Change], record: Change | None) -> None:
        """Counts a contact that is not linked, for the entity that its tags or its record name."""
        borne = rows.borne(self._context, row)
        if not group and not MARKS & set(borne):
            self._report.strangers += 1
            return
        named = tags.LEAD in borne and tags.CONTACT not in borne
        entity = record.entity if record else Entity.LEAD if named else Entity.CONTACT
        tallies = self._report.tallies
        tally = tallies.get(entity) or next(one for kind, one in tallies.items() if kind in PEOPLE)
        tally.leave(as_int(row["id"]), self._reason(row, group, record, entity, borne))

    def _reason(
        self, row: Row, group: Sequence[Change], record: Change | None, entity: Entity, borne: Sequence[str]
    ) -> str:
        if record is not None:
            return LEFT_OUT if record.entity not in self._report.tallies else TAKEN
        if group:
            return f"its record is {browse.hindrance(group[0], person=True)}"
        if not self._context.rules[entity].settings["enabled"]:
            return OFF
        if rows.address_of(row) is None:
            return NO_ADDRESS
        asked = tags.requested(borne)
        return ASKS if asked and not stage.hindrance(self._context, row, asked) else NOBODY

    def _new(self, row: dict[str, Any], record: Change, group: Sequence[Change]) -> dict[str, Any]:
        """The row of the link: agreed is what both sides hold alike, whichever way it travels."""
        rules = self._context.rules[record.entity]
        tally = self._report.tallies[record.entity]
        there = rows.person(self._context, record.entity, row, self._records_of)
        facts = stage.taken(self._context, row, record, there)
        theirs = rules.mapping.read_contact(row, row["field_values"])
        tally.link(
            "tags" if MARKS & set(there.tags) else "address", self._unlike(row, record, theirs, there.account_id)
        )
        rivals = [one for one in group if not browse.hindrance(one, person=True)]
        tally.several += len(rivals) > 1
        tally.shadowed += len(rivals) - 1
        add, remove = tags.due(record.entity, there.tags, facts["origin"])
        tally.retagged += bool(add or remove)
        agreed = {**alike(rules, record, theirs), **facts["agreed"]}
        return {**facts, "agreed": agreed, **self._opted_out(tally, there, group)}

    def _unlike(self, row: Row, record: Change, theirs: Mapping[str, Any], account_id: str | None) -> list[Difference]:
        keys = unlike(self._context.rules[record.entity], record, theirs)
        number = as_int(row["id"])
        found = [Difference(record.record_id, number, k, record.values.get(k), theirs.get(k)) for k in keys]
        # An account that isn't linked is none: the other side doesn't know it.
        ours = record.account_id if record.account_id in self._reached else None
        if account_id is not None and (account_id or None) != ours:
            found.append(Difference(record.record_id, number, "account", ours, account_id or None))
        return found

    def _opted_out(self, tally: Tally, there: Any, group: Sequence[Change]) -> dict[str, bool]:
        """The consent that both sides hold alike, nothing where they don't: then the opt-out travels to the other."""
        rules = self._context.consent
        if not rules.enabled:
            return {}
        ours = any(one.opted_out for one in group)
        heard = consent.heeded(consent.Theirs(there.states, there.bounced), rules)
        if ours != bool(heard.opted_out):
            tally.opted_out["dynamics" if ours else "activecampaign"] += 1
            return {}
        return {"opted_out": ours, "bounced": heard.bounced}


def _speaker(group: Sequence[Change]) -> Change | None:
    living = [one for one in group if not browse.hindrance(one, person=True)]
    return max(living, key=browse.rank, default=None)
