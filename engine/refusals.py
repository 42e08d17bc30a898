"""What happens to a row that could not be written: back to the outbox, or onto the failure list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.context import Context
from engine.dead_letters import describe
from engine.settling import back, refusal
from engine.work import Work, failed
from store import failures, outbox
from sync import backoff
from sync.errors import Again, SyncError

PATIENCE = 5
"""Attempts within a cycle; then the record goes to the failure list and comes back by itself on the retry clock."""
STOPPED_FOR_S = 60.0


def put_back(context: Context, work: list[Work], error: SyncError) -> None:
    """Rows that were not tried are pending again after the pause; it does not count as an attempt."""
    due_at = context.now() + timedelta(seconds=getattr(error, "after_s", STOPPED_FOR_S))
    rows = [_back(item, due_at, error, count_attempt=False) for item in work]
    if rows:
        with context.db.transaction() as tx:
            back(tx, rows)


def later(context: Context, item: Work, error: Again) -> None:
    """A passing fault: again in a few seconds; too many of them in a row, and the record is listed as failed."""
    due_at = backoff.retry_at(error, item.row.attempts + 1, context.now(), jitter=0.5)
    if due_at is None or item.row.attempts + 1 >= PATIENCE:
        refuse(context, item, error)
        return
    with context.db.transaction() as tx:
        back(tx, [_back(item, due_at, error, count_attempt=True)])


def refuse(context: Context, item: Work, error: SyncError) -> None:
    """Files the row on the failure list and settles it as failed, in one transaction."""
    now = context.now()
    due_at = backoff.retry_at(error, item.row.attempts + 1, now, jitter=0.5)
    with context.db.transaction() as tx:
        failures.file(tx, [failed(context, item, error, due_at)])
        outbox.settle(tx, context.id, [refusal(item, error.message)])


def _back(item: Work, due_at: Any, error: SyncError, *, count_attempt: bool) -> dict[str, Any]:
    return {
        "id": item.row.id,
        "due_at": due_at,
        "error": describe(error),
        "count_attempt": count_attempt,
        "single": item.row.single,
    }
