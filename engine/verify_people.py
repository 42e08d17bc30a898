"""People compared: one ActiveCampaign contact per address, for which one record of Dynamics speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from clients import tables
from clients.caller import PAGE
from clients.scalars import as_flag, as_int, rows_of
from engine import browse
from engine.changes import to_change
from engine.context import Context
from engine.patience import patiently
from engine.verify_accounts import Known, Progress, differing
from engine.verify_report import Tally
from store import links
from sync import tags
from sync.model import Change, Entity, Lane

AT_ONCE: Final = 100
MOVED: Final = "changed during the comparison"
KEPT: Final = "ActiveCampaign held it before the first sync, Dynamics never did"

Expected = dict[str, tuple[Entity, str]]
"""Address -> the record that speaks for it."""


def compare(
    context: Context, tallies: Mapping[Entity, Tally], known: Known, lane: Lane, progress: Progress
) -> tuple[int, int]:
    """Judges every person of Dynamics; answers with strays and the number of ActiveCampaign's contacts."""
    expected = _expected(context, tallies, lane, progress)
    judge = _Judge(context, tallies, known, lane)
    waiting: dict[Entity, dict[str, dict[str, Any]]] = {entity: {} for entity in tallies}
    strays = read = 0
    for row in _contacts(context, lane):
        read += 1
        record = expected.pop(str(row.get("email") or "").strip().lower(), None)
        if record is None:
            strays += judge.stray(row)
            continue
        entity, record_id = record
        waiting[entity][record_id] = row
        if len(waiting[entity]) >= AT_ONCE:
            judge.batch(entity, waiting.pop(entity))
            waiting[entity] = {}
            progress("ActiveCampaign contacts", read)
    for entity, rows in waiting.items():
        judge.batch(entity, rows)
    for entity, record_id in expected.values():
        tallies[entity].miss(record_id)
    return strays, read


def _expected(context: Context, tallies: Mapping[Entity, Tally], lane: Lane, progress: Progress) -> Expected:
    """Who speaks for which address. All others are counted with the reason why they aren't expected."""
    best: dict[str, tuple[browse.Rank, Entity, str]] = {}
    for entity, tally in tallies.items():
        for page in browse.changes(context, entity, lane=lane):
            for change in page:
                _compete(best, tallies, change)
            progress(f"Dynamics {entity}s", tally.in_dynamics)
    return {address: (entity, record_id) for address, (_, entity, record_id) in best.items()}


def _compete(best: dict[str, tuple[browse.Rank, Entity, str]], tallies: Mapping[Entity, Tally], change: Change) -> None:
    tally = tallies[change.entity]
    if change.deleted:
        return
    tally.in_dynamics += 1
    reason = browse.hindrance(change, person=True)
    if reason or not change.address:
        tally.not_expected[reason] += 1
        return
    mine = (browse.rank(change), change.entity, change.record_id)
    rival = best.get(change.address)
    if rival is not None:
        loser = min(mine, rival)
        tallies[loser[1]].not_expected["shadowed"] += 1
    best[change.address] = max(mine, rival) if rival else mine


def _contacts(context: Context, lane: Lane) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        page = patiently(partial(context.activecampaign.contacts_page, after_id=after, lane=lane))
        yield from (row for row in page.rows if not as_flag(row.get("deleted")))
        if not page.more:
            return
        after = page.last_id


class _Judge:
    """Compares contacts with their records, which are read anew by the hundred: both sides as of the same moment."""

    def __init__(self, context: Context, tallies: Mapping[Entity, Tally], known: Known, lane: Lane) -> None:
        self._context = context
        self._tallies = tallies
        self._lane = lane
        self._known = known
        self._accounts = {as_int(row["id"]): record_id for record_id, row in known.items()}
        self._account_of = _associations(context, lane)
        self._tag_ids = patiently(lambda: context.activecampaign.tags(lane=lane))

    def stray(self, row: Mapping[str, Any]) -> bool:
        """Whether a contact that no record stands for is marked as pushed, and not as deleted."""
        marks = {name for name in (tags.PUSHED, tags.DELETED) if self._tag_ids.get(name) in row["tag_ids"]}
        return marks == {tags.PUSHED}

    def batch(self, entity: Entity, rows: Mapping[str, dict[str, Any]]) -> None:
        """Judges up to 100 contacts by the id of their record."""
        if not rows:
            return
        found = {change.record_id: change for change in self._read(entity, list(rows))}
        for record_id, row in rows.items():
            self._judge(self._tallies[entity], found.get(record_id), record_id, row)

    def _read(self, entity: Entity, ids: list[str]) -> Iterator[Change]:
        table, mapping = tables.FACTS[entity], self._context.rules[entity].mapping
        rows = patiently(
            lambda: self._context.dynamics.rows_by_id(
                table.entity_set,
                table.key,
                mapping.select,
                ids,
                annotations=mapping.needs_annotations,
                lane=self._lane,
            )
        )
        return (to_change(self._context, entity, row) for row in rows)

    def _judge(self, tally: Tally, change: Change | None, record_id: str, row: dict[str, Any]) -> None:
        same = change is not None and change.address == str(row.get("email") or "").strip().lower()
        if change is None or not same or browse.hindrance(change, person=True):
            tally.not_expected[MOVED] += 1
            return
        rules = self._context.rules[change.entity]
        theirs = rules.mapping.read_contact(row, row["field_values"])
        fields = [*differing(rules, change, theirs), *self._relations(change, row)]
        tally.judge(record_id, fields, as_int(row["id"]), self._kept(change, fields))

    def _kept(self, change: Change, fields: list[str]) -> str | None:
        """Whether all that differs is what ActiveCampaign held before the first sync and Dynamics never had.

        Nothing was agreed about such a field, so an empty value of Dynamics clears nothing.
        """
        if not fields or any(change.values.get(name, name) is not None for name in fields):
            return None
        with self._context.db.transaction() as tx:
            link = links.of_records(tx, self._context.id, change.entity, [change.record_id]).get(change.record_id)
        return KEPT if link and not any(name in link.agreed for name in fields) else None

    def _relations(self, change: Change, row: Mapping[str, Any]) -> Iterator[str]:
        """`account` when the contact belongs elsewhere, `tags` when its marks are not what they should be."""
        theirs = self._accounts.get(self._account_of.get(as_int(row["id"]), 0))
        ours = change.account_id if change.account_id in self._known else None
        if ours != theirs:
            yield "account"
        wanted = {self._tag_ids.get(name) for name in tags.WANTED[change.entity]}
        wrong = {self._tag_ids.get(name) for name in tags.WRONG[change.entity]} - {None}
        if not wanted <= set(row["tag_ids"]) or wrong & set(row["tag_ids"]):
            yield "tags"


def _associations(context: Context, lane: Lane) -> dict[int, int]:
    """Account by contact. Source: developers.activecampaign.com, page list-all-associations."""
    path, found, offset = "accountContacts", dict[int, int](), 0
    while True:
        params = {"limit": PAGE, "offset": offset}
        rows = rows_of(patiently(partial(context.activecampaign.get, path, params, lane=lane)), path)
        found |= {as_int(row.get("contact")): as_int(row.get("account")) for row in rows}
        if len(rows) < PAGE:
            return found
        offset += PAGE
