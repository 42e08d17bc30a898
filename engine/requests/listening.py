"""Hears what people in Dynamics ask for: by change tracking, and by a look at all that waits where that can't be had.

Whatever was filed is worked on from the database; a message or a webhook that is lost costs two seconds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from clients.dynamics_pages import Page
from clients.faults import TrackingOff
from clients.tables import REQUESTS
from engine import configure
from engine.context import Context
from engine.requests import rows
from engine.requests.kept import kept
from engine.requests.recording import record
from engine.wake import Stage, Wake
from store import listening, requests
from store.db import Database, Tx
from sync.backoff import exponential_s
from sync.errors import Resync, SyncError, Throttled
from sync.model import Lane

LEASE_S: Final = 100.0
"""Longer than a page may take, and shorter than a task may."""
PAGE: Final = 1000
MOST_PAGES: Final = 20
LOOK_EVERY: Final = timedelta(minutes=5)
"""So often everything that waits is asked for as well, whatever change tracking says."""
TRACK_AGAIN: Final = timedelta(minutes=10)
SELDOM: Final = timedelta(minutes=1)
"""Where the panel is switched off, who still asks is refused within this time."""
LONGEST_PAUSE_S: Final = 60.0
BOUND_FOR: Final = timedelta(minutes=10)
CHOICES_EVERY: Final = timedelta(minutes=10)

log = structlog.get_logger()


def wake(db: Database, now: datetime) -> list[Wake]:
    """Wakes the ears of all connections that are to be listened to now."""
    with db.transaction() as tx:
        return [hint(connection_id) for connection_id in listening.due(tx, now)]


def hint(connection_id: int) -> Wake:
    """Somebody may have asked for something."""
    return Wake(Stage.REQUESTS, (connection_id,), Lane.LIVE)


def listen(context: Context) -> list[Wake]:
    """Files what is new and wakes whatever waits to be worked on. One at a time listens to a connection."""
    now, enabled = context.now(), context.document["panel"]["enabled"]
    with context.db.transaction() as tx:
        turn = listening.claim(tx, context.id, now, LEASE_S, begin=enabled)
        if turn is None:
            return []
        chooses = listening.choose(tx, context.id, context.version, now, now + CHOICES_EVERY)
    try:
        _hear(context, turn)
    except SyncError as error:
        _failed(context, turn, error)
    else:
        pause = timedelta(0) if enabled else SELDOM
        with context.db.transaction() as tx:
            listening.heard(tx, context.id, turn["turn"], context.now(), context.now() + pause)
    choices = [Wake(Stage.CHOICES, (context.id,), Lane.SYNC)] if chooses else []
    return [*_waiting(context), *choices]


def _waiting(context: Context) -> list[Wake]:
    with context.db.transaction() as tx:
        found = requests.due(tx, context.id, context.now())
    return [Wake(Stage.REQUEST, (context.id, number), Lane.LIVE) for number in found]


def _failed(context: Context, turn: dict[str, Any], error: SyncError) -> None:
    asked_for_s = error.after_s if isinstance(error, Throttled) else 0.0
    pause_s = max(min(exponential_s(turn["failures"] + 1), LONGEST_PAUSE_S), asked_for_s)
    with context.db.transaction() as tx:
        listening.failed(tx, context.id, turn["turn"], error.message, context.now() + timedelta(seconds=pause_s))
    log.warning("requests_not_heard", connection_id=context.id, code=error.code)


def _hear(context: Context, turn: dict[str, Any]) -> None:
    now = context.now()
    # A copy of the environment has the same rows, and nobody who asks there means the people of this one.
    kept(("bound", context.id), now, BOUND_FOR, lambda: configure.bind(context.db, context.id, context.dynamics))
    if not turn["tracked"] or now - turn["looked_at"] > LOOK_EVERY:
        _look(context, turn, now)
    if turn["tracked"] or turn["track_at"] <= now:
        _track(context, turn)


def _look(context: Context, turn: dict[str, Any], now: datetime) -> None:
    """Everything that waits, whenever it was asked for."""
    found = context.dynamics.rows_where(REQUESTS.entity_set, REQUESTS.key, rows.SELECT, rows.WAITING, lane=Lane.LIVE)
    with context.db.transaction() as tx:
        if listening.move(tx, context.id, turn["turn"], turn["link"], tracked=turn["tracked"], looked_at=now):
            requests.file(tx, context.id, rows.filed(found))


def _track(context: Context, turn: dict[str, Any]) -> None:
    """What changed, to the end; of the very first reading, which shows all there is, one page in each turn."""
    link, tracked = turn["link"], turn["tracked"]
    for _ in range(MOST_PAGES if tracked else 1):
        try:
            page = context.dynamics.changes_page(
                REQUESTS.entity_set, rows.SELECT, link=link, page_size=PAGE, lane=Lane.LIVE
            )
        except Resync:
            _forget(context, turn)
            return
        except TrackingOff:
            _forget(context, turn, context.now() + TRACK_AGAIN)
            return
        link = page.delta_link or page.next_link
        tracked = tracked or page.delta_link is not None
        if not _filed(context, turn, page, link, tracked=tracked) or page.delta_link:
            return


def _filed(context: Context, turn: dict[str, Any], page: Page, link: str | None, *, tracked: bool) -> bool:
    with context.db.transaction() as tx:
        if not listening.move(tx, context.id, turn["turn"], link, tracked=tracked):
            return False
        requests.file(tx, context.id, rows.filed(page.rows))
        _withdraw(tx, context, page.deleted_ids)
    return True


def _withdraw(tx: Tx, context: Context, deleted: list[str]) -> None:
    for row in requests.withdraw(tx, context.id, deleted, context.now()):
        record(tx, row)


def _forget(context: Context, turn: dict[str, Any], track_at: datetime | None = None) -> None:
    """Begins anew; meanwhile what waits is asked for in every turn."""
    with context.db.transaction() as tx:
        listening.move(tx, context.id, turn["turn"], None, tracked=False, track_at=track_at)
    if turn["tracked"]:
        _look(context, {**turn, "link": None, "tracked": False}, context.now())
