"""Which contacts would be in ActiveCampaign once the people of a dry run are through: opportunities come after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from engine.context import Context
from engine.opportunities.targets import targets
from engine.preview_ahead import Ahead
from store.db import Tx
from sync.model import Change, Decision, Entity, Outcome
from sync.opportunities import Target

ARRIVES: Final = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)
THOUGHT_OF: Final = 0
"""The id of a link that isn't made yet."""


@dataclass
class Contacts:
    """Contacts of Dynamics that the outbound half has decided about. One entry per contact that comes or goes."""

    ahead: Ahead
    _there: set[str] = field(default_factory=set)
    _gone: dict[str, str] = field(default_factory=dict)

    def enter(self, change: Change, decision: Decision, *, competes: bool) -> None:
        """Notes what becomes of one. competes: it may have a contact, its own or that of its address."""
        if change.entity is not Entity.CONTACT:
            return
        if competes and decision.outcome in ARRIVES:
            self._there.add(change.record_id)
        else:
            self._gone[change.record_id] = decision.reason

    def targets(self, tx: Tx, context: Context, changes: Sequence[Change]) -> dict[str, Target]:
        """The contact of each opportunity as `engine.opportunities.targets` would find it after that."""
        staying = [replace(change, contacts=tuple(self._staying(change))) for change in changes]
        found = targets(tx, context.id, staying)
        return {change.record_id: self._after(change, found[change.record_id]) for change in changes}

    def _staying(self, change: Change) -> list[str]:
        return [one for one in change.contacts if one not in self._gone]

    def _after(self, change: Change, found: Target) -> Target:
        for one in self._staying(change):
            if found.there and one == found.contact_id:
                return found
            if arriving := self._arriving(one):
                return arriving
        if change.contacts and change.contacts[0] in self._gone:
            return _waits(change.contacts[0], self._gone[change.contacts[0]])
        return found

    def _arriving(self, contact: str) -> Target | None:
        link = self.ahead.of_records(Entity.CONTACT, [contact]).get(contact)
        if link and link.delivered:
            return Target(link.ac_id, contact, link_id=THOUGHT_OF, address=link.address)
        return Target(None, contact, link_id=THOUGHT_OF) if contact in self._there else None


def _waits(contact: str, reason: str) -> Target:
    """For one that is about to leave; in the words of `engine.opportunities.targets`."""
    told = reason if reason.startswith(("is ", "has ")) else f"does not sync: {reason}"
    return Target(contact_id=contact, why=f"waits for contact {contact}, which {told}")
