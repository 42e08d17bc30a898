"""An opportunity of Dynamics, read anew, with its record in ActiveCampaign: both as of the same moment.

ActiveCampaign's lists show what was written some seconds ago in its former state, or not at all; the record itself,
asked for by its external id, is up to date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from clients import tables
from clients.scalars import as_int
from engine.changes import to_change
from engine.opportunities import deal_place, deal_records
from engine.opportunities.enrich import enriched
from engine.patience import patiently
from engine.verify_opportunities import expected
from engine.verify_run import Run
from mapping.objects import CONTACT as RELATIONSHIP
from store import links, verifications
from store.verifications import Standing
from sync.model import Canonical, Change, Entity, Link
from sync.opportunities import CONTACT, TOUCHED, Target

ENTITY: Final = Entity.OPPORTUNITY
CONFIRMED: Final = 500
"""So many records that were not delivered lately are asked for one by one as well. More that are missing or left over
are no matter of a list that lags: each of these calls takes a fifth of a second."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """hindrance: why it is not expected (any more), "" when it is; record: None when ActiveCampaign doesn't have it;
    theirs: what the record holds, for every mapped field; keys: fields that differ, CONTACT among them when it belongs
    to somebody else; moved: it has changed in Dynamics since the comparison began."""

    change: Change
    target: Target
    hindrance: str
    link: Link | None
    moved: bool
    record: Row | None = None
    theirs: Mapping[str, Canonical] | None = None
    keys: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether it differs or is missing, though it is expected."""
        return not self.hindrance and (self.record is None or bool(self.keys))


def paired(run: Run, records: Mapping[str, Row | None], versions: Mapping[str, int]) -> list[Pair]:
    """Opportunities with their records, by Dynamics id; those that are gone in Dynamics are left out.

    versions: as Dynamics was read before, by id.
    """
    changes = read_anew(run, list(versions))
    with run.context.db.transaction() as tx:
        known = expected.judged(tx, run.context, changes)
        linked = links.of_records(tx, run.context.id, ENTITY, list(known))
    pairs = [
        Pair(one, *known[one.record_id], linked.get(one.record_id), one.version != versions[one.record_id])
        for one in changes
    ]
    compared = _compared(run, pairs, records)
    return _compared(run, compared, _confirmed(run, compared))


def read_anew(run: Run, ids: Sequence[str]) -> list[Change]:
    """These opportunities as they are now in Dynamics; those that are gone are left out."""
    if not ids:
        return []
    table, mapping = tables.FACTS[ENTITY], run.context.rules[ENTITY].mapping
    ask = partial(run.context.dynamics.rows_by_id, table.entity_set, table.key, mapping.select, ids)
    rows = patiently(lambda: ask(annotations=mapping.needs_annotations, lane=run.lane))
    whole = patiently(partial(enriched, run.context, rows, run.lane))
    return [to_change(run.context, ENTITY, row) for row in whole]


def contact_of(record: Row) -> int | None:
    """The id of the contact that a record belongs to, None for nobody."""
    ids = (record.get("relationships") or {}).get(RELATIONSHIP) or [None]
    return as_int(ids[0]) or None


def record_now(run: Run, record_id: str, deal: int | None) -> Row | None:
    """The record of an opportunity as it is now. deal: its id, where opportunities are deals."""
    client = run.context.activecampaign
    if deal_place.chosen(run.context):
        return patiently(partial(deal_records.record, run.context, deal, run.lane))
    return patiently(partial(client.record, run.context.opportunities, record_id, lane=run.lane))


def may_confirm(run: Run) -> bool:
    """Whether one more record may be asked for without that it was delivered lately; it is counted."""
    run.counts["confirmed"] += 1
    return run.counts["confirmed"] <= CONFIRMED


def _confirmed(run: Run, pairs: Sequence[Pair]) -> dict[str, Row | None]:
    """The records of those that seem wrong and may be so in the list only, as they are now."""
    wrong = [pair for pair in pairs if pair.wrong]
    subjects = [(ENTITY, pair.change.record_id, None) for pair in wrong]
    with run.context.db.transaction() as tx:
        standing = verifications.standing(tx, run.id, run.context.id, subjects)
    doubtful = [pair for pair, known in zip(wrong, standing, strict=True) if _may_lag(run, pair, known)]
    return {pair.change.record_id: record_now(run, pair.change.record_id, _deal(pair)) for pair in doubtful}


def _deal(pair: Pair) -> int | None:
    return pair.record["id"] if pair.record else pair.link.ac_id if pair.link else None


def _may_lag(run: Run, pair: Pair, known: Standing) -> bool:
    """Whether the list may be behind; one that it doesn't show may have slipped from page to page as well."""
    seen_before = pair.record is None and pair.link is not None and pair.link.delivered
    return known.lately or (seen_before and may_confirm(run))


def _compared(run: Run, pairs: Sequence[Pair], records: Mapping[str, Row | None]) -> list[Pair]:
    """The pairs, those of these records compared with them."""
    held = [record for record in records.values() if record]
    unnamed = any(pair.target.there and pair.target.contact is None for pair in pairs)
    addresses = _addresses(run, held) if unnamed else {}
    return [
        _with(run, pair, records[pair.change.record_id], addresses) if pair.change.record_id in records else pair
        for pair in pairs
    ]


def _addresses(run: Run, records: Sequence[Row]) -> dict[int, str]:
    """The addresses of their contacts, for contacts that were imported and are known by address only."""
    ids = sorted({number for record in records if (number := contact_of(record))})
    rows = patiently(partial(run.context.activecampaign.contacts_by_ids, ids, lane=run.lane)) if ids else []
    return {as_int(row.get("id")): str(row.get("email") or "").strip().lower() for row in rows}


def _with(run: Run, pair: Pair, record: Row | None, addresses: Mapping[int, str]) -> Pair:
    if record is None:
        return replace(pair, record=None, theirs=None, keys=())
    mapping = run.context.rules[ENTITY].mapping
    theirs = mapping.read_object(record.get("fields") or ())
    keys = mapping.differences(pair.change.values, theirs)
    if not _is_of(pair.target, contact_of(record), addresses):
        keys.append(CONTACT)
    # An edit of what doesn't travel is not written for the sake of its time.
    return replace(pair, record=record, theirs=theirs, keys=() if keys == [TOUCHED] else tuple(keys))


def _is_of(target: Target, contact: int | None, addresses: Mapping[int, str]) -> bool:
    if target.contact is not None:
        return contact == target.contact
    return contact is not None and addresses.get(contact) == target.address
