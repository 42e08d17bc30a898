"""How contacts of ActiveCampaign are read: by date of change with an overlap, all of them, or those asked for.

Source: developers.activecampaign.com, page list-all-contacts. There are no tombstones and no change tokens, so whatever
may have been missed is looked for again: an overlap each time, a day's worth once a day, everything once a week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from clients import contact_rows
from engine.context import Context
from engine.inbound.cursor import Cursor, parse
from store import asked, snapshots, watermarks
from store.db import Tx
from sync import sweeps
from sync.errors import Stop
from sync.model import PEOPLE, CycleKind, Direction, Entity, Lane

AT_ONCE: Final = 100
BOUNCES: Final = "activecampaign:bounces"
REPORT: Final = "Switch the entity to outbound, and report this with the version of ac365."
IGNORED: Final = "ActiveCampaign ignores the filters that reading changes relies on"


@dataclass(frozen=True, slots=True)
class Read:
    """One page as it is filed: rows, where to go on (None at the end), and the reading so far."""

    rows: list[dict[str, Any]]
    cursor: Cursor
    more: bool


def begin(context: Context, stream: Mapping[str, Any]) -> Cursor:
    """A new reading of contacts: since when, from the watermarks of all kinds of people that take part."""
    now = context.now()
    with context.db.transaction() as tx:
        marks = [mark(tx, context, entity) for entity in partakers(context)]
    known = [
        one for one in marks if one is not None and one["select_hash"] == context.select_hash(Entity(one["entity"]))
    ]
    opened = [one["opened_at"] for one in known]
    if stream["full"] or len(known) < len(marks) or not all(opened) or _full_due(stream, known, now):
        return Cursor(now)
    long = any(sweeps.look_back_due(one["long_at"], now) for one in known)
    return Cursor(now, sweeps.window(min(opened), now, long=long), long=long)


def _full_due(stream: Mapping[str, Any], known: Sequence[Mapping[str, Any]], now: datetime) -> bool:
    """Deletions are seen by reading everything; nobody waits for that in a cycle on request."""
    return stream["kind"] == CycleKind.SCHEDULED and any(sweeps.full_due(one["full_at"], now) for one in known)


def partakers(context: Context) -> list[Entity]:
    """The kinds of people that travel inbound; one reading serves them all."""
    return [
        e for e in PEOPLE if context.rules[e].settings["enabled"] and context.rules[e].terms.direction != "outbound"
    ]


def mark(tx: Tx, context: Context, entity: Entity) -> dict[str, Any] | None:
    """The inbound watermark of an entity with its name, None before the first reading."""
    found = watermarks.get(tx, context.id, entity, Direction.INBOUND)
    return {**found, "entity": entity} if found else None


def page(context: Context, stream: Mapping[str, Any]) -> Read:
    """The next page. Raises Stop where the service ignores the filters: it would show everybody as changed.

    Rows that were not asked for are what gives it away; then it is asked for what nobody can have.
    """
    cursor = parse(stream["cursor"]) if stream["cursor"] else begin(context, stream)
    lane = Lane(stream["lane"])
    if cursor.phase == "bounced":
        return _bounced(context, cursor, lane)
    found = context.activecampaign.contacts_page(after_id=cursor.after, updated_after=cursor.since, lane=lane)
    if found.dropped and not cursor.whole and not context.activecampaign.canary(lane=lane):
        raise Stop(IGNORED, code="activecampaign.filters_ignored", advice=REPORT)
    further = cursor.on(after=found.last_id)
    if not found.more and _bounces_due(context, further):
        further, more = replace(further, phase="bounced", after=0), True
    else:
        more = found.more
    return Read([contact_rows.trimmed(row) for row in found.rows], further, more)


def _bounces_due(context: Context, cursor: Cursor) -> bool:
    """A bounce is no change of the contact, so the list of those that bounced is read beside: where few calls were
    needed otherwise, and as often as it is cheap. A reading of everything has seen them."""
    if cursor.whole or cursor.calls > 1 or not (context.consent.enabled and context.consent.bounces):
        return False
    with context.db.transaction() as tx:
        last = snapshots.get(tx, context.id, BOUNCES)
    return last is None or _due(last[1], last[0]["calls"], context.now())


def _due(started: datetime, calls: int, now: datetime) -> bool:
    return sweeps.next_sweep(started, calls, now) <= now


def _bounced(context: Context, cursor: Cursor, lane: Lane) -> Read:
    found = context.activecampaign.contacts_page(after_id=cursor.after, bounced=True, lane=lane)
    further = cursor.on(after=found.last_id)
    if not found.more:
        with context.db.transaction() as tx:
            snapshots.put(tx, context.id, BOUNCES, {"calls": further.calls})
    return Read([contact_rows.trimmed(row) for row in found.rows], further, found.more)


def chosen(context: Context, stream: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[int, Entity | None]]:
    """The contacts that somebody asked for as they are now, and what is to be created for which.

    Those that are gone come as rows with their id and `deleted` alone.
    """
    lane = Lane(stream["lane"])
    with context.db.transaction() as tx:
        wanted = asked.peek(tx, context.id, "person", lane, AT_ONCE)
    rows = context.activecampaign.contacts_by_ids(list(wanted), lane=lane) if wanted else []
    kept = [contact_rows.trimmed(row) for row in rows]
    present = {int(row["id"]) for row in kept}
    accounts = {number: context.activecampaign.account_of(number, lane=lane) for number in present}
    found = [{**row, **_extra(wanted[int(row["id"])], accounts[int(row["id"])])} for row in kept]
    return [*found, *({"id": str(one), "deleted": "1"} for one in wanted if one not in present)], wanted


def _extra(create: Entity | None, belongs: Any) -> dict[str, Any]:
    return {"$create": create, "$account": belongs.account_id if belongs else 0}
