"""Activities: every event of ActiveCampaign once, by its id there; its words until they are in Dynamics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("activities")


def file(tx: Tx, connection_id: int, rows: Sequence[Row], filed_at: datetime) -> list[Row]:
    """Files events: {event_id, ac_id, at, kind, state, told, asks, reason}. filed_at: now, by the clock that also says
    when contacts were looked at.

    Answers with {event_id, ac_id, at, state} of those that were not there.
    """
    return SQL.rows(tx, "file", connection_id=connection_id, rows=jsonb(rows), filed_at=filed_at) if rows else []


def known(tx: Tx, connection_id: int, event_ids: Iterable[str]) -> set[str]:
    """Those of these events that are filed already."""
    return set(SQL.column(tx, "known", connection_id=connection_id, event_ids=list(event_ids)))


def link_up(tx: Tx, connection_id: int, asked_before: datetime) -> int:
    """Lets the events of contacts that are linked by now travel; answers with how many.

    asked_before: bounces whose reason is still unknown travel if they were filed before.
    """
    return SQL.run(tx, "link_up", connection_id=connection_id, asked_before=asked_before)


def ready(tx: Tx, connection_id: int, limit: int) -> list[Row]:
    """Events that may travel, the newest first; holder and holder_id: the lead or contact that has their contact's link
    now, None where nobody has it any more."""
    return SQL.rows(tx, "ready", connection_id=connection_id, limit=limit)


def settle(tx: Tx, connection_id: int, rows: Sequence[Row]) -> int:
    """Notes what became of events that were ready: {event_id, state, reason, entity, record_id}."""
    return SQL.run(tx, "settle", connection_id=connection_id, rows=jsonb(rows)) if rows else 0


def retry(tx: Tx, connection_id: int) -> int:
    """Lets what Dynamics refused travel again; answers with how many."""
    return SQL.run(tx, "retry", connection_id=connection_id)


def asking(tx: Tx, connection_id: int, limit: int) -> list[Row]:
    """{event_id, ac_id, at, told} of bounces whose reason isn't known yet, the oldest first."""
    return SQL.rows(tx, "asking", connection_id=connection_id, limit=limit)


def explain(tx: Tx, connection_id: int, details: dict[str, str]) -> None:
    """Notes why mails bounced, by event; "" where nobody will ever know."""
    rows = [{"event_id": one, "detail": detail} for one, detail in details.items()]
    if rows:
        SQL.run(tx, "explain", connection_id=connection_id, rows=jsonb(rows))


def expired(tx: Tx, connection_id: int, before: datetime, limit: int) -> list[str]:
    """Events in Dynamics that happened before this time, or whose record was deleted there."""
    return SQL.column(tx, "expired", connection_id=connection_id, before=before, limit=limit)


def forget(tx: Tx, connection_id: int, event_ids: Sequence[str]) -> None:
    """Forgets events."""
    SQL.run(tx, "forget", connection_id=connection_id, event_ids=list(event_ids))


def outdated(tx: Tx, connection_id: int, before: datetime, limit: int) -> int:
    """Forgets events that are not in Dynamics and happened before this time; answers with how many."""
    return SQL.run(tx, "outdated", connection_id=connection_id, before=before, limit=limit)


def counts(tx: Tx, connection_id: int, since: datetime) -> list[Row]:
    """{kind, state, total, lately}: how many are kept, and how many of them were filed since."""
    return SQL.rows(tx, "counts", connection_id=connection_id, since=since)


def waiting(tx: Tx, connection_id: int) -> dict[str, int]:
    """How many are `ready` and how many `refused`."""
    return SQL.row(tx, "waiting", connection_id=connection_id) or {"ready": 0, "refused": 0}


def refusals(tx: Tx, connection_id: int, limit: int) -> list[Row]:
    """{state, reason, count, last_at} of what was refused or skipped, the most frequent first."""
    return SQL.rows(tx, "refusals", connection_id=connection_id, limit=limit)


def of_contact(tx: Tx, connection_id: int, ac_id: int, limit: int) -> list[Row]:
    """The latest events of a contact, the newest first."""
    return SQL.rows(tx, "of_contact", connection_id=connection_id, ac_id=ac_id, limit=limit)
