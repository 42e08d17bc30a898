"""Stages of the pipeline: made when the first opportunity needs one, by one worker at a time, since titles are not
unique."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from engine import metadata
from engine.context import Context
from mapping import deals
from store import snapshots
from store.db import Tx
from sync.errors import SyncError, Unavailable, UnknownOutcome
from sync.model import Lane

CLAIM: Final = "activecampaign:deal_stages_claim"
CLAIM_FOR: Final = timedelta(seconds=30)
"""Longer than a call may take. After a lost answer it runs out by itself: by then lists show what was made."""
BUSY: Final = "another worker is making a stage of the pipeline"


def number(context: Context, pipeline: int, title: str, lane: Lane) -> int:
    """The id of the stage of this title, which is made where there is none. Raises Unavailable while another worker is
    making one."""
    known = context.deals.stages if context.deals else {}
    key = deals.folded(title)
    return known.get(key) or _kept(context).get(key) or _made(context, pipeline, title, lane)


def _kept(context: Context) -> dict[str, int]:
    """Those that are known by now: another worker may have made one since this context was built."""
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, metadata.DEALS)
    return dict((kept[0] or {}).get("stages") or {}) if kept else {}


def _made(context: Context, pipeline: int, title: str, lane: Lane) -> int:
    now = context.now()
    with context.db.transaction() as tx:
        if not snapshots.claim(tx, context.id, CLAIM, now, now + CLAIM_FOR):
            raise Unavailable(BUSY, code="deals.stage_claimed")
    try:
        found = deals.titles(context.activecampaign.stages(pipeline, lane=lane))
        key = deals.folded(title)
        made = found.get(key) or context.activecampaign.create_stage(pipeline, title.strip(), lane=lane)
    except UnknownOutcome:
        raise
    except SyncError:
        with context.db.transaction() as tx:
            snapshots.release(tx, context.id, CLAIM)
        raise
    with context.db.transaction() as tx:
        _keep(tx, context, {**found, key: made})
        snapshots.release(tx, context.id, CLAIM)
    return made


def _keep(tx: Tx, context: Context, stages: dict[str, int]) -> None:
    kept = snapshots.get(tx, context.id, metadata.DEALS)
    document: dict[str, Any] = (kept[0] if kept else None) or {}
    snapshots.put(tx, context.id, metadata.DEALS, {**document, "stages": stages})
