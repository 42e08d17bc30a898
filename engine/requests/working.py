"""Carries one request through: checked, done once, answered. A worker that dies leaves it to the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from engine import asked
from engine.context import Context
from engine.requests import acting, answering, asking, deciding, linking
from engine.requests.ending import Ended, Later, Overtaken
from engine.requests.recording import record
from engine.wake import LONGEST_DELAY_S, Stage, Wake
from mapping.companion import State
from store import requests
from store.statements import Row
from sync import requests as rules
from sync.backoff import exponential_s
from sync.errors import Again, SyncError, Throttled
from sync.model import Lane

LEASE_S: float = 100.0
"""For all that is asked before anything is done, and for the answer."""
BUSY_S: Final = 1.0
PATIENCE: Final = timedelta(minutes=15)
LONGEST_PAUSE_S: Final = 60.0
UNREACHABLE: Final = "This could not be checked: {}. Ask again later."
CANT: Final = "This can't be checked: {}. Ask the administrator of ac365."

log = structlog.get_logger()


def work(context: Context, number: int) -> list[Wake]:
    """Goes on with a request as far as it gets."""
    with context.db.transaction() as tx:
        row = requests.claim(tx, context.id, number, context.now(), LEASE_S)
    if row is None:
        return []
    try:
        if row["settled_at"] is None:
            row = _settled(context, row)
        answering.answer(context, row)
    except Later as later:
        return _postponed(context, row, later)
    except Overtaken:
        return []
    # Nobody waits for the note, and others may wait for an answer.
    return [Wake(Stage.NOTE, (context.id, row["id"]), Lane.SYNC)] if answering.wants_note(row) else []


def _settled(context: Context, row: Row) -> Row:
    """The row once it is decided and done. Raises Later, Overtaken."""
    try:
        _advance(context, row)
        raise AssertionError("a request ends, or goes on later")
    except Ended as end:
        return _keep(context, row, end)
    except SyncError as error:
        return _keep(context, row, _given_up(context, row, error))


def _keep(context: Context, row: Row, end: Ended) -> Row:
    with context.db.transaction() as tx:
        kept = requests.settle(tx, row, end.state.name.lower(), end.words, context.now(), end.enrolment)
        if kept is None:
            raise Overtaken
        record(tx, kept)
        if end.state is State.DONE and kept["ac_id"]:
            asked.acted(tx, context.id, kept["ac_id"], context.now())
    log.info("request_settled", connection_id=context.id, request=row["id"], state=kept["state"])
    return kept


def _given_up(context: Context, row: Row, error: SyncError) -> Ended:
    """What failed before anything was done. Raises Later while it is worth another try."""
    if not isinstance(error, Again):
        return Ended(State.FAILED, CANT.format(error.message))
    if context.now() - row["filed_at"] > PATIENCE:
        return Ended(State.FAILED, UNREACHABLE.format(error.message))
    pause_s = min(exponential_s(row["failures"] + 1), LONGEST_PAUSE_S)
    after_s = error.after_s if isinstance(error, Throttled) else pause_s
    raise Later(after_s, error.message, failed=True) from error


def _advance(context: Context, row: Row) -> None:
    """Raises what comes of it: Ended, Later, Overtaken, or SyncError before anything was done."""
    if row["state"] == "acting":
        acting.look(context, row)
    _fit(context, row)
    known = asking.who(context, row)
    if known.who != row["who"]:
        with context.db.transaction() as tx:
            requests.name(tx, row, known.who)
        row["who"] = known.who
    if known.refusal:
        raise Ended(State.REFUSED, known.refusal)
    found = asking.record_of(context, row, known.user_id)
    link = linking.contact_of(context, row, found)
    with context.db.transaction() as tx:
        if not requests.check(tx, row, link.ac_id or 0):
            raise Later(BUSY_S, "another request for the same contact comes first")
    row |= {"ac_id": link.ac_id, "state": "checked"}
    verdict, case, receiver = deciding.verdict(context, row, found, link)
    own = acting.ours(row, receiver.enrolments)
    if own is not None:
        raise Ended(State.DONE, row["intent"]["words"], own)
    if not verdict.act:
        raise Ended(verdict.state, verdict.words)
    acting.act(context, row, verdict, case, receiver)


def _fit(context: Context, row: Row) -> None:
    words = rules.unfit(
        row["kind"],
        row["target"],
        has_record=row["record_id"] is not None,
        asked_at=row["asked_at"],
        now=context.now(),
        enabled=context.document["panel"]["enabled"],
    )
    if words:
        raise Ended(State.REFUSED, words)


def _postponed(context: Context, row: Row, later: Later) -> list[Wake]:
    due_at = context.now() + timedelta(seconds=later.after_s)
    if row["settled_at"] is None:
        answering.working(context, row)
    with context.db.transaction() as tx:
        requests.postpone(tx, row, due_at, later.why, failed=later.failed)
    if later.after_s > LONGEST_DELAY_S:
        return list(later.wakes)
    return [*later.wakes, Wake(Stage.REQUEST, (context.id, row["id"]), Lane.LIVE, delay_s=later.after_s)]
