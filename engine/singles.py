"""Writes row by row, where bulk would be wrong, and files what the service refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import accounts, people, refusals
from engine.context import Context
from engine.settling import settle
from engine.work import Work
from store import outbox
from sync.errors import Again, Stop, SyncError, Throttled
from sync.model import Entity, Lane

LEASE_S = 30.0
"""Longer than a call may take: what is still being written must not be taken for a dead worker's."""
AGAIN_S = 2.0
"""After a passing fault the rest of the batch waits so long, too: the service is likely to fail the next one."""


def write(context: Context, lane: Lane, work: list[Work]) -> None:
    """Carries out these decisions one by one and settles each. A refused row is filed and does not hold the others.

    Raises Throttled when the budget or the service asks to wait, Stop when nothing can go on; what was not written
    by then is pending again.
    """
    for index, item in enumerate(work):
        if index:
            _extend(context, work[index:])
        try:
            facts = _one(context, lane, item)
        except (Throttled, Stop) as error:
            refusals.put_back(context, work[index:], error)
            raise
        except Again as error:
            pause = Throttled(error.message, after_s=AGAIN_S, code=error.code)
            refusals.later(context, item, error)
            refusals.put_back(context, work[index + 1 :], pause)
            raise pause from error
        except SyncError as error:
            refusals.refuse(context, item, error)
        else:
            _settle(context, item, facts)


def _one(context: Context, lane: Lane, item: Work) -> dict[str, Any] | None:
    if item.change.entity is Entity.ACCOUNT:
        return accounts.write(context, item, lane)
    return people.write(context, item, lane)


def _settle(context: Context, item: Work, facts: dict[str, Any] | None) -> None:
    with context.db.transaction() as tx:
        settle(tx, context, [(item, facts)])


def _extend(context: Context, rest: list[Work]) -> None:
    with context.db.transaction() as tx:
        outbox.extend(tx, [item.row.id for item in rest], context.now() + timedelta(seconds=LEASE_S))
