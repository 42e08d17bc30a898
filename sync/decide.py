"""What should happen to one record, and why. Every rule of the outbound direction is a branch of `decide`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from sync import merge, tags
from sync.model import PEOPLE, Change, Decision, Entity, Link, Outcome

RecordKey: TypeAlias = tuple[Entity, str]

NEVER_DELIVERED: Final = "deleted before it was ever delivered"
NO_ADDRESS: Final = "has no e-mail address"
OUT_OF_SCOPE: Final = "is out of scope"
INACTIVE: Final = "is inactive"
OLDER: Final = "a newer version was delivered already"
DELIVERED: Final = "already delivered"


def decide(
    change: Change,
    link: Link | None,
    *,
    holder: RecordKey | None,
    on_empty: Mapping[str, str],
    on_deleted: str,
) -> Decision:
    """Decides about one change of Dynamics against its link, the values last agreed on included.

    link: the record's own link, None when it has none; holder: who speaks for the ActiveCampaign contact of the
    record's address, None when nobody else was looked for; on_empty: field key to `mirror` (the default) or `keep`;
    on_deleted: `tag` or `nothing`. Pure: the same arguments always get the same answer.
    """
    own = link if link is not None and (link.entity, link.record_id) == (change.entity, change.record_id) else None
    # Nobody can tell what it holds, so nothing is written and a person has to look.
    if change.fault:
        return Decision(Outcome.FAILED, change.fault)
    # It is gone in Dynamics: the link ends, the contact in ActiveCampaign stays (decision Q6).
    if change.deleted:
        return _deleted(change, own, on_deleted)
    # It may not be delivered now. The link stays, so that a record that comes back goes on where it stopped (Q10).
    if hindrance := _hindrance(change):
        return Decision(Outcome.SKIPPED, hindrance)
    # Somebody else speaks for this contact (Q4).
    if rival := _rival(change, link, holder):
        return Decision(Outcome.SKIPPED, f"shadowed by {rival[0]} {rival[1]}")
    # It isn't in ActiveCampaign yet, or not by us.
    if own is None or not own.delivered:
        return _create(change, own)
    # An older page arrived late: what it says was overwritten in Dynamics since (guarantee G5).
    if change.version < own.agreed_version:
        return Decision(Outcome.UNCHANGED, OLDER)
    # It is there: write what differs from what was agreed, if anything does.
    return _update(change, own, on_empty)


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


def _deleted(change: Change, own: Link | None, on_deleted: str) -> Decision:
    if own is None or not own.delivered:
        return Decision(Outcome.SKIPPED, NEVER_DELIVERED)
    mark = tags.due_on_deletion(change.entity, own.tagged, on_deleted)
    # Without a tag nothing is written to ActiveCampaign, so it must not count as an update.
    outcome = Outcome.UPDATED if mark else Outcome.SKIPPED
    return Decision(outcome, "deleted in Dynamics", "unlink", tags_add=mark)


def _create(change: Change, own: Link | None) -> Decision:
    add, remove = tags.due(change.entity, own.tagged if own else ())
    return Decision(
        Outcome.CREATED,
        "new",
        "create",
        values={key: value for key, value in change.values.items() if not merge.is_empty(value)},
        account_changed=change.account_id is not None,
        tags_add=add,
        tags_remove=remove,
    )


def _update(change: Change, own: Link, on_empty: Mapping[str, str]) -> Decision:
    differing = merge.merge(own.agreed, change.values, own.agreed).to_theirs
    values = {key: value for key, value in differing.items() if value is not None}
    cleared = tuple(key for key, value in differing.items() if value is None and on_empty.get(key) != "keep")
    account_changed = change.account_id != own.account_id
    add, remove = tags.due(change.entity, own.tagged)
    told = [*values, *cleared, *(["account"] if account_changed else []), *(["tags"] if add or remove else [])]
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
    )


def _previous_address(change: Change, own: Link) -> str | None:
    agreed: str | None = own.agreed.get(merge.EMAIL)
    return agreed if agreed and not merge.same_address(agreed, change.address) else None
