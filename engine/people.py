"""One person at a time: ActiveCampaign contacts by upsert, by id where the address changes, with tags and account."""

from __future__ import annotations

from typing import Any

from engine.associations import associate
from engine.context import Context
from engine.work import Work, written
from sync.model import Lane


def write(context: Context, work: Work, lane: Lane) -> dict[str, Any] | None:
    """Carries out one decision; answers with the link's new facts, None when the link ends. Raises SyncError."""
    if work.decision.action == "unlink":
        _unlink(context, work, lane)
        return None
    contact_id = _values(context, work, lane)
    _tags(context, contact_id, work.decision.tags_add, work.decision.tags_remove, lane)
    if work.decision.account_changed:
        associate(context, work, contact_id, lane)
    if work.decision.action == "create":
        _subscribe(context, work, contact_id, lane)
    return written(work, ac_id=contact_id)


def _values(context: Context, work: Work, lane: Lane) -> int:
    """Writes the values and answers with the contact's id. Only a write by id can change an address."""
    rules = context.rules[work.change.entity]
    values = {**work.decision.values, **dict.fromkeys(work.decision.cleared)}
    values["email"] = work.change.values.get("email") or work.change.address
    body = rules.mapping.contact_body(values)
    if work.decision.previous_address:
        known = _id_of(context, work, work.decision.previous_address, lane)
        if known:
            context.activecampaign.update_contact(known, body, lane=lane)
            return known
    contact_id, _ = context.activecampaign.sync_contact(body, lane=lane)
    return contact_id


def _id_of(context: Context, work: Work, address: str, lane: Lane) -> int | None:
    if work.link and work.link.ac_id:
        return work.link.ac_id
    found = context.activecampaign.find_contact(address, lane=lane)
    return int(found["id"]) if found else None


def _tags(context: Context, contact_id: int, add: tuple[str, ...], remove: tuple[str, ...], lane: Lane) -> None:
    for name in add:
        tag_id = context.activecampaign.ensure_tag(name, lane=lane)
        context.activecampaign.tag_contact(contact_id, tag_id, lane=lane)
    for name in remove:
        tag_id = context.activecampaign.ensure_tag(name, lane=lane)
        context.activecampaign.untag_contact(contact_id, tag_id, lane=lane)


def _subscribe(context: Context, work: Work, contact_id: int, lane: Lane) -> None:
    """Puts a new person on the chosen list, unless opted out or known to that list already: nobody is resubscribed."""
    list_id = context.lists.get(str(context.rules[work.change.entity].settings["list"]))
    if list_id and not work.change.opted_out:
        context.activecampaign.subscribe(contact_id, list_id, lane=lane)


def _unlink(context: Context, work: Work, lane: Lane) -> None:
    """The record is gone in Dynamics: the contact stays, marked by a tag (decision Q6)."""
    address = work.link.address if work.link else None
    contact_id = _id_of(context, work, address, lane) if address else None
    if contact_id:
        _tags(context, contact_id, work.decision.tags_add, work.decision.tags_remove, lane)
