"""Whether opportunities are in scope that only ac365's own list of picks knows about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.context import Context
from engine.opportunities.changes import NOT_PICKED
from store import opportunities
from store.db import Tx
from sync.model import Change, Entity


def picked(tx: Tx, context: Context, changes: Sequence[Change]) -> list[Change]:
    """The changes, with those out of scope that nobody picked in ac365's list, where that list counts."""
    settings = context.rules[Entity.OPPORTUNITY].settings
    if settings["scope"] != "manual" or settings["picked_by"]:
        return list(changes)
    chosen = opportunities.picked(tx, context.id, [change.record_id for change in changes])
    left = {change.record_id for change in changes if not change.deleted} - chosen
    return [
        replace(change, in_scope=False, scope_reason=NOT_PICKED) if change.record_id in left else change
        for change in changes
    ]
