"""Reading a whole table or all changes of it for a person: the same pages as a cycle reads, nothing filed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from clients.faults import TrackingOff
from engine import reading
from engine.changes import to_change
from engine.context import Context
from engine.patience import patiently
from sync.errors import Resync
from sync.model import Change, Entity, Lane

Rank = tuple[bool, str, int]


def changes(
    context: Context, entity: Entity, *, mark: Mapping[str, Any] | None = None, lane: Lane = Lane.BACKFILL
) -> Iterator[list[Change]]:
    """Pages of changes since the watermark `mark`, of all records without one. Deletions come as deleted changes."""
    for rows in _pages(context, entity, dict(mark) if mark else None, lane):
        yield [to_change(context, entity, row) for row in rows]


def _pages(context: Context, entity: Entity, mark: dict[str, Any] | None, lane: Lane) -> Iterator[list[dict[str, Any]]]:
    stream: dict[str, Any] = {
        "entity": entity,
        "lane": lane,
        "mode": mark["kind"] if mark else "delta",
        "cursor": None,
        "select_hash": context.select_hash(entity),
        "full": mark is None,
    }
    while True:
        try:
            found = patiently(partial(reading.page, context, stream, mark))
        except TrackingOff:
            stream |= {"mode": "modified", "cursor": None}
            continue
        except Resync:
            if stream["cursor"]:
                raise
            # The change token expired: a cycle would read everything now, and so does this.
            stream |= {"full": True}
            continue
        yield found.rows
        if found.next_link is None:
            return
        stream["cursor"] = found.next_link


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
