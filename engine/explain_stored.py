"""What ac365 remembers of one record: what is on its way, what failed, what happened, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from engine.context import Context, directions
from engine.failing import advice
from engine.inbound.rows import kind_of
from store import asked, conflicts, cycles, failures, links, outbox, outcomes, pauses, records, wanted, watermarks
from store.db import Tx
from sync.model import Entity, Link

LAST: Final = 10
OF_A_FAILURE: Final = (
    "id",
    "direction",
    "state",
    "class",
    "code",
    "stage",
    "message",
    "advice",
    "attempts",
    "cycle_id",
)
TIMES: Final = ("first_at", "last_at", "due_at")
OF_A_CONFLICT: Final = ("id", "state", "key", "agreed", "ours", "theirs", "policy", "winner", "at", "decided_at")
STATES: Final = {"pending": "waiting", "claimed": "being written", "sent": "in an import"}


@dataclass(frozen=True, slots=True)
class Stored:
    """row: where the record stood when it was last read; since: when it was brought as new, as far as history goes.

    wanted: it is to be read anew in Dynamics; asked: in ActiveCampaign; held_back: sentences about what keeps it from
    travelling by itself.
    """

    row: Mapping[str, Any] | None = None
    link: Link | None = None
    since: datetime | None = None
    written: datetime | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)
    wanted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
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
            asked=_asked(tx, context, entity, link),
            failures=[failure_of(row) for row in _failures(tx, context, entity, record_id, link)],
            conflicts=[_conflict(row) for row in conflicts.of_record(tx, *of_it, limit=LAST)],
            history=[_outcome(row) for row in outcomes.of_record(tx, *of_it, limit=LAST)],
            held_back=list(_held_back(tx, context, entity)),
        )


def _pending(row: Mapping[str, Any]) -> dict[str, Any]:
    error = row["error"] or {}
    return {
        "direction": row["direction"],
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


def _asked(tx: Tx, context: Context, entity: Entity, link: Link | None) -> list[dict[str, Any]]:
    number = link.ac_id if link else None
    return asked.of_record(tx, context.id, kind_of(entity), number) if number else []


def _failures(tx: Tx, context: Context, entity: Entity, record_id: str, link: Link | None) -> list[Mapping[str, Any]]:
    """What failed in either direction. What failed before it had a record stands under ActiveCampaign's id."""
    there = failures_there(tx, context, (entity,), link.ac_id) if link and link.ac_id else []
    return [*failures.of_record(tx, context.id, entity, record_id), *there]


def failures_there(tx: Tx, context: Context, entities: Sequence[Entity], ac_id: int) -> list[Mapping[str, Any]]:
    """What failed for a contact or account of ActiveCampaign that had no record in Dynamics."""
    return [row for entity in entities for row in failures.of_record(tx, context.id, entity, f"ac:{ac_id}")]


def failure_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A failure as it is told of."""
    return {name: row[name] for name in (*OF_A_FAILURE, *TIMES)} | {"advice": advice(row)}


def _conflict(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in OF_A_CONFLICT}


def _outcome(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("direction", "outcome", "reason", "version")
    return {"at": row["at"], "cycle": row["cycle_id"], **{name: row[name] for name in names}}


def _held_back(tx: Tx, context: Context, entity: Entity) -> list[str]:
    found = []
    if not context.document["sync"]["enabled"]:
        found.append("The global switch is off: nothing travels by schedule (`ac365 config enable`).")
    ways = directions(context.document, entity)
    for pause in pauses.active(tx, context.id):
        if pause["entity"] in (None, entity) and pause["direction"] in (None, *ways):
            part = f" {pause['direction']}" if pause["direction"] else ""
            why = f": {pause['reason']}" if pause["reason"] else ""
            end = f" until {pause['until']:%Y-%m-%d %H:%M} UTC" if pause["until"] else ""
            found.append(f"Paused{part} by {pause['author']}{end}{why} (`ac365 resume`).")
    for cycle in cycles.asking(tx, context.id):
        found.append(f"Cycle {cycle['id']} asks before anything goes on (`ac365 cycles show {cycle['id']}`).")
    for way in ways:
        if watermarks.get(tx, context.id, entity, way) is None:
            many = entity.plural.capitalize()
            name = many if len(ways) == 1 else f"{many} {way}"
            found.append(f"{name} wait for their first sync (`ac365 sync --entity {entity}`).")
    return found
