"""The end of a delivery: link, history and counters follow, and the record leaves the failure list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from engine.context import Context
from engine.work import Work, failed, settled
from store import failures, outbox, streams
from store.db import Tx
from sync.errors import Duplicate
from sync.model import Entity, Outcome

Facts = dict[str, Any] | None


def settle(tx: Tx, context: Context, done: Sequence[tuple[Work, Facts]]) -> None:
    """Settles written rows with the link's new facts. A row whose ActiveCampaign record belongs to another Dynamics
    record already is refused by the store and goes to the failure list: two writers of one contact never end."""
    refused = set(outbox.settle(tx, context.id, [settled(item, facts) for item, facts in done]))
    gone: dict[Entity, list[str]] = defaultdict(list)
    for item, _ in done:
        if item.row.id not in refused:
            gone[item.change.entity].append(item.change.record_id)
    for entity, ids in gone.items():
        failures.resolve(tx, context.id, entity, ids)
    for item, facts in done:
        if item.row.id in refused:
            _clash(tx, context, item, (facts or {}).get("ac_id"))


def _clash(tx: Tx, context: Context, item: Work, ac_id: int | None) -> None:
    error = Duplicate(
        f"ActiveCampaign's record {ac_id} is linked to another Dynamics record",
        code="link.taken",
        advice="Two records share one ActiveCampaign record: merge them in Dynamics, or correct one's address or name.",
    )
    failures.file(tx, [failed(context, item, error, None)])
    outbox.settle(tx, context.id, [refusal(item, error.message)])


def back(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Makes rows pending again, see `outbox.back`; those that a newer change overtook meanwhile count as skipped."""
    for stream_id, number in outbox.back(tx, rows).items():
        streams.count(tx, stream_id, {Outcome.SKIPPED.value: number})


def refusal(item: Work, reason: str) -> dict[str, Any]:
    """The settlement of a row that could not be written."""
    return {"id": item.row.id, "outcome": "failed", "reason": reason, "link": None, "unlink": False}
