"""What should happen to one opportunity, and why. It travels one way, as a whole, and belongs to one contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sync.decide import DELIVERED, NEVER_DELIVERED, OLDER, OUT_OF_SCOPE
from sync.model import Canonical, Change, Decision, Link, Outcome
from sync.terms import Terms

CONTACT: Final = "$contact"
"""Under this key an agreed record remembers the ActiveCampaign contact that it belongs to."""
TOUCHED: Final = "modified-on"
"""A field that changes with every edit, whatever was edited: alone it is no reason to write."""


@dataclass(frozen=True, slots=True)
class Target:
    """The contact that an opportunity belongs to in ActiveCampaign.

    contact: its id there, None while that isn't known; contact_id: that of Dynamics which it goes by or waits for, None
    when it is related to none; link_id, address: of the link that makes it the one, None while it waits; why: what it
    waits for, in words.
    """

    contact: int | None = None
    contact_id: str | None = None
    link_id: int | None = None
    address: str | None = None
    why: str = ""

    @property
    def there(self) -> bool:
        """Whether the contact is in ActiveCampaign."""
        return self.link_id is not None


def decide(change: Change, link: Link | None, target: Target, terms: Terms) -> Decision:
    """Decides about one change of an opportunity against its link.

    A write always carries the whole record, because ActiveCampaign clears what is left out. Pure. Source:
    developers.activecampaign.com, page create-or-update-record.
    """
    if change.fault:
        return Decision(Outcome.FAILED, change.fault)
    if change.deleted:
        return _deleted(link, terms.on_deleted)
    # What left the scope stays as it is in ActiveCampaign (decision Q10).
    if not change.in_scope:
        return Decision(Outcome.SKIPPED, change.scope_reason or OUT_OF_SCOPE)
    # Only somebody who is in ActiveCampaign can have it (decision Q11).
    if not target.there:
        return Decision(Outcome.WAITING, target.why)
    if link is None or not link.delivered:
        return Decision(Outcome.CREATED, "new", "create", values=_whole(change, {}, target.contact, terms))
    # An older page arrived late (guarantee G5).
    if change.version < link.agreed_version:
        return Decision(Outcome.UNCHANGED, OLDER)
    return _update(change, link, target.contact, terms)


def _update(change: Change, link: Link, contact: int | None, terms: Terms) -> Decision:
    values = _whole(change, link.agreed, contact, terms)
    keys = [*values, *(key for key in link.agreed if key not in values)]
    changed = [key for key in keys if values.get(key) != link.agreed.get(key)]
    if not set(changed) - {TOUCHED}:
        return Decision(Outcome.UNCHANGED, DELIVERED)
    told = ", ".join("contact" if key == CONTACT else key for key in changed)
    cleared = tuple(key for key in link.agreed if key not in values)
    return Decision(Outcome.UPDATED, f"changed: {told}", "update", values=values, cleared=cleared)


def _whole(change: Change, agreed: Mapping[str, Canonical], contact: int | None, terms: Terms) -> dict[str, Canonical]:
    """All values of the record. A mapped one that could not be read stays what it was, instead of being cleared."""
    kept = {key: value for key, value in agreed.items() if key not in change.values and key in terms.directions}
    known = {key: value for key, value in change.values.items() if value is not None}
    return {**kept, **known, CONTACT: contact}


def _deleted(link: Link | None, on_deleted: str) -> Decision:
    """Whether the record is deleted or only told as deleted is the writer's to carry out (decision Q13)."""
    if link is None or not link.delivered:
        return Decision(Outcome.SKIPPED, NEVER_DELIVERED)
    if on_deleted == "nothing":
        return Decision(Outcome.SKIPPED, "deleted in Dynamics", "unlink")
    return Decision(Outcome.UPDATED, "deleted in Dynamics", "unlink", values=link.agreed)
