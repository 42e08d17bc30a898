"""How accounts of ActiveCampaign and who belongs to them are read: as a whole, as often as that is cheap.

Source: developers.activecampaign.com, pages list-all-accounts, list-all-custom-field-values and
list-all-associations-1: none of the three lists can be asked for by date. Accounts tell when they were changed last, so
values are read for those few that were; where they are many, the list of all values is cheaper.

    accounts ──▶ (many changed: all values) ──▶ accounts ──▶ memberships
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from clients.caller import PAGE
from clients.scalars import as_utc, row_of
from engine.context import Context
from engine.inbound import reading
from engine.inbound.cursor import Cursor, parse
from engine.inbound.reading import Read
from store import asked, sweeps
from sync import sweeps as timing
from sync.errors import Missing
from sync.model import CycleKind, Entity, Lane

FEW: Final = 5
"""So many changed accounts of a page are asked about one by one; for more, all values are read."""
OVERLAP: Final = timedelta(minutes=5)
CHEAP_CALLS: Final = 100
"""A sweep that costs no more than this is made in every cycle on request."""
PAGES_AT_ONCE: Final = 10
MOVED_AT_ONCE: Final = 1000


def page(context: Context, stream: Mapping[str, Any]) -> Read | Cursor | None:
    """The next page of a sweep, a bare cursor where none came of it, None where it is too early for another sweep."""
    cursor = parse(stream["cursor"]) if stream["cursor"] else begin(context, stream)
    if cursor is None:
        return None
    lane = Lane(stream["lane"])
    if cursor.phase == "values":
        return _values(context, cursor, lane)
    return _memberships(context, cursor, lane) if cursor.phase == "memberships" else _accounts(context, cursor, lane)


def begin(context: Context, stream: Mapping[str, Any]) -> Cursor | None:
    """A new sweep: of everything, or of what changed since the last one; None where it is too early for another."""
    now, scheduled = context.now(), stream["kind"] == CycleKind.SCHEDULED
    with context.db.transaction() as tx:
        mark = reading.mark(tx, context, Entity.ACCOUNT)
    fresh = mark is None or mark["select_hash"] != context.select_hash(Entity.ACCOUNT) or not mark["opened_at"]
    if mark is None or fresh or stream["full"]:
        return Cursor(now, phase="accounts")
    if timing.next_sweep(mark["opened_at"], mark["calls"], now) > now and (scheduled or mark["calls"] > CHEAP_CALLS):
        return None
    if scheduled and timing.full_due(mark["full_at"], now):
        return Cursor(now, phase="accounts")
    return Cursor(now, mark["opened_at"] - OVERLAP, phase="accounts")


def _accounts(context: Context, cursor: Cursor, lane: Lane) -> Read | Cursor:
    rows = context.activecampaign.accounts_page(cursor.after, lane=lane)
    changed = [trimmed(row) for row in rows if changed_since(cursor, row)]
    if len(changed) > FEW and not cursor.valued:
        return cursor.on(phase="values")
    _add_values(context, cursor, changed, lane)
    more = len(rows) == PAGE
    further = cursor.on(after=cursor.after + len(rows), calls=cursor.calls + 1 + (0 if cursor.valued else len(changed)))
    if not more and reading.partakers(context):
        further = further.on(phase="memberships", after=0, calls=further.calls)
        return Read(changed, further, more=True)
    return Read(changed, further, more) if changed or not more else further


def changed_since(cursor: Cursor, row: Mapping[str, Any]) -> bool:
    """Whether an account belongs to this sweep."""
    if cursor.since is None:
        return True
    changed = as_utc(row.get("updatedTimestamp"))
    return changed is None or changed >= as_utc(cursor.since.isoformat())  # type: ignore[operator]


def trimmed(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is worth keeping of an account, fit for JSON; its values come later."""
    kept = {key: row.get(key) for key in ("id", "name", "accountUrl")}
    return {**kept, "updated": as_utc(row.get("updatedTimestamp")), "field_values": {}}


def _add_values(context: Context, cursor: Cursor, rows: list[dict[str, Any]], lane: Lane) -> None:
    ids = [int(row["id"]) for row in rows]
    if cursor.valued:
        with context.db.transaction() as tx:
            known = sweeps.values(tx, context.id, ids, cursor.opened)
    else:
        known = {one: context.activecampaign.account_values(one, lane=lane)[one] for one in ids}
    for row in rows:
        row["field_values"] = {str(key): value for key, value in known.get(int(row["id"]), {}).items()}


def _values(context: Context, cursor: Cursor, lane: Lane) -> Cursor:
    """The next pages of all custom values; then the accounts go on where they stopped."""
    for _ in range(PAGES_AT_ONCE):
        found, number = context.activecampaign.account_values_page(cursor.values_at, lane=lane)
        with context.db.transaction() as tx:
            sweeps.put_values(tx, context.id, found, cursor.opened)
        cursor = cursor.on(values_at=cursor.values_at + number)
        if number < PAGE:
            return cursor.on(phase="accounts", valued=True, calls=cursor.calls)
    return cursor


def _memberships(context: Context, cursor: Cursor, lane: Lane) -> Read | Cursor:
    """The next pages of who belongs where; who belongs elsewhere than was agreed on is looked at."""
    for _ in range(PAGES_AT_ONCE):
        found = context.activecampaign.associations_page(cursor.after, lane=lane)
        with context.db.transaction() as tx:
            sweeps.put_memberships(tx, context.id, {one.contact_id: one.account_id for one in found})
        cursor = cursor.on(after=cursor.after + len(found))
        if len(found) < PAGE:
            _ask_about_moved(context, cursor)
            return Read([], cursor, more=False)
    return cursor


def _ask_about_moved(context: Context, cursor: Cursor) -> None:
    with context.db.transaction() as tx:
        sweeps.end_memberships(tx, context.id, cursor.opened)
        moved = sweeps.moved(tx, context.id, MOVED_AT_ONCE)
        if moved:
            asked.put(tx, context.id, moved, entity=None, lane=Lane.SYNC)


def chosen(context: Context, stream: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[int, Entity | None]]:
    """The accounts that somebody asked for as they are now; those that are gone come with their id and `deleted`."""
    lane = Lane(stream["lane"])
    with context.db.transaction() as tx:
        wanted = asked.peek(tx, context.id, "account", lane, reading.AT_ONCE)
    return [one(context, number, lane) for number in wanted], wanted


def one(context: Context, number: int, lane: Lane) -> dict[str, Any]:
    """An account as it is now. One that is gone comes with its id and `deleted`."""
    try:
        row = row_of(context.activecampaign.get(f"accounts/{number}", lane=lane), "account")
    except Missing:
        return {"id": str(number), "deleted": "1"}
    values = context.activecampaign.account_values(number, lane=lane)[number]
    return {**trimmed({**row, "id": number}), "field_values": {str(key): value for key, value in values.items()}}
