"""Requests: what people asked for on leads and contacts, in Dynamics or in the console.

asked -> checked -> acting -> done, refused, failed or unconfirmed, and then answered; withdrawn where its maker deleted
it before anything was done. Every step is a swap under a lease: `claims` counts who took it, and who was overtaken
changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("requests")
DYNAMICS: Final = "dynamics"
CONSOLE: Final = "console"
"""Where something was asked for: `origin`."""
PATIENCE_S = 15.0
"""So long a message may wait in its queue before another one is sent."""


def file(tx: Tx, connection_id: int, rows: Sequence[Row]) -> list[int]:
    """Files what was asked for; answers with the ids of what is new.

    A row: {request_id, kind, target, name, entity, record_id, requester, behalf, asked_at}.
    """
    return SQL.column(tx, "file", connection_id=connection_id, rows=jsonb(rows)) if rows else []


def ask(tx: Tx, connection_id: int, row: Row) -> Row | None:
    """Files what somebody asked for in the console. None: it is filed already.

    row: {request_id, kind, target, name, entity, record_id, who, asked_at, author, directory_id}.
    """
    return SQL.row(tx, "ask", connection_id=connection_id, **row)


def of_key(tx: Tx, connection_id: int, request_id: str) -> Row | None:
    """One request by the id of its row in Dynamics, or the one that a page of the console made."""
    return SQL.row(tx, "of_key", connection_id=connection_id, request_id=request_id)


def of_record(tx: Tx, connection_id: int, entity: str, record_id: str, limit: int) -> list[Row]:
    """What was asked for on a record, the newest first."""
    where = {"connection_id": connection_id, "entity": entity, "record_id": record_id}
    return SQL.rows(tx, "of_record", limit=limit, **where)


def standing(tx: Tx, connection_id: int) -> Row:
    """{open, oldest, answers, answered_at}: how many wait and since when, how many of the latest hundred were answered
    within a day by state, and when the last one was."""
    return SQL.row(tx, "standing", connection_id=connection_id) or {}


def withdraw(tx: Tx, connection_id: int, request_ids: Sequence[str], now: datetime) -> list[Row]:
    """Ends those whose row was deleted before anything was done; answers with them."""
    if not request_ids:
        return []
    return SQL.rows(tx, "withdraw", connection_id=connection_id, request_ids=list(request_ids), now=now)


def due(tx: Tx, connection_id: int, now: datetime, limit: int = 100) -> list[int]:
    """What waits to be worked on, the oldest first. What was told of here counts as woken for a while."""
    found = SQL.column(tx, "due", connection_id=connection_id, now=now, limit=limit, patience_s=PATIENCE_S)
    return sorted(found)


def claim(tx: Tx, connection_id: int, number: int, now: datetime, lease_s: float) -> Row | None:
    """Takes a request: the columns of the table. None: somebody has it, it is not time, or it is over."""
    return SQL.row(tx, "claim", connection_id=connection_id, id=number, now=now, lease_s=lease_s)


def check(tx: Tx, row: Row, ac_id: int) -> bool:
    """Takes the contact for a claimed request until it is settled. False: another request has the contact."""
    SQL.row(tx, "lock", connection_id=row["connection_id"])
    return SQL.run(tx, "check", id=row["id"], claims=row["claims"], ac_id=ac_id) == 1


def act(tx: Tx, row: Row, intent: Mapping[str, Any], now: datetime, lease_s: float) -> bool:
    """Writes down what is about to be done; make the call after the commit. False: somebody else has it; do nothing."""
    document = jsonb(intent)
    named = {"intent": document, "now": now, "lease_s": lease_s}
    return SQL.run(tx, "act", id=row["id"], claims=row["claims"], **named) == 1


def back(tx: Tx, row: Row, *, made: bool) -> bool:
    """Has it decided anew. made: the call may have been made, so that it counts."""
    return SQL.run(tx, "back", id=row["id"], claims=row["claims"], unmade=not made) == 1


def settle(tx: Tx, row: Row, state: str, answer: str, now: datetime, enrolment: int | None = None) -> Row | None:
    """Keeps what became of it, and answers with the row. None: somebody else has it; say nothing then."""
    named = {"state": state, "answer": answer, "now": now, "enrolment": enrolment}
    return SQL.row(tx, "settle", id=row["id"], claims=row["claims"], **named)


def postpone(tx: Tx, row: Row, due_at: datetime, error: str, *, failed: bool = False) -> None:
    """Gives it back until then. failed: something didn't work; else it only waits."""
    SQL.run(tx, "postpone", id=row["id"], claims=row["claims"], due_at=due_at, error=error or None, failed=failed)


def link(tx: Tx, row: Row, cycle_id: int, now: datetime) -> None:
    """Notes the cycle that brings the record to ActiveCampaign first."""
    SQL.run(tx, "link", id=row["id"], claims=row["claims"], cycle_id=cycle_id, now=now)


def tell(tx: Tx, row: Row) -> None:
    """Notes that the row in Dynamics says that it is being worked on."""
    SQL.run(tx, "tell", id=row["id"], claims=row["claims"])


def name(tx: Tx, row: Row, who: str) -> None:
    """Notes who asked, as people call them."""
    SQL.run(tx, "name", id=row["id"], claims=row["claims"], who=who)


def answered(tx: Tx, row: Row, now: datetime) -> bool:
    """Notes that the answer is in Dynamics, or that nobody is left to read it."""
    return SQL.run(tx, "answered", id=row["id"], claims=row["claims"], now=now) == 1


def note(tx: Tx, number: int) -> bool:
    """Takes the one attempt to leave a note on the contact."""
    return SQL.run(tx, "note", id=number) == 1


def earlier(tx: Tx, row: Row) -> Row | None:
    """The latest that was done, or may have been, for the same contact with the same target: {at, enrolment, sure}."""
    keys = ("connection_id", "ac_id", "id", "kind", "target")
    return SQL.row(tx, "earlier", **{key: row[key] for key in keys})


def listed(tx: Tx, limit: int, connection_id: int | None = None) -> list[Row]:
    """The newest first: the columns of the table, and the name of the connection."""
    return SQL.rows(tx, "listed", limit=limit, connection_id=connection_id)


def get(tx: Tx, number: int) -> Row | None:
    """One request: the columns of the table."""
    return SQL.row(tx, "get", id=number)


def prune(tx: Tx, before: datetime) -> int:
    """Drops what was answered before that time; answers with how many."""
    return SQL.run(tx, "prune", before=before)
