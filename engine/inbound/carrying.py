"""Carries decisions out in Dynamics: in bulk where many records change, in a batch with preconditions where few do.

UpdateMultiple is one transaction and knows no preconditions; records are read right before it. When it refuses, the
same changes go as a `$batch` of single updates, each with its own `If-Match` and its own answer. Source:
learn.microsoft.com, pages bulk-operations and webapi/execute-batch-operations-using-web-api.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from clients import tables
from clients.dynamics_writes import Written
from engine.context import Context
from engine.inbound import fresh, latecomers, settling
from engine.inbound.item import Item
from engine.wake import Wake
from sync.errors import Again, BadBatch, BadRecord, Missing, NotAvailable, Overtaken, Stop, SyncError, Throttled
from sync.inbound import GONE, Inbound
from sync.model import Entity, Lane, Outcome

Write: TypeAlias = Callable[[Context, Entity, Lane, Sequence[Item]], "list[Written | SyncError]"]
BULK_FROM: Final = 10
"""Below this many changes a batch with preconditions is as quick, and safer."""
EMPTY: Final = "Map these columns, or give them a default under `defaults` of this entity, then retry."


def carry_out(context: Context, entity: Entity, lane: Lane, items: Sequence[Item]) -> list[Wake]:
    """Settles what needs nothing, then writes the rest; answers with what has to travel outbound after it.

    Raises Throttled, Again or Stop when a whole request fails; what was settled by then stays settled.
    """
    ready, wakes = latecomers.aside(context, entity, lane, [fresh.look(context, item, lane) for item in items])
    nothing = [item for item in ready if item.decision.action == "none"]
    wakes += settling.settle(context, nothing)
    drafts = [prepared(context, item) for item in ready if item.decision.action != "none"]
    bad = [item for item in drafts if isinstance(item, tuple)]
    for item, error in bad:
        settling.refuse(context, item, error)
    good = [item for item in drafts if not isinstance(item, tuple)]
    wakes += settling.settle(context, [item for item in good if not _writes(item)])
    for group, write in (
        (_of(good, "create"), _create),
        (_of(good, "update"), _update),
        (_of(good, "deactivate"), _end),
    ):
        if group:
            wakes += _account_for(context, lane, group, _answers(write, context, entity, lane, group))
    return wakes


def _answers(
    write: Write, context: Context, entity: Entity, lane: Lane, group: Sequence[Item]
) -> list[Written | SyncError]:
    """What became of each. A request that is refused as a whole is everybody's refusal."""
    try:
        return write(context, entity, lane, group)
    except (Throttled, Again, Stop):
        raise
    except SyncError as error:
        return [error for _ in group]


def _of(items: Sequence[Item], action: str) -> list[Item]:
    return [item for item in items if item.decision.action == action and _writes(item)]


def _writes(item: Item) -> bool:
    return bool(item.body) or item.decision.action == "deactivate" or bool(item.decision.unsubscribe)


def prepared(context: Context, item: Item) -> Item | tuple[Item, SyncError]:
    """The row with its body, or the reason why it can't have one."""
    mapping, decision = context.rules[item.row.entity].mapping, item.decision
    if decision.action == "deactivate":
        return item
    create = decision.action == "create"
    made = mapping.create_body(decision.values) if create else mapping.dynamics_body(decision.values, item.raw)
    columns = {pair.field.key: pair.column.name for pair in mapping.pairs}
    left_out = tuple(key for key in decision.values if columns.get(key) not in made.body)
    body = {**made.body, **_flags(decision)}
    if decision.account_changed:
        body |= mapping.relation_bind(decision.account_id)
    if create and made.missing:
        told = f"columns that Dynamics requires would stay empty: {', '.join(made.missing)}"
        return item, BadRecord(told, code="record.required_empty", advice=EMPTY)
    ready = item.with_body(body, left_out, made.warnings)
    return _in_scope(context, ready) if create else ready


