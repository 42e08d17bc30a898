"""A second look at ActiveCampaign before something is written that an old look could get wrong."""

from __future__ import annotations

from dataclasses import replace

from clients import contact_rows
from engine.context import Context
from engine.inbound import rows
from engine.inbound.item import Item
from store import links
from sync import inbound
from sync.inbound import Inbound
from sync.model import Counterpart, Lane, Outcome


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
