"""A second look at ActiveCampaign before something is written that an old look could get wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from clients import contact_rows
from engine.context import Context
from engine.inbound import reading, rows, sweep
from engine.inbound.item import Item
from store import links
from store.outbox import Claimed
from sync import inbound
from sync.inbound import Inbound
from sync.model import Counterpart, Entity, Lane, Outcome


def renewed(context: Context, entity: Entity, lane: Lane, claimed: Sequence[Claimed]) -> list[Claimed]:
    """The same rows; those that were read before the last delivery to their contact or account as they are now.

    An old look shows the values from before the delivery, which would pass for a change in ActiveCampaign.
    """
    ids = [row.change["ac_id"] for row in claimed if _overtaken(row)]
    if not ids:
        return list(claimed)
    if entity is Entity.ACCOUNT:
        seen = [sweep.one(context, number, lane) for number in ids]
    else:
        seen = [contact_rows.whole(contact_rows.trimmed(row)) for row in _people(context, ids, lane)]
    now = {int(row["id"]): row for row in seen if not rows.is_gone(row)}
    return [_as_now(context, row, now.get(row.change["ac_id"])) if _overtaken(row) else row for row in claimed]


def _overtaken(row: Claimed) -> bool:
    read_at = row.change.get("read_at")
    if not read_at or row.phase or row.link is None or not row.link.delivered:
        return False
    return datetime.fromisoformat(read_at) < datetime.fromisoformat(row.link.delivered_at)


def _people(context: Context, ids: Sequence[int], lane: Lane) -> list[dict[str, Any]]:
    client = context.activecampaign
    return [
        row
        for at in range(0, len(ids), reading.AT_ONCE)
        for row in client.contacts_by_ids(ids[at : at + reading.AT_ONCE], lane=lane)
    ]


def _as_now(context: Context, claimed: Claimed, row: dict[str, Any] | None) -> Claimed:
    """Who is gone meanwhile says nothing any more; who belongs to which account is looked at where it changes."""
    there = rows.revive(claimed.change)
    if row is None or claimed.link is None:
        return replace(claimed, change=rows.kept(Counterpart(there.entity, there.ac_id, address=there.address)))
    if there.entity is Entity.ACCOUNT:
        return replace(claimed, change=rows.kept(rows.company(context, row)))
    now = replace(rows.person(context, there.entity, row, {}), account_id=there.account_id, wanted=there.wanted)
    return replace(claimed, change=rows.kept(rows.owed(now, claimed.link)))


def look(context: Context, item: Item, lane: Lane) -> Item:
    """The item, decided anew on a fresh view where it clears an opt-out or moves somebody to another account.

    While a row is claimed nothing of this record travels the other way, so what is seen now is not our own writing.
    """
    decision = item.decision
    if item.row.link is None or not item.row.link.delivered or not (_clears(decision) or decision.account_changed):
        return item
    there = _seen(context, item.there, lane)
    if there is None:
        return replace(item, decision=Inbound(Outcome.SKIPPED, "was deleted in ActiveCampaign"))
    terms = context.rules[item.row.entity].terms
    return replace(
        item, there=there, decision=inbound.decide(there, item.change, item.row.link, terms, context.consent)
    )


def _clears(decision: Inbound) -> bool:
    return decision.set_bulk is False


def _seen(context: Context, there: Counterpart, lane: Lane) -> Counterpart | None:
    """Consent and account as they are at this moment; the values stay as they were read."""
    found = context.activecampaign.contacts_by_ids([there.ac_id], lane=lane)
    if not found:
        return None
    row = contact_rows.whole(contact_rows.trimmed(found[0]))
    account_id = there.account_id
    if account_id is not None:
        belongs = context.activecampaign.account_of(there.ac_id, lane=lane)
        with context.db.transaction() as tx:
            known = links.record_ids(tx, context.id, [belongs.account_id]) if belongs else {}
        account_id = known.get(belongs.account_id, "") if belongs else ""
    now = rows.person(context, there.entity, row, {})
    return replace(
        there, states=now.states, bounced=now.bounced, subscribed_at=now.subscribed_at, account_id=account_id
    )