def _flags(decision: Inbound) -> dict[str, bool]:
    flags = {"donotbulkemail": decision.set_bulk, "donotemail": decision.set_email}
    return {column: value for column, value in flags.items() if value is not None}


def _in_scope(context: Context, item: Item) -> Item:
    """Criteria hold in both directions: a record that would not meet them isn't made."""
    row = {**(item.body or {}), "statecode": 0}
    verdict = context.rules[item.row.entity].criteria.matches(row, context.now())
    if verdict.ok:
        return item
    return replace(item, body=None, decision=Inbound(Outcome.SKIPPED, f"would be out of scope: {verdict.reason}"))


def _create(context: Context, entity: Entity, lane: Lane, items: Sequence[Item]) -> list[Written | SyncError]:
    table = tables.FACTS[entity]
    rows = [(item.row.record_id, dict(item.body or {})) for item in items]
    return context.dynamics.create_in_batch(table.entity_set, table.key, rows, lane=lane)


def _update(context: Context, entity: Entity, lane: Lane, items: Sequence[Item]) -> list[Written | SyncError]:
    table = tables.FACTS[entity]
    if len(items) >= BULK_FROM and lane is not Lane.LIVE and all(item.body for item in items):
        rows = [(item.row.record_id, dict(item.body or {})) for item in items]
        try:
            context.dynamics.update_many(table.entity_set, table.key, rows, lane=lane)
        except (BadBatch, NotAvailable):
            pass
        else:
            return [Written() for _ in items]
    changes = [(i.row.record_id, i.change.version if i.change else None, dict(i.body)) for i in items if i.body]
    answers = iter(context.dynamics.update_in_batch(table.entity_set, table.key, changes, lane=lane) if changes else ())
    return [next(answers) if item.body else Written(item.change.version if item.change else 0) for item in items]


def _end(context: Context, entity: Entity, lane: Lane, items: Sequence[Item]) -> list[Written | SyncError]:
    return [_deactivated(context, entity, lane, item) for item in items]


def _deactivated(context: Context, entity: Entity, lane: Lane, item: Item) -> Written | SyncError:
    if entity is Entity.LEAD:
        return BadRecord("a lead is closed in Dynamics by disqualifying it", code="lead.not_deactivated")
    try:
        return context.dynamics.deactivate(tables.FACTS[entity].entity_set, item.row.record_id, lane=lane)
    except (BadRecord, Overtaken) as error:
        return error


def _account_for(
    context: Context, lane: Lane, items: Sequence[Item], answers: Sequence[Written | SyncError]
) -> list[Wake]:
    """Settles what was written, puts aside what was refused. Raises the Stop or pause that a part of a batch met."""
    written: list[Item] = []
    raised: SyncError | None = None
    for item, answer in zip(items, answers, strict=True):
        if isinstance(answer, Written) and answer.found:
            # An earlier try had arrived. What it wrote may be older than what is known now, so it is compared.
            answer = Overtaken("it was made by an earlier try", code="dynamics.made_before")
        if isinstance(answer, Written):
            ended: SyncError | None = _unsubscribe(context, item, lane)
            written += [] if ended else [item.as_written(answer.version)]
            answer = ended or answer
        if isinstance(answer, Stop | Throttled):
            raised = answer
        elif isinstance(answer, Missing) and item.decision.action == "update":
            written.append(replace(item, decision=Inbound(Outcome.SKIPPED, GONE)))
        elif isinstance(answer, Again | Overtaken):
            settling.later(context, item, answer)
        elif isinstance(answer, SyncError):
            settling.refuse(context, item, answer)
    wakes = settling.settle(context, written)
    if raised:
        raise raised
    return wakes


def _unsubscribe(context: Context, item: Item, lane: Lane) -> SyncError | None:
    """Ends lists in ActiveCampaign that an opt-out in Dynamics wins against; what that met, None for nothing."""
    try:
        for list_id in item.decision.unsubscribe:
            context.activecampaign.unsubscribe(item.there.ac_id, list_id, lane=lane)
    except SyncError as error:
        return error
    return None
