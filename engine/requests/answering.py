"""Answers on the row in Dynamics, if any, and leaves a note on the contact in ActiveCampaign (decision Q27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog

from clients.tables import REQUESTS
from engine.context import Context
from engine.requests.ending import Later
from mapping.companion import Ask, State
from store import requests
from store.statements import Row
from sync.backoff import exponential_s
from sync.errors import Missing, SyncError, Throttled
from sync.model import Lane

ANSWER_LENGTH: Final = 2_000
LONGEST_PAUSE_S: Final = 600.0
NOTES: Final = {
    Ask.ADD_TO_AUTOMATION: "Added to the automation",
    Ask.REMOVE_FROM_AUTOMATION: "Taken out of the automation",
    Ask.SEND_CAMPAIGN: "Sent",
}
PLACES: Final = {requests.DYNAMICS: "Dynamics 365", requests.CONSOLE: "the console of ac365"}

log = structlog.get_logger()


def working(context: Context, row: Row) -> None:
    """Says once that the request is being worked on. Nothing depends on it, so nothing is repeated."""
    if row["told"] or row["origin"] != requests.DYNAMICS:
        return
    with context.db.transaction() as tx:
        requests.tell(tx, row)
    try:
        _write(context, row, {"ac365_state": State.WORKING.value})
    except SyncError as error:
        log.info("request_not_told", connection_id=context.id, request=row["id"], code=error.code)


def answer(context: Context, row: Row) -> None:
    """Writes the answer. Raises Later where it has to be repeated; a row that is gone ends it. Who asked in the console
    reads it in the database."""
    if row["origin"] == requests.DYNAMICS:
        _answer(context, row)
    with context.db.transaction() as tx:
        requests.answered(tx, row, context.now())


def _answer(context: Context, row: Row) -> None:
    body = {
        "ac365_state": State[row["state"].upper()].value,
        "ac365_answer": row["answer"][:ANSWER_LENGTH],
        "ac365_answeredon": row["settled_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    try:
        _write(context, row, body)
    except Missing:
        log.info("request_gone", connection_id=context.id, request=row["id"])
    except SyncError as error:
        pause_s = min(exponential_s(row["failures"] + 1), LONGEST_PAUSE_S)
        after_s = error.after_s if isinstance(error, Throttled) else pause_s
        raise Later(after_s, f"the answer is not in Dynamics: {error.message}", failed=True) from error


def _write(context: Context, row: Row, body: Mapping[str, Any]) -> None:
    context.dynamics.update_record(
        REQUESTS.entity_set, REQUESTS.key, str(row["request_id"]), body, version=None, lane=Lane.LIVE
    )


def wants_note(row: Row) -> bool:
    """Whether something was done that the contact in ActiveCampaign should tell."""
    return row["state"] == "done" and row["acts"] > 0 and row["ac_id"] is not None


def note(context: Context, number: int) -> None:
    """Says on the contact who asked. One attempt: a second one could make a second note."""
    with context.db.transaction() as tx:
        row = requests.get(tx, number)
        if row is None or not wants_note(row) or not requests.note(tx, number):
            return
    done = f'{NOTES[Ask(row["kind"])]} "{row["name"] or row["target"]}"'
    text = f"{done} from {PLACES[row['origin']]}, as {row['who']} asked."
    try:
        context.activecampaign.add_note(row["ac_id"], text, lane=Lane.SYNC)
    except SyncError as error:
        log.info("request_not_noted", connection_id=context.id, request=row["id"], code=error.code)
