"""What a cycle would do, without doing it: every decision of both directions is taken, none is kept.

Inbound comes first, as in a cycle, and what it would leave behind is what outbound starts from. Where several records
share an address the survivor rule is applied among the records that are read and the holders so far. That is an
estimate in one case: a holder that would give its contact up in the same cycle still counts. Opportunities come last
and find the people of the same cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from engine import preview_accounts, preview_opportunities, preview_outbound, preview_people
from engine.context import Context, read_ways
from engine.patience import patiently
from engine.preview_ahead import Ahead
from engine.preview_contacts import Contacts
from engine.preview_report import Preview
from engine.request import Plan
from store import watermarks
from sync.model import PEOPLE, Direction, Entity, Lane

LANE: Final = Lane.SYNC
Progress = Callable[[str, int], None]


def preview(context: Context, planned: Plan, *, progress: Progress = lambda _what, _number: None) -> list[Preview]:
    """One preview per entity and direction, in the order of a cycle. Reads both services, writes nothing anywhere.

    Read are the changes since the watermarks, or everything where there is none or the plan says so. Raises SyncError.
    """
    ahead = Ahead()
    inward = _of(context, planned, Direction.INBOUND)
    # Tags are compared by their ids, and which these are may have changed since both sides were described.
    context = replace(context, tags=patiently(lambda: context.activecampaign.tags(lane=LANE))) if inward else context
    coming = {entity: Preview(entity, None, Direction.INBOUND) for entity in inward}
    moved: list[int] = []
    if Entity.ACCOUNT in coming:
        moved = preview_accounts.run(context, planned, coming[Entity.ACCOUNT], ahead, progress)
    people = {entity: one for entity, one in coming.items() if entity in PEOPLE}
    if people:
        preview_people.run(context, planned, people, ahead, moved, progress)
    return [*coming.values(), *_outbound(context, planned, ahead, progress)]


def _of(context: Context, planned: Plan, direction: Direction) -> list[Entity]:
    return [entity for entity in planned.entities if direction in read_ways(context.document, entity)]


def _outbound(context: Context, planned: Plan, ahead: Ahead, progress: Progress) -> list[Preview]:
    previews: dict[Entity, Preview] = {}
    contacts = Contacts(ahead)
    wanted = Entity.OPPORTUNITY in planned.entities
    half = preview_outbound.Half(context, previews, ahead, contacts if wanted else None)
    for entity in _of(context, planned, Direction.OUTBOUND):
        with context.db.transaction() as tx:
            mark = watermarks.get(tx, context.id, entity, Direction.OUTBOUND)
        mark = None if planned.full else mark
        previews[entity] = Preview(entity, mark["moved_at"] if mark else None)
        if entity is Entity.OPPORTUNITY:
            preview_opportunities.run(context, planned, mark, previews[entity], contacts, progress)
        else:
            half.run(entity, mark, progress)
    return list(previews.values())
