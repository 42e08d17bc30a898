"""What should happen to one record, and why. Every rule of the outbound direction is a branch of `decide`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeAlias

from sync import merge, tags
from sync.model import PEOPLE, Change, Decision, Entity, Link, Outcome
from sync.terms import INBOUND, KEEP, Terms

RecordKey: TypeAlias = tuple[Entity, str]

NEVER_DELIVERED: Final = "deleted before it was ever delivered"
NO_ADDRESS: Final = "has no e-mail address"
OUT_OF_SCOPE: Final = "is out of scope"
INACTIVE: Final = "is inactive"
INBOUND_ONLY: Final = "travels from ActiveCampaign to Dynamics only"
OLDER: Final = "a newer version was delivered already"
DELIVERED: Final = "already delivered"
REMOVED: Final = "was deleted in ActiveCampaign; nothing is created again unless somebody asks for it"


def decide(
    change: Change,
    link: Link | None,
    *,
    holder: RecordKey | None,
    terms: Terms,
) -> Decision:
    """Decides about one change of Dynamics against its link, the values last agreed on included.

    link: the record's own link, None when it has none; holder: who speaks for the ActiveCampaign contact of the
    record's address, None when nobody else was looked for. Pure: the same arguments always get the same answer.
    """
    own = link if link is not None and (link.entity, link.record_id) == (change.entity, change.record_id) else None
    # Nobody can tell what it holds, so nothing is written and a person has to look.
    if change.fault:
        return Decision(Outcome.FAILED, change.fault)
    # It is gone in Dynamics: the link ends, the contact in ActiveCampaign stays (decision Q6).
    if change.deleted:
        return _deleted(change, own, terms)
    # It was merged into another record. That one has a contact of its own, or the link was handed on to it (Q6).
    if change.successor_id:
        merged = f"merged into {change.entity} {change.successor_id}"
        ends = own is not None and own.delivered
        return replace(_deleted(change, own, terms), reason=merged) if ends else Decision(Outcome.SKIPPED, merged)
    # Somebody deleted its contact in ActiveCampaign, and that is respected (Q6).
    if own is not None and own.removed:
        return _removed(change, own)
    # It may not be delivered now. The link stays, so that a record that comes back goes on where it stopped (Q10).
    if hindrance := _hindrance(change):
        return _hindered(change, own, terms, hindrance)
    # Somebody else speaks for this contact (Q4).
    if rival := _rival(change, link, holder):
        return Decision(Outcome.SKIPPED, f"shadowed by {rival[0]} {rival[1]}")
    # It isn't in ActiveCampaign yet, or not by us.
    if own is None or not own.delivered:
        if terms.direction == INBOUND:
            return Decision(Outcome.SKIPPED, INBOUND_ONLY)
        return _create(change, own, terms)
    # An older page arrived late: what it says was overwritten in Dynamics since (guarantee G5).
    if change.version < own.agreed_version:
        return Decision(Outcome.UNCHANGED, OLDER)
    # It is there: write what differs from what was agreed, if anything does.
    return _update(change, own, terms)


def _hindrance(change: Change) -> str:
    # Without an address there is no contact in ActiveCampaign; accounts are known by their id.
    if change.entity in PEOPLE and not change.address:
        return NO_ADDRESS
    # The administrator's criteria leave it out.
    if not change.in_scope:
        return change.scope_reason or OUT_OF_SCOPE
    # Inactive records are treated as out of scope (decision Q6).
    return "" if change.active else INACTIVE


def _rival(change: Change, link: Link | None, holder: RecordKey | None) -> RecordKey | None:
    speaker = holder or (link and (link.entity, link.record_id))
    return speaker if speaker and speaker != (change.entity, change.record_id) else None


def _hindered(change: Change, own: Link | None, terms: Terms, hindrance: str) -> Decision:
    """No value travels. An opt-out does, since nobody may be sent to against his will (G7), and so do wanted marks."""
    if own is None or not own.delivered or change.entity not in PEOPLE:
        return Decision(Outcome.SKIPPED, hindrance)
    add, remove = tags.marks(change, own, terms)
    out = opts_out(change, own, terms)
    if not (add or remove or out):
        return Decision(Outcome.SKIPPED, hindrance)
    told = " and ".join([hindrance, *(["opted out"] if out else []), *(["marked"] if add or remove else [])])
    return Decision(Outcome.UPDATED, told, "update", tags_add=add, tags_remove=remove, unsubscribe=out)


def opts_out(change: Change, own: Link | None, terms: Terms) -> bool:
    """Whether an opt-out in Dynamics has still to be carried to ActiveCampaign."""
    known = own is not None and bool(own.opted_out) and not own.allowed_again
    return terms.consent and change.entity in PEOPLE and change.opted_out and not known


def _deleted(change: Change, own: Link | None, terms: Terms) -> Decision:
    if own is None or not own.delivered:
        return Decision(Outcome.SKIPPED, NEVER_DELIVERED)
    mark = () if own.removed else tags.due_on_deletion(change.entity, own.tagged, terms.on_deleted)
    ends = bool(mark) and terms.on_deleted == "unsubscribe"
    # Without a tag nothing is written to ActiveCampaign, so it must not count as an update.
    outcome = Outcome.UPDATED if mark else Outcome.SKIPPED
    return Decision(outcome, "deleted in Dynamics", "unlink", tags_add=mark, unsubscribe=ends)


def _removed(change: Change, own: Link) -> Decision:
    """Nothing is made again, but a new address may be that of a contact that is there: somebody has to look."""
    moved = change.entity in PEOPLE and not _hindrance(change)
    elsewhere = _previous_address(change, own) if moved else None
    return Decision(Outcome.SKIPPED, REMOVED, "update" if elsewhere else "none", previous_address=elsewhere)


def _create(change: Change, own: Link | None, terms: Terms) -> Decision:
    add, remove = tags.due(change.entity, own.tagged if own else (), own.origin if own else "pushed")
    values = {key: value for key, value in change.values.items() if not merge.is_empty(value)}
    return Decision(
        Outcome.CREATED,
        "new",
        "create",
        values={key: value for key, value in values.items() if key == merge.EMAIL or terms.goes_out(key)},
        account_changed=change.account_id is not None and terms.account_direction != INBOUND,
        tags_add=add,
        tags_remove=remove,
        unsubscribe=opts_out(change, own, terms),
    )


def _update(change: Change, own: Link, terms: Terms) -> Decision:
    differing = {
        key: value
        for key, value in merge.moved(own.agreed, change.values).items()
        if terms.goes_out(key) and key not in own.parked
    }
    values = {key: value for key, value in differing.items() if value is not None}
    cleared = tuple(key for key, value in differing.items() if value is None and terms.on_empty.get(key) != KEEP)
    account_changed = change.account_id != own.account_id and terms.account_direction != INBOUND
    add, remove = _tags(change, own, terms)
    out = opts_out(change, own, terms)
    told = [*values, *cleared, *(["account"] if account_changed else []), *(["tags"] if add or remove else [])]
    told += ["opt-out"] if out else []
    if not told:
        return Decision(Outcome.UNCHANGED, DELIVERED)
    return Decision(
        Outcome.UPDATED,
        f"changed: {', '.join(told)}",
        "update",
        values=values,
        cleared=cleared,
        previous_address=_previous_address(change, own),
        account_changed=account_changed,
        tags_add=add,
        tags_remove=remove,
        unsubscribe=out,
    )


def _tags(change: Change, own: Link, terms: Terms) -> tuple[tuple[str, ...], tuple[str, ...]]:
    add, remove = tags.due(change.entity, own.tagged, own.origin)
    mark, unmark = tags.marks(change, own, terms) if change.entity in PEOPLE else ((), ())
    return (*add, *mark), (*remove, *unmark)


def _previous_address(change: Change, own: Link) -> str | None:
    agreed: str | None = own.agreed.get(merge.EMAIL)
    return agreed if agreed and not merge.same_address(agreed, change.address) else None
