"""Which contact of ActiveCampaign a record has. One that has none is brought there first, like any record by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from engine import request
from engine.context import Context, directions
from engine.requests.ending import Ended, Later
from engine.requests.recording import author_of
from mapping.companion import State
from store import cycles, failures, links, records, requests
from store.statements import Row
from sync.model import Direction, Entity, Lane, Link, RecordState

WITHIN: Final = timedelta(minutes=2)
LOOK_S: Final = 0.5
OFF: Final = "{} are not synced to ActiveCampaign, and this one is not there. Ask the administrator of ac365."
NO_ADDRESS: Final = "This record has no e-mail address, so it can't be in ActiveCampaign. Enter one and ask again."
REMOVED: Final = "This person was deleted in ActiveCampaign, so nothing was done."
PAUSED: Final = "This record is not in ActiveCampaign yet, and its sync is paused. Ask again once the pause is over."
SHADOWED: Final = (
    "Another record has the same e-mail address and stands for the contact in ActiveCampaign. Ask there: {}."
)
OUT_OF_SCOPE: Final = "This record is not among those that are synced to ActiveCampaign: {}."
WAITS: Final = "This record can't go to ActiveCampaign yet: {}."
REFUSED: Final = "ActiveCampaign did not take this record: {}."
TOO_LONG: Final = "Bringing this record to ActiveCampaign takes too long. Ask again in some minutes."
UNKNOWN: Final = "This record did not come to ActiveCampaign. Ask the administrator of ac365."


def contact_of(context: Context, row: Row, record: Mapping[str, Any]) -> Link:
    """The record's link, with the id of its contact. Raises Ended where it can have none, Later while it is on its way,
    SyncError."""
    entity, record_id = Entity(row["entity"]), str(row["record_id"])
    with context.db.transaction() as tx:
        link = links.of_records(tx, context.id, entity, [record_id]).get(record_id)
    address = (record["emailaddress1"] or "").strip().lower()
    if link is not None and link.removed:
        raise Ended(State.REFUSED, REMOVED)
    # Somebody whose address changed a moment ago must not be written to at the old one.
    if link is not None and (row["cycle_id"] or link.address == address):
        found = _with_id(context, link)
        if found is not None:
            return found
    if row["cycle_id"]:
        raise _on_its_way(context, row, entity, record_id)
    if not address:
        raise Ended(State.REFUSED, NO_ADDRESS)
    raise _sent_off(context, row, entity, record_id)


def _with_id(context: Context, link: Link) -> Link | None:
    """Who came by an import has a contact whose id nobody asked for yet."""
    if link.ac_id is not None or not link.delivered:
        return link if link.ac_id is not None else None
    there = context.activecampaign.find_contact(link.address or "", lane=Lane.LIVE)
    if there is None:
        return None
    with context.db.transaction() as tx:
        links.learn(tx, context.id, {link.id: int(there["id"])})
        return next(iter(links.by_ids(tx, context.id, [link.id])), None)


def _sent_off(context: Context, row: Row, entity: Entity, record_id: str) -> Exception:
    settings = context.document["entities"][entity]
    if not settings["enabled"] or Direction.OUTBOUND not in directions(context.document, entity):
        return Ended(State.REFUSED, OFF.format(entity.plural.capitalize()))
    try:
        with context.db.transaction() as tx:
            found = {entity: [record_id]}
            cycle_id, wakes = request.some_records(tx, context.id, context.document, found, author_of(row))
            requests.link(tx, row, cycle_id, context.now())
    except request.Refused:
        return Ended(State.REFUSED, PAUSED)
    return Later(LOOK_S, "is brought to ActiveCampaign first", wakes=wakes)


def _on_its_way(context: Context, row: Row, entity: Entity, record_id: str) -> Exception:
    with context.db.transaction() as tx:
        cycle = cycles.get(tx, row["cycle_id"])
        state = records.get(tx, context.id, entity, record_id)
        failed = [one for one in failures.of_record(tx, context.id, entity, record_id) if one["state"] == "open"]
    if cycle is not None and cycle["state"] in ("queued", "running"):
        if context.now() - row["linking_at"] < WITHIN:
            return Later(LOOK_S, "is brought to ActiveCampaign first")
        return Ended(State.FAILED, TOO_LONG)
    return Ended(*_why_not(state, failed))


def _why_not(record: Mapping[str, Any] | None, failed: list[Row]) -> tuple[State, str]:
    """Why a record that was read has no contact."""
    state, reason = (record["state"], record["reason"]) if record else ("", "")
    if state == RecordState.SHADOWED:
        return State.REFUSED, SHADOWED.format(reason.removeprefix("shadowed by "))
    if state == RecordState.NO_ADDRESS:
        return State.REFUSED, NO_ADDRESS
    if state == RecordState.OUT_OF_SCOPE:
        return State.REFUSED, OUT_OF_SCOPE.format(reason)
    if state == RecordState.WAITING:
        return State.REFUSED, WAITS.format(reason)
    if failed:
        return State.FAILED, REFUSED.format(failed[0]["message"])
    return State.FAILED, UNKNOWN
