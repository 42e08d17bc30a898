"""The line that writes: events become rows in Dynamics, and rows that are too old or lost their record are deleted.

UpsertMultiple is one transaction; what it refuses goes as a `$batch` in which each row stands for itself, so that a bad
one is found and the others are written. Source: learn.microsoft.com, page bulk-operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from clients.dynamics_writes import Written
from engine import timing
from engine.activities.hold import SLICE, Hold
from engine.activities.reading import ASKS_FOR
from engine.context import Context
from engine.wake import Stage, Wake
from mapping import activity_rows, companion
from mapping.text import utc
from store import activities
from store.statements import Row
from sync import activities as rules
from sync.errors import Again, BadBatch, Missing, NotAvailable, Stop, SyncError
from sync.model import Lane

BATCH: Final = 500
PARTS: Final = 100
PRUNE_EVERY: Final = timedelta(hours=1)
PRUNE_ROUNDS: Final = 10
NO_RECORD: Final = "its record is not in Dynamics any more"
NO_TABLE: Final = "dynamics.unknown_table"
PROVISION: Final = "Make the tables that ac365 has in Dynamics: `ac365 provision dynamics --apply`."
FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
LOST_LOOKUP: Final = "dynamics.missing_lookup"


def work(hold: Hold, document: Mapping[str, Any]) -> tuple[datetime, list[Wake]]:
    """Writes what may travel, prunes once an hour; answers with when the line is due again and what is to be woken.

    Raises Lost, SyncError.
    """
    context = hold.context
    until, state = context.now() + SLICE, dict(document)
    with context.db.transaction() as tx:
        activities.link_up(tx, context.id, context.now() - ASKS_FOR)
    while batch(hold, state):
        if context.now() > until:
            return context.now(), [Wake(Stage.ACTIVITIES, (context.id, hold.line), Lane.SYNC)]
    pruned = state.get("pruned_at")
    if not pruned or context.now() - datetime.fromisoformat(pruned) >= PRUNE_EVERY:
        prune(hold, state)
    return timing.next_due(context.document, None, context.now()), []


def batch(hold: Hold, state: Mapping[str, Any]) -> bool:
    """Writes the next events; False when there are none. Raises SyncError where a whole request fails."""
    context = hold.context
    with context.db.transaction() as tx:
        rows = activities.ready(tx, context.id, BATCH)
    held = [row for row in rows if row["holder"]]
    settled = [_settled(row, "unlinked") for row in rows if not row["holder"]]
    outcomes, raised = _write(context, held)
    settled += [_judged(row, outcome) for row, outcome in zip(held, outcomes, strict=False)]
    with context.db.transaction() as tx:
        activities.settle(tx, context.id, [one for one in settled if one["state"] != "ready"])
        hold.keep(tx, state)
    if raised:
        raise raised
    return len(rows) == BATCH


def _write(context: Context, rows: Sequence[Row]) -> tuple[list[Written | SyncError], SyncError | None]:
    """What became of each, and what stops the line."""
    account = activity_rows.account_of(context.activecampaign.door.base_url)
    bodies = [(activity_rows.record_id(account, row["event_id"]), _body(account, row)) for row in rows]
    where = companion.ACTIVITIES, companion.ACTIVITY, activity_rows.KEY
    try:
        context.dynamics.upsert_many(*where, bodies, lane=Lane.SYNC)
    except (BadBatch, NotAvailable) as error:
        if error.code == NO_TABLE:
            return [], _without_table(error)
        return _one_by_one(context, bodies)
    return [Written() for _ in rows], None


def _body(account: str, row: Row) -> dict[str, Any]:
    event = {**row, "at": utc(row["at"]), "told": row["told"] or {}}
    return activity_rows.body(account, event, row["holder"], row["holder_id"])


def _one_by_one(
    context: Context, bodies: Sequence[tuple[str, dict[str, Any]]]
) -> tuple[list[Written | SyncError], SyncError | None]:
    outcomes: list[Written | SyncError] = []
    for first in range(0, len(bodies), PARTS):
        some = bodies[first : first + PARTS]
        try:
            found = context.dynamics.upsert_in_batch(companion.ACTIVITIES, activity_rows.KEY, some, lane=Lane.SYNC)
        except SyncError as error:
            return outcomes, error
        outcomes += found
        stops = [one for one in found if isinstance(one, Stop | Again)]
        if stops:
            return outcomes, _without_table(stops[0]) if stops[0].code == NO_TABLE else stops[0]
    return outcomes, None


def _without_table(error: SyncError) -> SyncError:
    return NotAvailable(error.message, code=NO_TABLE, advice=PROVISION, status=error.status, body=error.body)


def _judged(row: Row, outcome: Written | SyncError) -> dict[str, Any]:
    if isinstance(outcome, Written):
        return {**_settled(row, "written"), "entity": row["holder"], "record_id": row["holder_id"]}
    if isinstance(outcome, Again | Stop):
        return _settled(row, "ready")
    if isinstance(outcome, Missing) or outcome.code == LOST_LOOKUP:
        return _settled(row, "skipped", NO_RECORD)
    return _settled(row, "refused", outcome.message)


def _settled(row: Row, state: str, reason: str = "") -> dict[str, Any]:
    return {"event_id": row["event_id"], "state": state, "reason": reason, "entity": None, "record_id": None}


def prune(hold: Hold, state: dict[str, Any]) -> int:
    """Deletes rows of Dynamics that are too old or whose record is gone, and forgets them; answers with how many.

    So many rounds an hour, the rest an hour later. Raises SyncError.
    """
    context, now, number = hold.context, hold.context.now(), 0
    settings = context.document["activities"]
    before = now - timedelta(days=min(settings["keep_days"], 36_500)) if settings["keep_days"] else FIRST
    for _ in range(PRUNE_ROUNDS):
        with context.db.transaction() as tx:
            old = activities.expired(tx, context.id, before, BATCH)
        if old:
            number += _delete(hold, state, old)
        if len(old) < BATCH:
            break
    state["pruned_at"] = now.isoformat()
    with context.db.transaction() as tx:
        floor = rules.floor(now, settings["first_load_days"], settings["keep_days"]) - rules.LONG_OVERLAP
        activities.outdated(tx, context.id, floor, BATCH * PRUNE_ROUNDS)
        hold.keep(tx, state)
    return number


def _delete(hold: Hold, state: Mapping[str, Any], event_ids: Sequence[str]) -> int:
    context = hold.context
    account = activity_rows.account_of(context.activecampaign.door.base_url)
    ids = [activity_rows.record_id(account, one) for one in event_ids]
    outcomes = context.dynamics.delete_in_batch(companion.ACTIVITIES, ids, lane=Lane.BACKFILL)
    gone = [one for one, outcome in zip(event_ids, outcomes, strict=True) if isinstance(outcome, Written)]
    with context.db.transaction() as tx:
        activities.forget(tx, context.id, gone)
        hold.keep(tx, state)
    refused = next((one for one in outcomes if isinstance(one, SyncError)), None)
    if refused and not gone:
        raise refused
    return len(gone)
