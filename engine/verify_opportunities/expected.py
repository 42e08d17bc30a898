"""Which opportunities are expected in ActiveCampaign: those in scope of which a contact is there (decision Q11)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from engine import browse
from engine.context import Context
from engine.opportunities.changes import NOT_PICKED
from engine.opportunities.targets import targets
from engine.verify_here import UNREADABLE
from store import opportunities
from store.db import Tx
from sync.model import Change, Entity
from sync.opportunities import Target

ENTITY: Final = Entity.OPPORTUNITY
CONTACT: Final = re.compile(r"contact [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def judged(tx: Tx, context: Context, changes: Sequence[Change]) -> dict[str, tuple[Target, str]]:
    """The contact of each opportunity, and why it isn't expected in ActiveCampaign, "" when it is."""
    found = targets(tx, context.id, changes)
    left = _left(tx, context, changes)
    return {one.record_id: (found[one.record_id], _hindrance(one, found, left)) for one in changes}


def _left(tx: Tx, context: Context, changes: Sequence[Change]) -> set[str]:
    """Those that nobody picked in ac365's own list, where that one counts."""
    settings = context.rules[ENTITY].settings
    if settings["scope"] != "manual" or settings["picked_by"]:
        return set()
    ids = {change.record_id for change in changes}
    return ids - opportunities.picked(tx, context.id, ids)


def _hindrance(change: Change, found: Mapping[str, Target], left: set[str]) -> str:
    if change.fault:
        return UNREADABLE
    if change.record_id in left:
        return NOT_PICKED
    target = found[change.record_id]
    return browse.hindrance(change, person=False) or ("" if target.there else _waiting(target))


def _waiting(target: Target) -> str:
    """What it waits for, in one of few wordings: without the contact's id, and without the values behind a colon."""
    return CONTACT.sub("a contact", target.why).partition(":")[0] if target.contact_id else target.why
