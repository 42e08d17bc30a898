"""Looks at linked contacts in turn, a hundred per call, for dates that speak of news.

A list of contacts shows when each was last opened, clicked and bounced, when it joined and left lists and automations,
and how many mails it got (developers.activecampaign.com, page list-all-contacts). Replies and forwards move none of
these: without a webhook they are found when something else happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from clients.caller import PAGE
from clients.feed import Looked
from engine.activities.filing import introduce
from engine.activities.hold import Hold
from engine.activities.state import Reading
from engine.context import Context
from store import activity_news, links
from store.db import Tx
from sync import activities as rules
from sync.model import PEOPLE, Lane


def step(hold: Hold, state: Reading) -> Reading:
    """Looks at the next hundred. Raises SyncError."""
    context = hold.context
    looked, last, more = _look(context, state) if state.pages > 0 else ([], 0, True)
    if state.pages <= 0:
        return _ended(hold, state)
    after = last if more else 0
    moved = state.on(swept_after=after, pages=state.pages - 1 if more else 0, phase="sweep" if more else "feed")
    moved = moved.plus(looked=len(looked), calls=1 if looked or last else 0)
    moved = moved if more else _turned(moved, context.now())
    with context.db.transaction() as tx:
        _note(tx, context, state, looked)
        hold.keep(tx, moved.document())
    return moved


def _ended(hold: Hold, state: Reading) -> Reading:
    moved = state.on(phase="feed")
    with hold.context.db.transaction() as tx:
        hold.keep(tx, moved.document())
    return moved


def _turned(state: Reading, now: datetime) -> Reading:
    took = (now - state.turn_began).total_seconds() if state.turn_began else None
    return state.on(turn_s=took, turn_began=now)


def _look(context: Context, state: Reading) -> tuple[list[Looked], int, bool]:
    """The next contacts: linked ones by id, or all while the ids of some that were imported aren't known."""
    with context.db.transaction() as tx:
        nameless = links.nameless(tx, context.id, PEOPLE)
        ids = [] if nameless else activity_news.linked_after(tx, context.id, state.swept_after, PAGE)
    if nameless:
        return context.activecampaign.look(after_id=state.swept_after, lane=Lane.BACKFILL)
    if not ids:
        return [], 0, False
    looked, _, _ = context.activecampaign.look(ids=ids, lane=Lane.BACKFILL)
    return looked, ids[-1], len(ids) == PAGE


def _note(tx: Tx, context: Context, state: Reading, looked: Sequence[Looked]) -> None:
    linked = introduce(tx, context, {one.ac_id: one.email for one in looked})
    mine = [one for one in looked if (link := linked.get(one.ac_id)) is not None and link.delivered]
    seen = activity_news.seen(tx, context.id, [one.ac_id for one in mine])
    found = [row for one in mine if (row := _suspect(context, state, one, seen.get(one.ac_id)))]
    activity_news.note(tx, context.id, found, context.now())
    activity_news.saw(tx, context.id, {one.ac_id: one.sent for one in mine}, context.now())


def _suspect(context: Context, state: Reading, one: Looked, before: Any) -> dict[str, Any] | None:
    known = before or {"sent": None, "covered_at": None, "fetched_at": None, "swept_at": None}
    settings = context.document["activities"]
    floor = rules.floor(state.now, settings["first_load_days"], settings["keep_days"])
    seen = rules.Seen(known["sent"], known["covered_at"], known["fetched_at"] is not None)
    alone = rules.alone(state.helped_at, state.refused_at, state.now)
    found = rules.evidence(seen, one.dates, one.sent, floor, context.now(), alone=alone)
    if found is None:
        return None
    return {"ac_id": one.ac_id, "evidence_at": found.at, "sends": found.sends, "sends_since": known["swept_at"]}
