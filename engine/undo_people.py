"""Contacts and leads put back in ActiveCampaign: read by the hundred, written in bulk imports where these say all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from clients.scalars import as_int
from engine.activities.filing import introduce
from engine.bulk import PLAUSIBLE, SMALLEST
from engine.context import Context
from engine.inbound import rows
from engine.patience import patiently
from engine.undo_imports import Imports
from engine.undo_side import GONE, LANE, NOT_WRITABLE, Answer, Ready, There, refusal
from store import overwritten
from store.overwritten import Group, Overwritten
from sync.errors import SyncError
from sync.model import Canonical

FEW: Final = 100
"""So many contacts without a known id are looked for by address, one by one."""
OVERLAP: Final = timedelta(minutes=5)


class People:
    """One entity of people. since: when the cycle began to write."""

    def __init__(self, context: Context, group: Group, since: datetime) -> None:
        self._context = context
        self._mapping = context.rules[group.entity].mapping
        self._imports = Imports(context, self._mapping, self._alone)
        with context.db.transaction() as tx:
            nameless = overwritten.nameless(tx, group)
        if nameless > FEW:
            _learn(context, since - OVERLAP)

    def look(self, page: Sequence[Overwritten]) -> Mapping[str, There | str]:
        """As `Side`."""
        numbers = {one.record_id: one.link.ac_id for one in page if one.link and one.link.ac_id}
        ask = partial(self._context.activecampaign.contacts_by_ids, list(numbers.values()), lane=LANE)
        found = {as_int(row["id"]): row for row in patiently(ask)} if numbers else {}
        return {one.record_id: self._there(one, found.get(numbers.get(one.record_id, 0))) for one in page}

    def refusals(self, there: There, values: Mapping[str, Canonical]) -> dict[str, str]:  # noqa: ARG002 as Side
        """As `Side`."""
        unfit = [key for key, value in values.items() if not self._mapping.contact_body({key: value})]
        return {key: NOT_WRITABLE.format("ActiveCampaign") for key in unfit}

    def write(self, ready: Sequence[Ready]) -> Iterator[Answer]:
        """As `Side`. An import can't clear a value, so whoever loses one is written alone."""
        in_bulk = [one for one in ready if _fits(one)]
        if worthwhile := len(in_bulk) >= SMALLEST:
            yield from self._imports.send(in_bulk)
        for one in ready:
            if not (worthwhile and _fits(one)):
                yield one, self._alone(one)

    def finish(self) -> Iterator[Answer]:
        """As `Side`."""
        yield from self._imports.finish()

    def _there(self, one: Overwritten, row: Mapping[str, Any] | None) -> There | str:
        link = one.link
        if row is None and link and link.ac_id is None and link.address:
            row = patiently(partial(self._context.activecampaign.find_contact, link.address, lane=LANE))
        if row is None or rows.is_gone(row):
            return GONE
        return There(self._mapping.read_contact(row, row["field_values"]), row, as_int(row["id"]))

    def _alone(self, one: Ready) -> SyncError | None:
        body = self._mapping.contact_body(one.values)
        return refusal(partial(self._context.activecampaign.update_contact, one.there.number, body, lane=LANE))


def _fits(one: Ready) -> bool:
    address = rows.address_of(one.there.row)
    return bool(address and PLAUSIBLE.fullmatch(address)) and None not in one.values.values()


def _learn(context: Context, since: datetime) -> None:
    """Learns ids of contacts that changed since: whoever the cycle wrote to is among them, and imports tell no ids."""
    after, more = 0, True
    while more:
        ask = partial(context.activecampaign.contacts_page, after_id=after, updated_after=since, lane=LANE)
        found = patiently(ask)
        after, more = found.last_id, found.more
        addresses = {as_int(row["id"]): rows.address_of(row) or "" for row in found.rows if not rows.is_gone(row)}
        with context.db.transaction() as tx:
            introduce(tx, context, addresses)
