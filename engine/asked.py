"""What a webhook asks for: look at an ActiveCampaign contact, or create a record in Dynamics for it (decision Q20).

Dynamics has an address as well, at which it says that somebody asked for something.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from engine import cycles
from engine.wake import Wake
from store import activity_lines, activity_news, asked, configurations
from store.db import Tx
from sync.model import Entity, Lane


class Purpose(StrEnum):
    """The webhook addresses of a connection. The words are part of the addresses."""

    CREATE_LEAD = "create-lead"
    CREATE_CONTACT = "create-contact"
    CHANGED = "changed"
    REQUESTS = "requests"
    ACTIVITY = "activity"


CREATED = MappingProxyType({Purpose.CREATE_LEAD: Entity.LEAD, Purpose.CREATE_CONTACT: Entity.CONTACT})
"""What is created for a contact that has no record in Dynamics yet. The other addresses create nothing."""
AUTHOR = "webhook"
BELIEVED: Final = (timedelta(days=-1), timedelta(minutes=5))
"""A delivery's time counts if it is no further from its arrival than this."""
HINTED: Final = timedelta(minutes=5)
"""So long after a delivery the feed is read at the latest, however seldom the schedule has it read."""
ACTED: Final = timedelta(seconds=20)
"""The same after ac365 did what somebody asked for: they wait to see it."""


def ask(
    tx: Tx, connection_id: int, purpose: Purpose, ac_id: int, now: datetime, said_at: datetime | None = None
) -> list[Wake]:
    """Stores the wish about contact `ac_id`, and has it read ahead of everything else; of an activity only who and when
    is noted, for the next reading of the feed. said_at: when it happened, as the delivery says.

    The same wish twice is one wish. Send the wakes after the commit. Raises LookupError when the connection has no
    configuration yet, StoreError.
    """
    if purpose is Purpose.ACTIVITY:
        _note(tx, connection_id, ac_id, now, said_at, HINTED)
        return []
    asked.put(tx, connection_id, [ac_id], entity=CREATED.get(purpose), lane=Lane.LIVE)
    return cycles.open_inbound(tx, connection_id, AUTHOR, Lane.LIVE)


def acted(tx: Tx, connection_id: int, ac_id: int, now: datetime) -> None:
    """Notes that ac365 itself did something to contact `ac_id`, whose activities are therefore read soon."""
    _note(tx, connection_id, ac_id, now, now, ACTED)


def _note(tx: Tx, connection_id: int, ac_id: int, now: datetime, said_at: datetime | None, within: timedelta) -> None:
    current = configurations.current(tx, connection_id)
    if not current or not (current[1].get("activities") or {}).get("enabled"):
        return
    activity_lines.hurry(tx, connection_id, activity_lines.READ, now + within)
    believed = said_at is not None and BELIEVED[0] <= said_at - now <= BELIEVED[1]
    activity_news.hint(tx, connection_id, ac_id, min(said_at, now) if said_at and believed else now, now)
