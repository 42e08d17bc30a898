"""Whether whoever asks may ask: for anything at all, and for this record (decision Q15).

`createdby` is set by Dynamics and can't be forged. Whether its person may see the record is asked of Dynamics in their
name, so that its rules needn't be known here. Who asks in the console has its role; whoever signed in there with the
account of the directory is asked about in the same way, and who has none, such as a local administrator, need not be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from clients.dynamics import Dynamics
from clients.dynamics_users import User
from clients.tables import FACTS
from engine.context import Context
from engine.requests.ending import Ended
from engine.requests.kept import kept
from engine.standing import GIVES, role_given, why_not
from mapping.companion import State
from store.requests import CONSOLE
from store.statements import Row
from sync.errors import MissingPermission
from sync.model import Entity, Lane

GOOD_FOR: Final = timedelta(minutes=1)
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
    """Somebody as they stood a moment ago. refusal: why they may not ask, "" if they may; user_id: of their row in
    Dynamics, "" where nobody has to be asked there."""

    who: str
    refusal: str
    user_id: str


def who(context: Context, row: Row) -> Known:
    """Who asked. Raises Ended for somebody whom nobody knows, SyncError."""
    if row["origin"] == CONSOLE:
        return _of_console(context, row)
    if row["requester"] is None:
        raise Ended(State.REFUSED, NOBODY)
    user_id = str(row["requester"])
    ask = partial(_look, context.dynamics, user_id)
    found: Known = kept(("who", context.id, user_id), context.now(), GOOD_FOR, ask)
    return found


def _look(dynamics: Dynamics, user_id: str) -> Known:
    user = dynamics.user_by_id(user_id)
    return Known(_called(user, user_id), _refusal(dynamics, user), user_id)


def _of_console(context: Context, row: Row) -> Known:
    """The console gave the role; what is left is whether Dynamics knows this person, who is asked about by name."""
    if row["directory_id"] is None:
        return Known(row["who"], "", "")
    directory_id = str(row["directory_id"])
    ask = partial(context.dynamics.user, directory_id)
    user: User | None = kept(("of directory", context.id, directory_id), context.now(), GOOD_FOR, ask)
    reason = why_not(user)
    return Known(row["who"], f"Whoever asked {reason}." if reason else "", user.id if user else "")


def _called(user: User | None, user_id: str) -> str:
    return f"{user.name} ({user.login or user_id})" if user else user_id


def _refusal(dynamics: Dynamics, user: User | None) -> str:
    reason = why_not(user)
    if user is None or reason:
        return f"Whoever asked {reason}."
    return "" if role_given(user, dynamics.root_roles(list(GIVES))) else NO_ROLE


def record_of(context: Context, row: Row, user_id: str) -> dict[str, Any]:
    """The lead or contact that the requester may see: its address, consent, and whether it is active.

    user_id: the requester's in Dynamics, "" for who need not be asked about. Raises Ended where they may not or it is
    gone, SyncError.
    """
    entity_set, record_id = FACTS[Entity(row["entity"])].entity_set, str(row["record_id"])
    if not user_id:
        return _ours(context, entity_set, record_id)
    try:
        seen = context.dynamics.seen_by(user_id, entity_set, record_id, CONSENT)
    except MissingPermission as error:
        raise Ended(State.REFUSED, CANT_ASK) from error
    if seen is not None and None not in (seen[column] for column in CONSENT):
        return seen
    # What is empty for them may be hidden from them, and what even ac365 may not read says nothing about them.
    ours = _ours(context, entity_set, record_id)
    if seen is None:
        raise Ended(State.REFUSED, NOT_THEIRS)
    return ours


def _ours(context: Context, entity_set: str, record_id: str) -> dict[str, Any]:
    ours = context.dynamics.row(entity_set, record_id, CONSENT, lane=Lane.LIVE)
    if ours is None:
        raise Ended(State.REFUSED, GONE)
    return ours
