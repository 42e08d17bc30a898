"""The line that reads: contacts are looked at, the feed is read, and who has news that it has not shown is read alone.

    sweep ──▶ feed ──▶ news ──▶ bounces ──▶ end

Each step is one call or a few, and one transaction that files what came of it together with where the line stands: a
worker that dies repeats a step and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from engine import timing
from engine.activities import bounces, feed, news, sweep
from engine.activities.hold import SLICE, Hold
from engine.activities.state import Reading
from engine.wake import Stage, Wake
from store import activities, activity_lines
from sync import activities as rules
from sync.model import Lane

Step = Callable[[Hold, Reading], Reading]
STEPS: Final[Mapping[str, Step]] = {
    "sweep": sweep.step,
    "feed": feed.step,
    "news": news.step,
    "bounces": bounces.step,
}
ASKS_FOR: Final = timedelta(hours=1)
"""A bounce whose reason can't be found out travels without it after that time."""
DAYS_KEPT: Final = 2


def work(hold: Hold, document: Mapping[str, Any]) -> tuple[datetime, list[Wake]]:
    """Goes on with a reading, or begins one; answers with when the line is due again and what is to be woken.

    Raises Lost, SyncError.
    """
    context = hold.context
    until = context.now() + SLICE
    state = Reading.of(document)
    state = state if state.phase else begin(hold, state)
    while state.phase in STEPS:
        if context.now() > until:
            return context.now(), [Wake(Stage.ACTIVITIES, (context.id, hold.line), Lane.SYNC)]
        state = STEPS[state.phase](hold, state)
    return end(hold, state)


def begin(hold: Hold, before: Reading) -> Reading:
    """A new reading: its window, and what it may spend."""
    context, now = hold.context, hold.context.now()
    settings, limits = context.document["activities"], context.document["limits"]
    floor = rules.floor(now, settings["first_load_days"], settings["keep_days"])
    since, long = rules.window(before.opened, before.long_at, now, floor)
    refused = before.refused_at
    refused = refused if refused and timedelta(0) <= now - refused < rules.REFUSED_FOR else None
    rate = float(limits["calls_per_second"]) * (1.0 - float(limits["headroom"]))
    alone, turned = rules.alone(before.helped_at, refused, now), before.turn_s is not None
    may = rules.allowance(before.opened, now, rate, alone=alone, turned=turned)
    state = before.on(
        refused_at=refused,
        turn_began=before.turn_began or now,
        first_since=before.first_since or since,
        phase="sweep",
        began=now,
        since=since,
        long=long,
        pages=may.pages,
        people=may.people,
        **dict.fromkeys(("offset", "back", "bounces_at", "calls", "rows", "found", "looked", "read", "unusable"), 0),
    )
    with context.db.transaction() as tx:
        hold.keep(tx, state.document())
    return state


def end(hold: Hold, state: Reading) -> tuple[datetime, list[Wake]]:
    """The next reading goes on where this one began. What may travel by now is written."""
    context, now = hold.context, hold.context.now()
    counters = {name: getattr(state, name) for name in ("calls", "rows", "found", "looked", "read", "unusable")}
    ended = state.on(
        phase="",
        opened=state.now,
        long_at=state.now if state.long else state.long_at,
        last={"began": state.now.isoformat(), "ended": now.isoformat(), **counters},
        days=_counted(state, now),
    )
    with context.db.transaction() as tx:
        activities.link_up(tx, context.id, now - ASKS_FOR)
        activity_lines.hurry(tx, context.id, activity_lines.WRITE, now)
        hold.keep(tx, ended.document())
    return timing.next_due(context.document, None, now), [
        Wake(Stage.ACTIVITIES, (context.id, activity_lines.WRITE), Lane.SYNC)
    ]


def _counted(state: Reading, now: datetime) -> dict[str, int]:
    today = now.date().isoformat()
    days = {**state.days, today: state.days.get(today, 0) + state.calls}
    return {day: days[day] for day in sorted(days)[-DAYS_KEPT:]}
