"""Tags of ActiveCampaign that have to be known by their ids before anything is read or written."""

from __future__ import annotations

from collections.abc import Iterable

from engine import metadata
from engine.context import Context
from store import snapshots
from sync.model import Lane


def known(context: Context, names: Iterable[str], lane: Lane) -> bool:
    """Makes sure that these tags exist and are known: False when some had to be made, which the next context knows."""
    missing = [name for name in names if name not in context.tags]
    if not missing:
        return True
    made = {name: context.activecampaign.ensure_tag(name, lane=lane) for name in missing}
    with context.db.transaction() as tx:
        snapshots.put(tx, context.id, metadata.TAGS, {**context.tags, **made})
    return False
