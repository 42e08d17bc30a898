"""Opportunities that have to be looked at again because somebody else changed."""

from __future__ import annotations

from collections.abc import Sequence

from engine.context import Context
from engine.retries import read_again
from engine.wake import Wake
from store import opportunities
from store.db import Tx
from sync.model import Change, Entity


def of_accounts(tx: Tx, context: Context, changes: Sequence[Change]) -> list[Wake]:
    """Reads again what hangs on the primary contacts of these accounts, where that relation counts."""
    settings = context.rules[Entity.OPPORTUNITY].settings
    if not (settings["enabled"] and "account" in settings["contacts"]):
        return []
    found = opportunities.of_accounts(tx, context.id, [change.record_id for change in changes])
    return read_again(tx, context.id, {Entity.OPPORTUNITY: found}, "account changed") if found else []
