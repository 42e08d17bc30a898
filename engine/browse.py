"""Reading a whole table or all changes of it for a person: the same pages as a cycle reads, nothing filed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from clients.faults import TrackingOff
from engine import reading
from engine.changes import to_change
from engine.context import Context
from engine.patience import patiently
from sync.errors import Resync
from sync.model import Change, Entity, Lane

Rank = tuple[bool, str, int]
Place: TypeAlias = dict[str, Any]
"""Where a reading stands, fit for JSON: {mode, cursor, full}."""


def changes(
    context: Context, entity: Entity, *, mark: Mapping[str, Any] | None = None, lane: Lane = Lane.BACKFILL
) -> Iterator[list[Change]]:
    """Pages of changes since the watermark `mark`, of all records without one. Deletions come as deleted changes."""
    place: Place | None = begin(mark)
    while place is not None:
        found, place = page(context, entity, place, mark=mark, lane=lane)
        yield found


def begin(mark: Mapping[str, Any] | None = None) -> Place:
    """Where a reading begins that has no place yet."""
    return {"mode": mark["kind"] if mark else "delta", "cursor": None, "full": mark is None}


def page(
    context: Context, entity: Entity, place: Place, *, mark: Mapping[str, Any] | None = None, lane: Lane
) -> tuple[list[Change], Place | None]:
    """One page, and where the next one is; None after the last. Raises Resync when a place in the middle is too old."""
    where = dict(place)
    while True:
        stream = {"entity": entity, "lane": lane, "select_hash": context.select_hash(entity), **where}
        try:
            found = patiently(partial(reading.page, context, stream, dict(mark) if mark else None))
        except TrackingOff:
            if where["cursor"]:
                raise
            where |= {"mode": "modified", "cursor": None}
            continue
        except Resync:
            if where["cursor"] or where["full"]:
                raise
            # The change token expired: a cycle would read everything now, and so does this.
            where |= {"full": True}
            continue
        after = {**where, "cursor": found.next_link} if found.next_link is not None else None
        return [to_change(context, entity, row) for row in found.rows], after


def hindrance(change: Change, *, person: bool) -> str:
    """Why a record isn't expected in ActiveCampaign, as a group of records is named; empty when it is."""
    if change.deleted:
        return "deleted"
    if person and not change.address:
        return "no address"
    if not change.in_scope:
        return "out of scope"
    return "" if change.active else "inactive"


def rank(change: Change) -> Rank:
    """The place of a record among those of one address (decision Q4): the greatest one stands for the contact.

    Contact before lead, then the latest modified, then the smallest id.
    """
    return change.entity is Entity.CONTACT, change.modified_on[:19], -int(change.record_id.replace("-", ""), 16)
