"""Reads those contacts one by one of which something is known that the feed has not shown.

Reading a contact makes its feed, which is then read for this contact alone, back to where that was done last: so what
no date speaks of, a reply or a forward, comes to light with the next thing that happens.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from clients.scalars import as_moment
from engine.activities import filing
from engine.activities.filing import Prepared
from engine.activities.hold import Hold
from engine.activities.state import Reading
from engine.context import Context
from mapping.activities import Side, side_of, side_with
from store import activity_news
from store.statements import Row
from sync import activities as rules
from sync.model import Lane

MOST_PAGES: Final = 100
"""Of one contact's feed in one go; nobody does ten thousand things in the days of a first load."""


def step(hold: Hold, state: Reading) -> Reading:
    """Reads the next contact that has news, if it is anybody's turn. Raises SyncError."""
    context = hold.context
    alone = rules.alone(state.helped_at, state.refused_at, state.now)
    now = context.now()
    settled_before = now - (rules.LAG if alone else rules.SETTLING)
    noted_before = settled_before if alone else now
    with context.db.transaction() as tx:
        activity_news.strangers(tx, context.id)
        if alone:
            activity_news.explained(tx, context.id)
            activity_news.stale(tx, context.id, context.now() - rules.STALE)
        one = activity_news.next_one(tx, context.id, now, settled_before, noted_before) if state.people > 0 else None
        if one is None:
            state = state.on(phase="bounces")
            hold.keep(tx, state.document())
    return state if one is None else _read(hold, state, one)


def _read(hold: Hold, state: Reading, one: Row) -> Reading:
    context, began, number = hold.context, hold.context.now(), one["ac_id"]
    contact = context.activecampaign.contact_alone(number, lane=Lane.BACKFILL)
    moved = state.on(people=state.people - 1).plus(calls=1, read=1)
    if contact is None:
        with context.db.transaction() as tx:
            activity_news.drop(tx, context.id, number)
            hold.keep(tx, moved.document())
        return moved
    pages, calls = _feed_of(context, state, one, contact)
    moved = moved.plus(calls=calls)
    with context.db.transaction() as tx:
        fresh = [row for page in pages for row in filing.file(tx, context, page)]
        activity_news.fetched(tx, context.id, number, began)
        if activity_news.met(tx, context.id, one) or one["tries"] + 1 >= rules.TRIES:
            activity_news.done(tx, context.id, one)
        else:
            activity_news.later(tx, context.id, number, began + rules.PATIENCE)
        moved = _learnt(moved, fresh).plus(found=len(fresh))
        hold.keep(tx, moved.document())
    return moved


def _feed_of(context: Context, state: Reading, one: Row, contact: dict[str, Any]) -> tuple[list[Prepared], int]:
    since = _since(context, state, one)
    found: list[Prepared] = []
    offset = calls = 0
    for _ in range(MOST_PAGES):
        page = context.activecampaign.feed_page(since, offset=offset, contact=one["ac_id"], lane=Lane.BACKFILL)
        side: Side = side_with(side_of(page.answer), "contacts", [contact])
        found.append(filing.prepare(context, page.rows, side, Lane.BACKFILL))
        offset, calls = offset + page.read, calls + 1 + found[-1].calls
        if not page.more:
            break
    return found, calls


def _since(context: Context, state: Reading, one: Row) -> datetime:
    """Since when: from before its own feed was last read, else as far back as anything is wanted."""
    settings = context.document["activities"]
    floor = rules.floor(state.now, settings["first_load_days"], settings["keep_days"])
    return max(floor, one["fetched_at"] - rules.LONG_OVERLAP) if one["fetched_at"] else floor


def _learnt(state: Reading, fresh: list[Row]) -> Reading:
    """What this says about the feed: whether it should have shown these events by itself."""
    first = state.first_since
    if first is None or state.refused_at is not None:
        return state
    moments = [at for row in fresh if (at := as_moment(str(row["at"].isoformat()))) is not None]
    return state.on(helped_at=state.now) if any(rules.helps(at, state.now, first) for at in moments) else state
