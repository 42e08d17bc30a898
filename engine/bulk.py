"""Bulk import of people: one call for 250, answered later. An import is begun, queued, polled and settled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from clients.imports import split_by_size
from engine import people
from engine.context import Context
from engine.dead_letters import describe
from engine.settling import back, settle
from engine.wake import LONGEST_DELAY_S, Stage, Wake
from engine.work import Work, document, revive, revive_decision, written
from store import imports, streams
from store.db import Tx
from sync.errors import BadBatch, BadRecord, Stop, SyncError, Throttled, UnknownOutcome
from sync.model import PEOPLE, Lane

SMALLEST = 10
"""Below this ActiveCampaign advises single calls (its reference page on bulk import)."""
LEASE_S = 30.0
STOPPED_FOR_S = 60.0
"""When nothing can go on, it is asked again after this time whether somebody has put it right."""
FIRST_POLL_S = 8.0
POLLS_S = (10.0, 20.0, 30.0)
PATIENCE_POLLS = 60
PLAUSIBLE = re.compile(r"[^@\s,;<>()\[\]\\\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
"""One implausible address makes ActiveCampaign refuse all 250, so such a row is asked about on its own."""


def fits(work: Work, lane: Lane) -> bool:
    """Whether a bulk import says all that is to be said: no clearing, no renaming, no moving, no answer needed now."""
    decision = work.decision
    plain = decision.action in ("create", "update") and not decision.cleared and not decision.previous_address
    sendable = bool(work.change.address and PLAUSIBLE.fullmatch(work.change.address))
    # Lists of a new person can be ended by an import; of one who was delivered, only one by one.
    ends = decision.unsubscribe and decision.action != "create"
    return (
        plain and sendable and not (work.moves or decision.tags_remove or work.row.single or ends or lane is Lane.LIVE)
    )


def worthwhile(number: int, lane: Lane) -> bool:
    """Whether that many rows are worth an import. A single contact per import has a much lower limit."""
    return number >= SMALLEST or (lane is Lane.BACKFILL and number > 1)


def send(context: Context, lane: Lane, work: list[Work]) -> list[Wake]:
    """Imports these rows. What doesn't fit into one request goes back; a refused batch is taken apart.

    Raises Throttled when the budget or the service asks to wait; the rows are pending again then.
    """
    payload = [_row(context, lane, item) for item in work]
    size = len(next(iter(split_by_size(payload))))
    _back(context, work[size:], None)
    work, payload = work[:size], payload[:size]
    decisions = {item.row.id: document(item.decision) for item in work}
    with context.db.transaction() as tx:
        import_id = imports.begin(tx, context.id, lane, decisions, context.worker, LEASE_S)
    try:
        service_id = context.activecampaign.bulk_import(payload, exclude_automations=lane is Lane.BACKFILL, lane=lane)
    except UnknownOutcome:
        # The import may be under way. Its lease keeps the rows off the wire until it surely is through.
        return []
    except SyncError as error:
        _refused(context, import_id, work, error)
        if isinstance(error, Throttled | Stop):
            raise
        return []
    poll_at = context.now() + timedelta(seconds=FIRST_POLL_S)
    with context.db.transaction() as tx:
        imports.queued(tx, import_id, service_id, poll_at)
    return [Wake(Stage.POLL, (context.id, import_id), lane, FIRST_POLL_S)]


def _row(context: Context, lane: Lane, work: Work) -> dict[str, Any]:
    rules = context.rules[work.change.entity]
    row = rules.mapping.bulk_row(work.decision.values)
    row["email"] = work.change.values.get("email") or work.change.address
    if work.decision.tags_add:
        row["tags"] = list(work.decision.tags_add)
    if work.decision.account_changed and work.account:
        row["customer_acct_name"] = work.account[1]
    list_id = context.lists.get(str(rules.settings["list"]))
    if work.decision.action == "create" and work.decision.unsubscribe:
        row["unsubscribe"] = [
            {"listid": one} for one in sorted({*people.managed(context), *([list_id] if list_id else [])})
        ]
    elif work.decision.action == "create" and list_id and not work.change.opted_out:
        row["subscribe"] = [{"listid": list_id}]
    if lane is Lane.BACKFILL:
        row["exclude_automations"] = True
    return row


def _refused(context: Context, import_id: int, work: list[Work], error: SyncError) -> None:
    """The rows to blame are asked about one by one, the others go again at once. No blame: each half on its own."""
    blamed = set(error.rows) if isinstance(error, BadBatch) else set()
    if isinstance(error, BadRecord | BadBatch) and not blamed:
        blamed = set(range(len(work) // 2, len(work))) if len(work) > SMALLEST else set(range(len(work)))
    _back(context, [item for index, item in enumerate(work) if index not in blamed], error)
    _back(context, [item for index, item in enumerate(work) if index in blamed], error, single=True)
    with context.db.transaction() as tx:
        imports.done(tx, import_id)


def _back(context: Context, work: list[Work], error: SyncError | None, *, single: bool = False) -> None:
    if work:
        pause_s = STOPPED_FOR_S if isinstance(error, Stop) else getattr(error, "after_s", 0.0)
        due_at = context.now() + timedelta(seconds=pause_s)
        rows = [
            {"id": w.row.id, "due_at": due_at, "error": None, "count_attempt": False, "single": single or w.row.single}
            for w in work
        ]
        with context.db.transaction() as tx:
            back(tx, rows)


def poll(context: Context, import_id: int) -> list[Wake]:
    """Asks how an import went; settles its rows once it is complete, otherwise sets the time of the next question."""
    with context.db.transaction() as tx:
        found = imports.claim(tx, import_id, context.worker, LEASE_S, context.now())
    if found is None:
        return []
    lane = Lane(found["lane"])
    try:
        info = context.activecampaign.import_info(found["service_id"], lane=lane)
    except SyncError as error:
        told = _tell(context, import_id, lane, error) if isinstance(error, Stop) else []
        return [*told, *_later(context, found, getattr(error, "after_s", POLLS_S[-1]))]
    if info.state not in ("completed", "failed", "interrupted"):
        return _later(context, found, POLLS_S[min(found["polls"], len(POLLS_S) - 1)])
    with context.db.transaction() as tx:
        work = _travelling(tx, import_id)
        _settle(tx, context, work, info.failed_addresses, complete=info.state == "completed")
        imports.done(tx, import_id)
        targets = {item.row.cycle_id for item in work}
        entities = {item.change.entity for item in work}
    wakes = [Wake(Stage.CYCLE, (context.id, cycle_id), lane) for cycle_id in targets]
    return [*wakes, *(Wake(Stage.UPSERT, (context.id, entity, lane), lane) for entity in entities)]


def _tell(context: Context, import_id: int, lane: Lane, error: Stop) -> list[Wake]:
    """Nobody may ask how the import went until a person acts: its streams fail with the advice, its rows wait."""
    with context.db.transaction() as tx:
        rows = imports.rows_of(tx, import_id)
        for stream_id in {row.stream_id for row in rows}:
            streams.fail(tx, stream_id, describe(error))
    return [Wake(Stage.CYCLE, (context.id, cycle_id), lane) for cycle_id in {row.cycle_id for row in rows}]


def _travelling(tx: Tx, import_id: int) -> list[Work]:
    """The rows of an import as they were sent."""
    rows = imports.rows_of(tx, import_id)
    return [Work(row, revive(row.change), revive_decision(row.decision or {})) for row in rows]


def _settle(tx: Tx, context: Context, work: list[Work], failed: Iterable[str], *, complete: bool) -> None:
    """Rows of an incomplete import go again; addresses that failed are asked about one by one, to learn why."""
    refused = {address.strip().lower() for address in failed}
    good: list[Work] = []
    bad: list[Work] = []
    for item in work:
        (good if complete and item.change.address not in refused else bad).append(item)
    settle(tx, context, [(item, written(context, item)) for item in good])
    rows = [
        {"id": w.row.id, "due_at": context.now(), "error": None, "count_attempt": not complete, "single": complete}
        for w in bad
    ]
    back(tx, rows)


def _later(context: Context, found: dict[str, Any], after_s: float) -> list[Wake]:
    """Asks again later; after half an hour in vain the rows are written one by one, which is safe to repeat."""
    if found["polls"] >= PATIENCE_POLLS:
        with context.db.transaction() as tx:
            work = _travelling(tx, found["id"])
            _settle(tx, context, work, [item.change.address or "" for item in work], complete=True)
            imports.done(tx, found["id"])
        return [Wake(Stage.UPSERT, (context.id, entity, Lane(found["lane"])), Lane(found["lane"])) for entity in PEOPLE]
    poll_at = context.now() + timedelta(seconds=after_s)
    with context.db.transaction() as tx:
        imports.again(tx, found["id"], poll_at)
    lane = Lane(found["lane"])
    return [Wake(Stage.POLL, (context.id, found["id"]), lane, min(after_s, LONGEST_DELAY_S))]
