"""Does what was decided, once: what is about to be done is written down before, what came of it after.

ActiveCampaign has no keys against repeating. When an answer is lost, its own list of stays says whether a contact was
let in; a copy of a campaign leaves no trace anybody could ask for, so nothing is repeated and a person has to look.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import structlog

from engine.context import Context
from engine.requests.ending import Ended, Later, Overtaken
from mapping.companion import State
from store import requests
from store.statements import Row
from sync.errors import Again, BadRecord, Missing, Stop, SyncError, Throttled, Unavailable
from sync.marketing import Campaign, Enrolment, Receiver
from sync.model import Lane
from sync.requests import Case, Verdict

LEASE_S: float = 45.0
"""Longer than a call may take: ten seconds to connect, twenty for an answer, and a wait for the budget."""
SAFE_S: float = 45.0
"""A call whose answer was lost may still be carried out for so long; before that nothing is repeated."""
LOOK_AGAIN_S: Final = 5.0
TELL_WITHIN: Final = timedelta(minutes=15)
MOST: Final = 3
LOST: Final = (
    "ActiveCampaign did not answer, so nobody can tell whether the mail was sent. It was not sent again: look at the "
    "contact in ActiveCampaign before you ask again."
)
UNTOLD: Final = (
    "ActiveCampaign did not answer, so nobody can tell whether this was done. Look at the contact in ActiveCampaign "
    "before you ask again."
)
NOT_LET_IN: Final = "ActiveCampaign did not let this person in; the automation may have changed meanwhile."
NOT_SENT: Final = "ActiveCampaign did not send it: {}"
NO_ANSWER: Final = "ActiveCampaign did not do it in several attempts. Ask again later."
NO_COPIES: Final = (
    "This ActiveCampaign account doesn't let ac365 send campaigns. Pick a mail that is sent by an automation."
)
FAILED: Final = "ActiveCampaign refused: {}"

log = structlog.get_logger()


def act(context: Context, row: Row, verdict: Verdict, case: Case, receiver: Receiver) -> None:
    """Carries it out. Raises Ended with what came of it, Later, Overtaken."""
    intent = {
        "act": verdict.act,
        "automation": case.target.number,
        "enrolment": verdict.enrolment,
        "words": verdict.words,
        "seen": [stay.id for stay in receiver.enrolments],
    }
    with context.db.transaction() as tx:
        if not requests.act(tx, row, intent, context.now(), LEASE_S):
            raise Overtaken
    row |= {"intent": intent, "acts": row["acts"] + 1, "acted_at": context.now(), "state": "acting"}
    try:
        enrolment = _call(context, verdict, case, receiver)
    except SyncError as error:
        log.info("request_not_done", connection_id=context.id, request=row["id"], code=error.code)
        _went_wrong(context, row, error)
    else:
        raise Ended(State.DONE, verdict.words, enrolment)


def _call(context: Context, verdict: Verdict, case: Case, receiver: Receiver) -> int | None:
    if verdict.act == "enrol":
        return context.activecampaign.enrol(receiver.id, case.target.number, lane=Lane.LIVE)
    if verdict.act == "leave":
        context.activecampaign.leave(verdict.enrolment or 0, lane=Lane.LIVE)
    elif isinstance(case.offered, Campaign):
        context.activecampaign.send_copy(receiver.address, case.offered, lane=Lane.LIVE)
    return None


def _went_wrong(context: Context, row: Row, error: SyncError) -> None:
    if _never_arrived(error):
        _back(context, row, made=False)
        raise Later(error.after_s if isinstance(error, Throttled) else 2.0, error.message, failed=True) from error
    if row["intent"]["act"] == "send":
        raise _not_sent(error) from error
    look(context, row, error)


def _never_arrived(error: SyncError) -> bool:
    """Whether nothing can have been done: no slot in the budget, no connection, or over the limit. By some reports a
    503 means the limit as well, but it stands for other things, too."""
    return isinstance(error, Throttled | Unavailable) and error.status in (None, 429)


def _not_sent(error: SyncError) -> Ended:
    if isinstance(error, Again):
        return Ended(State.UNCONFIRMED, LOST)
    if error.code.endswith(".not_sent"):
        return Ended(State.REFUSED, NOT_SENT.format(error.body))
    if isinstance(error, Missing | Stop):
        return Ended(State.FAILED, NO_COPIES)
    return Ended(State.FAILED, FAILED.format(error.message))


def _back(context: Context, row: Row, *, made: bool) -> None:
    with context.db.transaction() as tx:
        if not requests.back(tx, row, made=made):
            raise Overtaken
    row["state"] = "asked"


def look(context: Context, row: Row, error: SyncError | None = None) -> None:
    """Finds out whether an act whose answer is lost was done. error: what the call itself said, None after a crash.

    Raises Ended, or Later where that can't be told yet; returns where it was not done and may be decided anew.
    """
    intent = row["intent"]
    if intent["act"] == "send":
        raise Ended(State.UNCONFIRMED, LOST)
    try:
        stays = context.activecampaign.enrolments(row["ac_id"], lane=Lane.LIVE)
    except Missing as gone:
        raise Ended(State.UNCONFIRMED, UNTOLD) from gone
    except SyncError as silent:
        if context.now() - row["acted_at"] > TELL_WITHIN:
            raise Ended(State.UNCONFIRMED, UNTOLD) from silent
        raise Later(LOOK_AGAIN_S, silent.message, failed=True) from silent
    _judge(context, row, stays, error)


def _judge(context: Context, row: Row, stays: Iterable[Enrolment], error: SyncError | None) -> None:
    intent = row["intent"]
    if intent["act"] == "leave":
        if not any(stay.running and stay.id == intent["enrolment"] for stay in stays):
            raise Ended(State.DONE, intent["words"])
    else:
        own = ours(row, stays)
        if own is not None:
            raise Ended(State.DONE, intent["words"], own)
        if error is not None and isinstance(error, BadRecord) and row["acts"] == 1:
            words = NOT_LET_IN if error.code.endswith(".not_let_in") else FAILED.format(error.message)
            raise Ended(State.REFUSED, words)
        safe_at = row["acted_at"] + timedelta(seconds=SAFE_S)
        if context.now() < safe_at:
            raise Later((safe_at - context.now()).total_seconds(), "its answer was lost", failed=True)
    if row["acts"] >= MOST:
        raise Ended(State.FAILED, NO_ANSWER)
    _back(context, row, made=True)


def ours(row: dict[str, Any], stays: Iterable[Enrolment]) -> int | None:
    """The stay that came of an act whose answer was lost: one of that automation that was not there before."""
    intent = row["intent"]
    if not intent or intent["act"] != "enrol" or not row["acts"]:
        return None
    new = [stay.id for stay in stays if stay.automation == intent["automation"] and stay.id not in intent["seen"]]
    return max(new, default=None)
