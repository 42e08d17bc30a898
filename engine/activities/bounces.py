"""Asks why mails bounced: the feed doesn't say, the bounce logs do, for everybody, a hundred per call.

Source: developers.activecampaign.com, page retrieve-contact-bounce-logs; the list of the whole account from repository
singer-io/tap-activecampaign. In which order it comes is not documented, so the newest are looked for at both ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from clients.caller import PAGE
from clients.scalars import as_moment
from engine.activities.hold import Hold
from engine.activities.state import Reading
from mapping import bounces
from store import activities
from store.statements import Row
from sync.errors import BadRecord, NotAvailable
from sync.model import Lane

AT_ONCE: Final = 500
MOST_PAGES: Final = 30


def step(hold: Hold, state: Reading) -> Reading:
    """Reads the next page of bounces, if anybody asks. Raises SyncError."""
    context = hold.context
    with context.db.transaction() as tx:
        asking = activities.asking(tx, context.id, AT_ONCE)
        if not asking:
            ended = state.on(phase="end", bounces_at=0, turned=False)
            hold.keep(tx, ended.document())
            return ended
    try:
        rows, total = context.activecampaign.bounces_page(state.bounces_at, lane=Lane.SYNC)
    except (BadRecord, NotAvailable):
        rows, total = [], 0
    turned = state.turned or (state.bounces_at == 0 and _oldest_first(rows) and (total or 0) > len(rows))
    begins = turned and not state.turned
    offset = max(0, (total or 0) - PAGE) if begins else state.bounces_at + (-PAGE if turned else PAGE)
    last = not begins and _last(state, rows, asking, turned)
    details = _explained(asking, [] if begins else rows, last=last)
    moved = state.on(bounces_at=max(0, offset), turned=turned).plus(calls=1)
    if last and len(asking) < AT_ONCE:
        moved = moved.on(phase="end", bounces_at=0, turned=False)
    with context.db.transaction() as tx:
        activities.explain(tx, context.id, details)
        hold.keep(tx, moved.document())
    return moved


def _explained(asking: Sequence[Row], rows: Sequence[Mapping[str, Any]], *, last: bool) -> dict[str, str]:
    """What the rows tell; behind the last page everybody gets what is known without them."""
    found = {}
    for event in asking:
        told = (event["told"] or {}).get("detail", "")
        row = bounces.nearest(event["ac_id"], event["at"], rows)
        if row is not None or last:
            found[event["event_id"]] = bounces.reason_of(row, told) if row is not None else told
    return found


def _last(state: Reading, rows: Sequence[Mapping[str, Any]], asking: Sequence[Row], turned: bool) -> bool:
    """Whether nothing that is asked about can come behind this page."""
    if not rows or (state.bounces_at >= MOST_PAGES * PAGE and not turned):
        return True
    ended = state.bounces_at == 0 if turned else len(rows) < PAGE
    moments = [moment for row in rows if (moment := as_moment(row.get("tstamp"))) is not None]
    oldest = asking[0]["at"] - timedelta(seconds=bounces.NEAR_S)
    return ended or (bool(moments) and max(moments) < oldest)


def _oldest_first(rows: Sequence[Mapping[str, Any]]) -> bool:
    moments = [moment for row in rows if (moment := as_moment(row.get("tstamp"))) is not None]
    return len(moments) > 1 and moments[0] < moments[-1]
