"""Whether an opportunity has a deal already: there is no external id, and an answer may have been lost.

What is about to be made is noted before it is asked for. Whoever finds the note looks at the deals of the contact, once
lists show them, and takes the one that carries the Dynamics id.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from clients.scalars import as_int
from engine.context import Context
from engine.opportunities import deal_place
from engine.work import Work
from mapping.deals import ID_LABEL, Place, folded
from store import opportunities
from sync.errors import Unavailable
from sync.model import Lane

MAKING: Final = "making "
"""With the contact's id and the time behind it: a mark of an opportunity whose deal was about to be made."""
LISTED_AFTER: Final = timedelta(seconds=15)
"""So long lists may be behind. How far they are is not documented; lists of records are by some seconds."""


def note(context: Context, work: Work, contact: int) -> str:
    """Notes that a deal is about to be made for this contact; answers with the mark."""
    mark = f"{MAKING}{contact} {context.now().isoformat(timespec='milliseconds')}"
    with context.db.transaction() as tx:
        opportunities.mark(tx, context.id, [work.change.record_id], mark)
    return mark


def strike(context: Context, work: Work, mark: str) -> None:
    """Takes the note back: surely nothing was made."""
    with context.db.transaction() as tx:
        opportunities.unmark(tx, context.id, [work.change.record_id], mark)


def found(context: Context, place: Place, work: Work, contact: int, lane: Lane) -> int | None:
    """The deal of this opportunity, None when it has none. Raises Unavailable while lists may not show it yet."""
    notes = _notes(work)
    if not notes and not deal_place.meets_deals(context):
        return None
    if any(context.now() - moment < LISTED_AFTER for _, moment in notes):
        raise Unavailable("whether its deal was made shows in a moment", code="deals.not_listed")
    for one in dict.fromkeys([*(number for number, _ in notes), contact]):
        if deal := _of_contact(context, place, work.change.record_id, one, lane):
            return deal
    return None


def _of_contact(context: Context, place: Place, record_id: str, contact: int, lane: Lane) -> int | None:
    field, client = place.fields[folded(ID_LABEL)][0], context.activecampaign
    for deal in client.deals_of(contact, lane=lane):
        ours = as_int(deal.get("group")) == place.pipeline
        if ours and client.deal_values(deal["id"], lane=lane).get(field) == record_id:
            return int(deal["id"])
    return None


def _notes(work: Work) -> list[tuple[int, datetime]]:
    marks = work.link.tagged if work.link else ()
    parts = [mark.removeprefix(MAKING).split(" ") for mark in marks if mark.startswith(MAKING)]
    return [(int(contact), datetime.fromisoformat(moment)) for contact, moment in parts]
