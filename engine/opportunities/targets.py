"""Which contact of ActiveCampaign an opportunity belongs to, or for whom it waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from store import opportunities
from store.db import Tx
from store.opportunities import Standing
from sync.model import Change
from sync.opportunities import Target

ALONE: Final = "waits for a contact: it is related to none"


def targets(tx: Tx, connection_id: int, changes: Sequence[Change]) -> dict[str, Target]:
    """The contact of each opportunity: the first of those related to it that is in ActiveCampaign (decision Q11)."""
    ids = {contact for change in changes for contact in change.contacts}
    known = opportunities.standing(tx, connection_id, sorted(ids))
    return {change.record_id: _target(change, known) for change in changes}


def _target(change: Change, known: Mapping[str, Standing]) -> Target:
    there = next(((one, known[one]) for one in change.contacts if one in known and known[one].there), None)
    if there:
        contact, standing = there
        return Target(standing.ac_id, contact, link_id=standing.link_id, address=standing.address)
    if not change.contacts:
        return Target(why=ALONE)
    awaited = change.contacts[0]
    return Target(contact_id=awaited, why=f"waits for contact {awaited}, which {_state(known.get(awaited))}")


def _state(standing: Standing | None) -> str:
    if standing is None:
        return "was not read yet"
    if standing.state in ("linked", "shadowed"):
        return "is not in ActiveCampaign yet"
    return standing.reason if standing.reason.startswith(("is ", "has ")) else f"does not sync: {standing.reason}"
