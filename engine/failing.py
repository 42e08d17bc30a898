"""The failure list for a person: found by filters, grouped in plain words, retried or taken off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from store import audit, failures, links
from store.db import Tx
from sync.model import Direction, Entity

AT_ONCE: Final = 1000
OPEN: Final = ("open", "retrying")
"""What stands on the list: waiting for a person or for its time, and asked for again."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PLACE: Final = r"^\d{15,17}_[1-9]\d{0,17}\Z"
"""What a place in the list looks like: the last attempt in microseconds since 1970, and the number."""

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


class Filter(failures.Criteria):
    """Which failures are meant. Empty means all."""

    __slots__ = ()

    @property
    def open_to_all(self) -> bool:
        """Whether nothing narrows the choice."""
        return not any(getattr(self, one.name) for one in fields(self) if one.name != "connection_id")

    def told(self) -> dict[str, Any]:
        """What narrows the choice, for the audit log; not the text: it may be an address."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        kept = {name: value for name, value in named.items() if value and name not in ("connection_id", "text")}
        return {**kept, "since": kept["since"].isoformat()} if "since" in kept else kept


def listed(
    tx: Tx, wanted: Filter, limit: int = 100, before: tuple[datetime, int] | None = None
) -> list[dict[str, Any]]:
    """Failures that match, the latest first. before: `last_at` and number of the one behind which to go on."""
    return [dict(row) for row in failures.matching(tx, wanted, limit, before)]


def page(tx: Tx, wanted: Filter, limit: int, before: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
    """Failures that match, the latest first, and the place behind which the next page begins, None where there is none.

    before: such a place.
    """
    behind = before.split("_") if before else None
    place = (EPOCH + timedelta(microseconds=int(behind[0])), int(behind[1])) if behind else None
    rows = listed(tx, wanted, limit + 1, place)
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{(last['last_at'] - EPOCH) // timedelta(microseconds=1)}_{last['id']}" if last else None


def grouped(tx: Tx, wanted: Filter) -> list[dict[str, Any]]:
    """What is on the list by kind, the most frequent first."""
    return [dict(row) for row in failures.grouped_matching(tx, wanted)]


def retry(tx: Tx, wanted: Filter, author: str) -> int:
    """Makes the failures due at once; the caller wakes whoever is due after the commit. Answers with how many."""
    number = sum(failures.request_retry(tx, ids=some) for some in _portions(failures.numbers(tx, wanted)))
    return _noted(tx, wanted, author, "retry", number)


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


def discard(tx: Tx, wanted: Filter, author: str) -> int:
    """Takes the failures off the list without another attempt; the next change of such a record travels as usual."""
    number = sum(failures.discard(tx, some) for some in _portions(failures.numbers(tx, wanted)))
    return _noted(tx, wanted, author, "discard", number)


def _noted(tx: Tx, wanted: Filter, author: str, action: str, number: int) -> int:
    if number:
        subject = "1 failure" if number == 1 else f"{number} failures"
        audit.write(tx, wanted.connection_id, author, action, subject, after=wanted.told())
    return number


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


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), AT_ONCE):
        yield ids[first : first + AT_ONCE]
