"""The tags that mark a person in ActiveCampaign. Their spelling is fixed: customers' segments are built on it.

Spelled as ActiveCampaign's help page "Microsoft Dynamics 365 integration" (360018995760) spells them; the one for
deleted records is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sync.model import Entity

CONTACT: Final = "[D365: Contact]"
LEAD: Final = "[D365: Lead]"
PUSHED: Final = "[D365: Pushed from Dynamics]"
PULLED: Final = "[D365: Pulled from ActiveCampaign]"
DELETED: Final = "[D365: Deleted]"

WANTED: Final = {Entity.CONTACT: (CONTACT, PUSHED), Entity.LEAD: (LEAD, PUSHED)}
# A deleted record may come back, and a qualified lead becomes a contact: then the old mark is no longer true.
WRONG: Final = {Entity.CONTACT: (LEAD, DELETED), Entity.LEAD: (CONTACT, DELETED)}

ALL: Final = (CONTACT, LEAD, PUSHED, PULLED, DELETED)


def due(entity: Entity, tagged: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags to add and to remove, given those already set. Accounts carry none: ActiveCampaign can't tag them."""
    add = tuple(tag for tag in WANTED.get(entity, ()) if tag not in tagged)
    remove = tuple(tag for tag in WRONG.get(entity, ()) if tag in tagged)
    return add, remove


def due_on_deletion(entity: Entity, tagged: Sequence[str], on_deleted: str) -> tuple[str, ...]:
    """The mark of a record deleted in Dynamics, unless the setting `on_deleted` says `nothing` or it is set already."""
    return (DELETED,) if on_deleted == "tag" and entity in WANTED and DELETED not in tagged else ()
