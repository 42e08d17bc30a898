"""Tells somebody: notices that are due go out by their way, and what was not taken is due again later.

There is no loop and no sleep: each look takes what is due once. Who dies in between leaves notices that are due again,
so that one may be told twice; the post names their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from clients.notify import NotTaken
from engine.alerts import message
from engine.alerts.ways import Way
from store import notices
from store.db import Database

AT_ONCE: Final = 50
AGAIN: Final = timedelta(minutes=5)
"""When a notice is due again whose sender was never heard of."""
GIVEN_UP: Final = timedelta(days=1)
log = structlog.get_logger()


def deliver(db: Database, told: Sequence[Way], console: str, now: datetime) -> None:
    """Sends what is due by each way, in one message. console: its address."""
    for way in told:
        with db.transaction() as tx:
            rows = notices.claim(tx, way.name, now, now + AGAIN, AT_ONCE)
        if rows:
            why = send(way, message.of_notices(rows, console, now), now)
            if why:
                log.warning("notice_not_taken", way=way.name, why=why)
            _settle(db, [row["id"] for row in rows], why, now)


def send(way: Way, one: message.Message, now: datetime) -> str:
    """Sends one message; answers with why it was not taken, "" when it was."""
    try:
        way.send(one, now)
    except NotTaken as error:
        return str(error)
    return ""


def _settle(db: Database, ids: Sequence[int], why: str, now: datetime) -> None:
    with db.transaction() as tx:
        if why:
            notices.refused(tx, ids, why, now, now - GIVEN_UP)
        else:
            notices.sent(tx, ids, now)
