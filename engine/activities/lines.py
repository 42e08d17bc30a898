"""Marketing activities go on by themselves: two lines per connection, one that reads and one that writes.

They are due with the connection's frequency, and sooner where one has work for the other. A message only wakes; what is
due stands in Postgres, so a lost one costs time and a second one finds the line taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from engine import timing
from engine.activities import reading, writing
from engine.activities.hold import LEASE, Hold, Lost
from engine.context import Context
from engine.dead_letters import describe
from engine.wake import Stage, Wake
from store import activity_lines, configurations, connections, pauses
from store.db import Database, Tx
from sync import backoff
from sync.errors import SyncError
from sync.model import Direction, Lane

Work = Callable[[Hold, Mapping[str, Any]], tuple[datetime, list[Wake]]]
WORK: Final[Mapping[str, Work]] = {activity_lines.READ: reading.work, activity_lines.WRITE: writing.work}
IDLE: Final = timedelta(minutes=5)
"""When it is looked again whether activities are switched on and not paused."""
STOPPED: Final = timedelta(minutes=15)
"""When a line is tried again that needs a person."""


def run(context: Context, line: str) -> list[Wake]:
    """Works on a line for a while, if it is due and nobody else has it. Errors of the services end here."""
    now = context.now()
    hold = Hold(context, line, str(uuid4()))
    with context.db.transaction() as tx:
        row = activity_lines.claim(tx, context.id, line, hold.token, now, now + LEASE)
        rests = row is not None and not wanted(tx, context.id, context.document)
    if row is None:
        return []
    allowed = timing.allowed(context.document, now)
    if rests or allowed > now:
        return _released(hold, max(now + IDLE, allowed))
    try:
        due_at, wakes = WORK[line](hold, row["state"])
    except Lost:
        return []
    except SyncError as error:
        again = backoff.retry_at(error, row["attempts"] + 1, context.now(), jitter=0.5)
        return _released(hold, again or context.now() + STOPPED, error)
    return [*_released(hold, due_at), *wakes]


def _released(hold: Hold, due_at: datetime, error: SyncError | None = None) -> list[Wake]:
    told = describe(error) if error else None
    with hold.context.db.transaction() as tx:
        activity_lines.release(tx, hold.context.id, hold.line, hold.token, due_at, told)
    return []


def wanted(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> bool:
    """Whether activities may travel: they and the global switch are on, and a pause of everything is not."""
    on = document["sync"]["enabled"] and document["activities"]["enabled"]
    held = any(
        one["entity"] is None and one["direction"] in (None, Direction.INBOUND)
        for one in pauses.active(tx, connection_id)
    )
    return bool(on) and not held


def begin_due(db: Database, now: datetime) -> list[Wake]:
    """Makes the lines of connections whose activities were switched on, and wakes what is due."""
    with db.transaction() as tx:
        for connection in connections.listed(tx):
            current = configurations.current(tx, connection["id"])
            if current and (current[1].get("activities") or {}).get("enabled") and current[1]["sync"]["enabled"]:
                activity_lines.ensure(tx, connection["id"], now)
    return wake_due(db, now)


def wake_due(db: Database, now: datetime) -> list[Wake]:
    """Wakes the lines whose time has come, those of workers that died among them."""
    with db.transaction() as tx:
        return [Wake(Stage.ACTIVITIES, (row["connection_id"], row["line"]), Lane.SYNC)
                for row in activity_lines.due(tx, now)]  # fmt: skip
