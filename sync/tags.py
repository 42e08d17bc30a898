"""The tags that mark a person in ActiveCampaign. Their spelling is fixed: customers' segments are built on it.

Spelled as ActiveCampaign's help page "Microsoft Dynamics 365 integration" (360018995760) spells them; those for
deleted, qualified and disqualified records are ours.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sync.model import Change, Entity, Link
from sync.terms import Terms

CONTACT: Final = "[D365: Contact]"
LEAD: Final = "[D365: Lead]"
PUSHED: Final = "[D365: Pushed from Dynamics]"
PULLED: Final = "[D365: Pulled from ActiveCampaign]"
DELETED: Final = "[D365: Deleted]"
QUALIFIED: Final = "[D365: Qualified]"
DISQUALIFIED: Final = "[D365: Disqualified]"

UNMARKED: Final = "unmarked"
"""What the link of an account holds instead of a tag while the account doesn't carry its Dynamics id yet."""

OF: Final = {Entity.CONTACT: CONTACT, Entity.LEAD: LEAD}
WANTED: Final = {Entity.CONTACT: (CONTACT, PUSHED), Entity.LEAD: (LEAD, PUSHED)}
# A deleted record may come back, and a qualified lead becomes a contact: then the old mark is no longer true.
WRONG: Final = {Entity.CONTACT: (LEAD, DELETED), Entity.LEAD: (CONTACT, DELETED)}

ALL: Final = (CONTACT, LEAD, PUSHED, PULLED, DELETED, QUALIFIED, DISQUALIFIED)

TRANSLATED: Final = {
    "[D365: Contacto]": CONTACT,
    "[D365: Contatto]": CONTACT,
    "[D365: Kontakt]": CONTACT,
    "[D365: Cliente potencial]": LEAD,
    "[D365: Lead]": LEAD,
    "[D365: Enviado desde Dynamics]": PUSHED,
    "[D365: Inviato da Dynamics]": PUSHED,
    "[D365: Extraído de ActiveCampaign]": PULLED,
    "[D365: Estratto da ActiveCampaign]": PULLED,
}
"""Names that help pages in other languages show (decision Q28); they are recognised when an account is taken over."""


def due(entity: Entity, tagged: Collection[str], origin: str = "pushed") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags to add and to remove, given those already set.

    ActiveCampaign can't tag accounts: theirs is only the reminder to write the Dynamics id, which is then "removed".

    Who was born in ActiveCampaign keeps the mark that says so, and doesn't get the other one.
    """
    if entity is Entity.ACCOUNT:
        return (), tuple(tag for tag in tagged if tag == UNMARKED)
    wanted: tuple[str, ...] = WANTED.get(entity, ())
    if origin == "pulled" or PULLED in tagged:
        wanted = tuple(PULLED if tag == PUSHED else tag for tag in wanted)
    add = tuple(tag for tag in wanted if tag not in tagged)
    remove = tuple(tag for tag in WRONG.get(entity, ()) if tag in tagged)
    return add, remove


def due_on_deletion(entity: Entity, tagged: Sequence[str], on_deleted: str) -> tuple[str, ...]:
    """The mark of a record deleted in Dynamics, unless the setting `on_deleted` says `nothing` or it is set already."""
    return (DELETED,) if on_deleted != "nothing" and entity in WANTED and DELETED not in tagged else ()


def may_come_back(entity: Entity, borne: Collection[str]) -> bool:
    """Whether a contact bears the pair of tags that lets its changes travel to Dynamics; accounts need none."""
    return entity not in OF or (OF[entity] in borne and (PUSHED in borne or PULLED in borne))


def requested(borne: Collection[str]) -> Entity | None:
    """What a contact without a link asks to become in Dynamics by its tags (decision Q3), None for nothing."""
    if PULLED not in borne or DELETED in borne:
        return None
    return next((entity for entity, tag in OF.items() if tag in borne), None)


def marks(change: Change, own: Link, terms: Terms) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Marks that only describe, to add and to remove: out of scope, qualified, disqualified, as far as they are
    wanted."""
    told = {
        terms.tag_out_of_scope: not change.in_scope,
        QUALIFIED if terms.tag_qualified else "": change.entity is Entity.CONTACT and LEAD in own.tagged,
        DISQUALIFIED if terms.tag_disqualified else "": change.disposition == "disqualified",
    }
    add = tuple(tag for tag, holds in told.items() if tag and holds and tag not in own.tagged)
    passing = (terms.tag_out_of_scope, DISQUALIFIED if terms.tag_disqualified else "")
    remove = tuple(tag for tag in passing if tag and tag in own.tagged and not told[tag])
    return add, remove
