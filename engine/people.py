"""One person at a time: ActiveCampaign contacts by upsert, by id where the address changes, with tags and account."""

from __future__ import annotations

from typing import Any, Final

from engine.associations import associate
from engine.context import Context
from engine.work import Work, written
from sync.errors import Missing
from sync.model import Lane

REMOVED: Final = "contact.removed"


def write(context: Context, work: Work, lane: Lane) -> dict[str, Any] | None:
    """Carries out one decision; answers with the link's new facts, None when the link ends. Raises SyncError."""
    if work.decision.action == "unlink":
        _unlink(context, work, lane)
        return None
    contact_id = _values(context, work, lane)
    tag(context, contact_id, work.decision.tags_add, work.decision.tags_remove, lane)
    if work.decision.account_changed:
        associate(context, work, contact_id, lane)
    if work.decision.unsubscribe:
        unsubscribe(context, contact_id, lane)
    elif work.decision.action == "create":
        _subscribe(context, work, contact_id, lane)
    return written(context, work, ac_id=contact_id)


def _values(context: Context, work: Work, lane: Lane) -> int:
    """Writes the values and answers with the contact's id. Only a write by id can change an address."""
    rules = context.rules[work.change.entity]
    values = {**work.decision.values, **dict.fromkeys(work.decision.cleared)}
    update = work.decision.action == "update"
    known = _known(context, work, lane) if update else None
    if known and not values:
        return known
    values["email"] = work.change.values.get("email") or work.change.address
    body = rules.mapping.contact_body(values)
    if known:
        context.activecampaign.update_contact(known, body, lane=lane)
        return known
    contact_id, _ = context.activecampaign.sync_contact(body, lane=lane)
    return contact_id


def _known(context: Context, work: Work, lane: Lane) -> int:
    """The id of a contact that was delivered before. Raises Missing where somebody deleted it: it isn't made again."""
    address = work.decision.previous_address or work.change.address or ""
    removed = work.link is not None and work.link.removed
    known = None if removed else _id_of(context, work, address, lane)
    if known is None:
        raise Missing("the contact was deleted in ActiveCampaign", code=REMOVED)
    return known


def managed(context: Context) -> set[int]:
    """The lists that an opt-out ends: those of the configuration, or all there are."""
    return set(context.lists.values()) if context.consent.lists is None else set(context.consent.lists)


def unsubscribe(context: Context, contact_id: int, lane: Lane) -> None:
    """Takes a person off the managed lists. Nobody is ever subscribed here."""
    for list_id in context.activecampaign.active_lists(contact_id, lane=lane):
        if list_id in managed(context):
            context.activecampaign.unsubscribe(contact_id, list_id, lane=lane)


def _id_of(context: Context, work: Work, address: str, lane: Lane) -> int | None:
    if work.link and work.link.ac_id:
        return work.link.ac_id
    found = context.activecampaign.find_contact(address, lane=lane)
    return int(found["id"]) if found else None


def tag(context: Context, contact_id: int, add: tuple[str, ...], remove: tuple[str, ...], lane: Lane) -> None:
    """Sets and takes off tags by their names. Raises Missing where the contact is gone."""
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
    if not contact_id:
        return
    try:
        tag(context, contact_id, work.decision.tags_add, work.decision.tags_remove, lane)
        if work.decision.unsubscribe:
            unsubscribe(context, contact_id, lane)
    except Missing:
        # It was deleted there as well, so nobody is left to be marked.
        return
