"""Whether whoever asks may ask: for anything at all, and for this record (decision Q15).

`createdby` is set by Dynamics and can't be forged. Whether its person may see the record is asked of Dynamics in their
name, so that its rules needn't be known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from clients.dynamics import Dynamics
from clients.dynamics_users import User
from clients.tables import FACTS
from engine.context import Context
from engine.requests.ending import Ended
from engine.standing import GIVES, role_given, why_not
from mapping.companion import State
from store.statements import Row
from sync.errors import MissingPermission
from sync.model import Entity, Lane

KEEP: Final = timedelta(minutes=1)
"""So long somebody's roles are taken as read."""
CONSENT: Final = ("emailaddress1", "donotbulkemail", "donotemail")
NOBODY: Final = "Nobody can tell who asked for this. Ask again on the form of the lead or contact."
NO_ROLE: Final = (
    "You have none of the security roles ActiveCampaign User and ActiveCampaign Admin. "
    "Ask the administrator of Dynamics for one."
)
NOT_THEIRS: Final = "You may not see this record in Dynamics, so nothing was done."
GONE: Final = "This record is not in Dynamics any more."
CANT_ASK: Final = (
    "ac365 is not allowed to check your rights. Ask the administrator of Dynamics to give the application user of "
    "ac365 the privilege 'Act on Behalf of Another User'."
)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody as they stood a moment ago. refusal: why they may not ask, "" if they may."""

    who: str
    refusal: str
    until: datetime


_known: dict[tuple[int, str], Known] = {}


def forget() -> None:
    """Everybody is looked up anew."""
    _known.clear()


def who(context: Context, row: Row) -> Known:
    """Who asked. Raises Ended for somebody whom nobody knows, SyncError."""
    if row["requester"] is None:
        raise Ended(State.REFUSED, NOBODY)
    key = (context.id, str(row["requester"]))
    found = _known.get(key)
    if found is None or found.until < context.now():
        found = _known[key] = _look(context.dynamics, key[1], context.now() + KEEP)
    return found


def _look(dynamics: Dynamics, user_id: str, until: datetime) -> Known:
    user = dynamics.user_by_id(user_id)
    return Known(_called(user, user_id), _refusal(dynamics, user), until)


def _called(user: User | None, user_id: str) -> str:
    return f"{user.name} ({user.login or user_id})" if user else user_id


def _refusal(dynamics: Dynamics, user: User | None) -> str:
    reason = why_not(user)
    if user is None or reason:
        return f"Whoever asked {reason}."
    return "" if role_given(user, dynamics.root_roles(list(GIVES))) else NO_ROLE


def record_of(context: Context, row: Row) -> dict[str, Any]:
    """The lead or contact that the requester may see: its address, consent, and whether it is active.

    Raises Ended where they may not or it is gone, SyncError.
    """
    facts, record_id = FACTS[Entity(row["entity"])], str(row["record_id"])
    # Ours first: what even ac365 may not read says nothing about the person.
    found = context.dynamics.row(facts.entity_set, record_id, (facts.key, *CONSENT), lane=Lane.LIVE)
    if found is None:
        raise Ended(State.REFUSED, GONE)
    try:
        seen = context.dynamics.sees(str(row["requester"]), facts.entity_set, facts.key, record_id)
    except MissingPermission as error:
        raise Ended(State.REFUSED, CANT_ASK) from error
    if not seen:
        raise Ended(State.REFUSED, NOT_THEIRS)
    return found
