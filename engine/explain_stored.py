"""What ac365 remembers of one record: what is on its way, what failed, what happened, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from engine.context import Context
from engine.failing import PLAIN
from store import failures, links, outbox, outcomes, pauses, records, wanted, watermarks
from store.db import Tx
from sync.model import Direction, Entity, Link

LAST: Final = 10
OF_A_FAILURE: Final = ("id", "state", "class", "code", "stage", "message", "advice", "attempts", "cycle_id")
TIMES: Final = ("first_at", "last_at", "due_at")
STATES: Final = {"pending": "waiting", "claimed": "being written", "sent": "in an import"}


@dataclass(frozen=True, slots=True)
class Stored:
    """row: where the record stood when it was last read; since: when it was brought as new, as far as history goes.

    held_back: sentences about what keeps it from travelling by itself.
    """

    row: Mapping[str, Any] | None = None
    link: Link | None = None
    since: datetime | None = None
    written: datetime | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)
    wanted: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Whether anything at all is remembered."""
        return bool(self.row or self.link or self.pending or self.wanted or self.failures or self.history)


def load(context: Context, entity: Entity, record_id: str) -> Stored:
    """Everything about one record, in one short transaction."""
    of_it = (context.id, entity, record_id)
    with context.db.transaction() as tx:
        link = links.of_records(tx, context.id, entity, [record_id]).get(record_id)
        return Stored(
            row=records.get(tx, *of_it),
            link=link,
            since=outcomes.created(tx, *of_it),
            written=links.delivered_at(tx, context.id, link.id) if link else None,
            pending=[_pending(row) for row in outbox.of_record(tx, *of_it)],
            wanted=wanted.of_record(tx, *of_it),
            failures=[_failure(row) for row in failures.of_record(tx, *of_it)],
            history=[_outcome(row) for row in outcomes.of_record(tx, *of_it, limit=LAST)],
            held_back=list(_held_back(tx, context, entity)),
        )


def _pending(row: Mapping[str, Any]) -> dict[str, Any]:
    error = row["error"] or {}
    return {
        "state": STATES[row["state"]],
        "lane": row["lane"],
        "cycle": row["cycle_id"],
        "version": row["version"],
        "since": row["created_at"],
        "due": row["due_at"],
        "attempts": row["attempts"],
        "held": row["held"],
        "error": error.get("message", ""),
        "import": {"id": row["import_id"], "sent": row["sent_at"], "asked_again": row["poll_at"]}
        if row["import_id"]
        else None,
    }


def _failure(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: row[name] for name in (*OF_A_FAILURE, *TIMES)}
    return found | {"advice": row["advice"] or PLAIN.get(row["class"], "")}


def _outcome(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": row["at"], "cycle": row["cycle_id"], **{name: row[name] for name in ("outcome", "reason", "version")}}


def _held_back(tx: Tx, context: Context, entity: Entity) -> list[str]:
    found = []
    if not context.document["sync"]["enabled"]:
        found.append("The global switch is off: nothing travels by schedule (`ac365 config enable`).")
    for pause in pauses.active(tx, context.id):
        if pause["entity"] in (None, entity) and pause["direction"] in (None, Direction.OUTBOUND):
            why = f": {pause['reason']}" if pause["reason"] else ""
            found.append(f"Paused by {pause['author']}{why} (`ac365 resume`).")
    if watermarks.get(tx, context.id, entity, Direction.OUTBOUND) is None:
        found.append(f"{entity.capitalize()}s wait for their first sync (`ac365 sync --entity {entity}`).")
    return found
