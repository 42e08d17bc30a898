"""Rows of the feed become events in Postgres, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clients.scalars import as_int, as_text
from engine.activities import names
from engine.context import Context
from mapping.activities import LEFT_OUT, Event, Side, event_of
from store import activities, links
from store.db import Tx
from store.statements import Row
from sync.model import Lane, Link


@dataclass(frozen=True, slots=True)
class Prepared:
    """Events that may be new, what came along, the calls that their names took, and how many rows told of nothing."""

    events: list[Event]
    side: Side
    calls: int = 0
    unusable: int = 0


def prepare(context: Context, rows: Sequence[Mapping[str, Any]], side: Side, lane: Lane) -> Prepared:
    """Reads rows, leaves out what is filed already, and finds names for the rest. Raises SyncError."""
    read = [event_of(row, side) for row in rows]
    events = [one for one in read if isinstance(one, Event)]
    unusable = sum(1 for one in read if isinstance(one, str) and one not in LEFT_OUT)
    with context.db.transaction() as tx:
        known = activities.known(tx, context.id, [event.event_id for event in events])
    fresh = [event for event in events if event.event_id not in known]
    wanted = set(context.document["activities"]["kinds"])
    travelling = [event for event in fresh if event.kind.word in wanted]
    dropped = [event for event in fresh if event.kind.word not in wanted]
    named, calls = names.named(context, travelling, side, lane) if travelling else ([], 0)
    return Prepared([*named, *dropped], side, calls, unusable)


def file(tx: Tx, context: Context, prepared: Prepared) -> list[Row]:
    """Files them; answers with {event_id, ac_id, at, state} of those that were not there yet."""
    if not prepared.events:
        return []
    numbers = {event.ac_id for event in prepared.events}
    introduce(tx, context, _addresses(prepared.side, numbers))
    linked = {number for number, link in links.of_ac_ids(tx, context.id, "person", numbers).items() if link.delivered}
    wanted = set(context.document["activities"]["kinds"])
    rows = [_row(event, event.kind.word in wanted, linked) for event in prepared.events]
    return activities.file(tx, context.id, rows, context.now())


def _row(event: Event, wanted: bool, linked: set[int]) -> Row:
    state = "dropped" if not wanted else "ready" if event.ac_id in linked and not event.asks else "unlinked"
    return {
        "event_id": event.event_id,
        "ac_id": event.ac_id,
        "at": event.at,
        "kind": event.kind.word,
        "state": state,
        "told": event.told() if wanted else None,
        "asks": wanted and event.asks,
        "reason": "" if wanted else "this kind is left out",
    }


def _addresses(side: Side, numbers: set[int]) -> dict[int, str]:
    people = side.get("contacts", {}).values()
    found = {as_int(row.get("id")): as_text(row.get("email")).strip().lower() for row in people}
    return {number: address for number, address in found.items() if number in numbers and address}


def introduce(tx: Tx, context: Context, addresses: Mapping[int, str]) -> dict[int, Link]:
    """Learns which links stand for these contacts, known by their addresses: imports don't tell. Answers with the links
    of all that have one."""
    known = links.of_ac_ids(tx, context.id, "person", addresses)
    unknown = {address: number for number, address in addresses.items() if number not in known}
    if not unknown:
        return known
    found = links.of_addresses(tx, context.id, list(unknown))
    met = {address: link for address, link in found.items() if link.ac_id is None and link.delivered}
    links.learn(tx, context.id, {link.id: unknown[address] for address, link in met.items()})
    return {**known, **{unknown[address]: link for address, link in met.items()}}
