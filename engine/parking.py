"""Pages that can't be transformed: every record of them goes to the failure list, and the stream goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients import tables
from engine.dead_letters import letter
from engine.row_keys import DELETED
from store import failures, streams
from store.db import Tx
from sync.errors import SyncError
from sync.model import Direction, Entity, Outcome


def park(tx: Tx, page: Mapping[str, Any], error: SyncError) -> None:
    """Accounts for all rows of a page as failed for this reason. The caller ends the page."""
    entity, direction = Entity(page["entity"]), Direction(page["direction"])
    there = direction is Direction.INBOUND
    key = tables.FACTS[entity].key
    ids = [row.get("id") if there else row.get(DELETED) or row.get(key) for row in page["rows"]]
    kept = [
        letter(
            page["connection_id"],
            entity,
            None if there else one,
            error,
            ac_id=int(one) if there else None,
            direction=direction,
            stage="transform",
            cycle_id=page["cycle_id"],
        )
        for one in ids
        if one
    ]
    failures.file(tx, kept)
    streams.count(tx, page["stream_id"], {Outcome.FAILED.value: len(ids)})
