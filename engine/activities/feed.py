"""Reads the feed of everybody, a hundred events per call, from the newest back to the beginning of the window.

Rows may shift while pages are read: what is new comes in front, and events of contacts that are deleted vanish. So
pages overlap, and one that does not join on to the page before is read again further up. What is seen twice is filed
once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from clients.caller import PAGE
from clients.feed import FeedPage
from clients.scalars import as_moment, as_text, rows_of
from engine.activities import filing
from engine.activities.hold import Hold
from engine.activities.state import Reading
from mapping.activities import side_of
from sync.errors import BadRecord
from sync.model import Lane

OVERLAP: Final = 3
"""Rows that a page has in common with the page before."""
MOST_BACK: Final = 5
FAR: Final = timedelta(days=1)


def step(hold: Hold, state: Reading) -> Reading:
    """Reads and files the next page. Raises SyncError."""
    context = hold.context
    lane = Lane.BACKFILL if state.opened is None else Lane.SYNC
    if state.refused_at is not None:
        return _on(hold, state, phase="news")
    try:
        page = context.activecampaign.feed_page(state.window, offset=state.offset, lane=lane)
    except BadRecord:
        # It wants a contact: who has news is found by looking at contacts, and read one by one.
        return _on(hold, state.plus(calls=1), refused_at=context.now(), phase="news")
    if _unbounded(page, state):
        return _on(hold, state.plus(calls=1), refused_at=context.now(), phase="news")
    if _behind(page, state):
        back = state.on(offset=max(0, state.offset - PAGE), tail_id="", tail_at=None, back=state.back + 1)
        return _on(hold, back.plus(calls=1))
    prepared = filing.prepare(context, page.rows, side_of(page.answer), lane)
    moved = _moved(state, page).plus(calls=1 + prepared.calls, rows=len(page.rows), unusable=prepared.unusable)
    with context.db.transaction() as tx:
        fresh = filing.file(tx, context, prepared)
        moved = moved.plus(found=len(fresh))
        hold.keep(tx, moved.document())
    return moved


def _on(hold: Hold, state: Reading, **changes: object) -> Reading:
    moved = state.on(**changes)
    with hold.context.db.transaction() as tx:
        hold.keep(tx, moved.document())
    return moved


def _moved(state: Reading, page: FeedPage) -> Reading:
    if not page.more:
        return state.on(phase="news", offset=0, tail_id="", tail_at=None, back=0)
    last = rows_of(page.answer, "activities")[-1]
    step = max(1, page.read - OVERLAP)
    return state.on(offset=state.offset + step, tail_id=as_text(last.get("id")), tail_at=as_moment(last.get("tstamp")))


def _behind(page: FeedPage, state: Reading) -> bool:
    """Whether rows are missing between the page before and this one."""
    if not state.tail_id or state.tail_at is None or state.back >= MOST_BACK or not page.ordered:
        return False
    found = rows_of(page.answer, "activities")
    if any(as_text(row.get("id")) == state.tail_id for row in found):
        return False
    first = as_moment(found[0].get("tstamp")) if found else None
    return first is None or first < state.tail_at


def _unbounded(page: FeedPage, state: Reading) -> bool:
    """Whether the service heeds neither the window nor the order: then every reading would be one of everything."""
    moments = [as_moment(row.get("tstamp")) for row in rows_of(page.answer, "activities")]
    old = [at for at in moments if at is not None and at < state.window - FAR]
    return bool(old) and not page.ordered and len(old) == len(moments)
