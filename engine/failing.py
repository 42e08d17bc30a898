"""The failure list for a person: found by filters, grouped in plain words, retried or taken off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from store import audit, failures, links
from store.db import Tx
from sync.model import Direction, Entity

AT_ONCE: Final = 1000
OPEN: Final = ("open", "retrying")
"""What stands on the list: waiting for a person or for its time, and asked for again."""

PLAIN: Final[Mapping[str, str]] = {
    "again": "A service did not answer properly; ac365 tries again by itself.",
    "overtaken": "The record changed meanwhile; it is read anew by itself.",
    "bad_record": "The service refuses the record as it is; correct it in Dynamics, or the mapping, then retry.",
    "bad_batch": "A whole batch was refused and is taken apart by itself.",
    "resync": "The change token expired; everything is read anew by itself.",
    "stop": "Nothing goes on until a person acts; see the advice.",
}
PLAIN_INBOUND: Final[Mapping[str, str]] = {
    **PLAIN,
    "bad_record": "Dynamics refuses the record as it is; correct it in ActiveCampaign, or the mapping, then retry.",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which failures are meant. Empty means all."""

    connection_id: int
    entity: Entity | None = None
    klass: str | None = None
    text: str | None = None
    ids: Sequence[int] = ()
    direction: Direction | None = None

    @property
    def open_to_all(self) -> bool:
        """Whether nothing narrows the choice."""
        return not (self.entity or self.klass or self.text or self.ids or self.direction)


def listed(tx: Tx, wanted: Filter, limit: int = 100) -> list[dict[str, Any]]:
    """Failures that match, the latest first."""
    rows = [row for state in OPEN for row in islice(_all(tx, wanted, state), limit)]
    return sorted(rows, key=lambda row: (row["last_at"], row["id"]), reverse=True)[:limit]


def grouped(tx: Tx, wanted: Filter) -> list[dict[str, Any]]:
    """What is on the list by kind, the most frequent first."""
    rows = failures.grouped(tx, wanted.connection_id)
    return [
        dict(row)
        for row in rows
        if wanted.entity in (None, row["entity"])
        and wanted.klass in (None, row["class"])
        and wanted.direction in (None, row["direction"])
    ]


def retry(tx: Tx, wanted: Filter) -> int:
    """Makes the failures due at once; the caller wakes whoever is due after the commit. Answers with how many."""
    return sum(failures.request_retry(tx, ids=some) for some in _portions(_ids(tx, wanted)))


def retry_record(tx: Tx, connection_id: int, entity: Entity, record_id: str, author: str) -> int:
    """Makes what failed for one record due at once; answers with how much that was."""
    under = subjects(tx, connection_id, entity, record_id)
    number = failures.retry_of_record(tx, connection_id, entity, under)
    if number:
        audit.write(tx, connection_id, author, "retry", f"{entity} {record_id}", after={"failures": number})
    return number


def subjects(tx: Tx, connection_id: int, entity: Entity, record_id: str) -> list[str]:
    """What failures of a record stand under: its id, or ActiveCampaign's where they are older than the record."""
    link = links.of_records(tx, connection_id, entity, [record_id]).get(record_id)
    return [record_id, f"ac:{link.ac_id}"] if link and link.ac_id else [record_id]


def discard(tx: Tx, wanted: Filter) -> int:
    """Takes the failures off the list without another attempt; the next change of such a record travels as usual."""
    return sum(failures.discard(tx, some) for some in _portions(_ids(tx, wanted)))


def one(tx: Tx, connection_id: int, failure_id: int) -> dict[str, Any]:
    """One failure. Raises LookupError when this connection has none with this number."""
    row = failures.get(tx, failure_id)
    if row is None or row["connection_id"] != connection_id:
        raise LookupError(f"there is no failure {failure_id}; see `ac365 failures list`")
    return dict(row)


def advice(row: Mapping[str, Any]) -> str:
    """What to do about a failure: as it was said, else what its class means in its direction."""
    plain = PLAIN_INBOUND if row["direction"] == Direction.INBOUND else PLAIN
    return str(row["advice"] or plain.get(row["class"], ""))


def named(row: Mapping[str, Any]) -> str:
    """Which record failed: its Dynamics id, else the id of the contact or account for which one is to be made."""
    if row["record_id"]:
        return f"{row['entity']} {row['record_id']}"
    return f"{row['entity']} for ActiveCampaign's {row['ac_id']}" if row["ac_id"] else str(row["entity"])


def next_attempt(row: Mapping[str, Any], now: datetime) -> str:
    """When the record is tried again, in words."""
    if row["state"] not in OPEN:
        return str(row["state"])
    if row["due_at"] is None:
        return "waits for you"
    return "now" if row["due_at"] <= now or row["state"] == "retrying" else "by itself"


def _ids(tx: Tx, wanted: Filter) -> list[int]:
    rows = [row for state in OPEN for row in _all(tx, wanted, state)]
    return [row["id"] for row in rows if not wanted.ids or row["id"] in wanted.ids]


def _all(tx: Tx, wanted: Filter, state: str) -> Iterator[dict[str, Any]]:
    offset = 0
    while rows := _state(tx, wanted, state, offset):
        yield from (row for row in rows if wanted.direction in (None, row["direction"]))
        offset += len(rows)


def _state(tx: Tx, wanted: Filter, state: str, offset: int) -> list[dict[str, Any]]:
    return failures.listed(
        tx,
        wanted.connection_id,
        wanted.entity,
        wanted.klass,
        state=state,
        text=wanted.text,
        limit=AT_ONCE,
        offset=offset,
    )


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), AT_ONCE):
        yield ids[first : first + AT_ONCE]
