"""A cycle of which only opportunities are left. They are written one by one, five a second at best, and that takes
long: the deletions of the others go at once, and the next cycle may begin."""

from __future__ import annotations

from engine.wake import Stage, Wake
from store import cycles, outbox
from store.db import Tx
from store.statements import Row
from sync.model import ORDER, Lane


def begin(tx: Tx, cycle: Row) -> list[Wake]:
    """Lets the others go on; answers with what wakes them, nothing when they do already."""
    if not cycles.trail(tx, cycle["id"]):
        return []
    where, lane = cycle["connection_id"], Lane(cycle["lane"])
    released = outbox.release_held(tx, cycle["id"])
    wakes = [Wake(Stage.UPSERT, (where, entity, lane), lane) for entity in ORDER] if released else []
    return [*wakes, *next_up(tx, where)]


def next_up(tx: Tx, connection_id: int) -> list[Wake]:
    """The wake-up of the oldest cycle that waits and could start now."""
    row = cycles.next_queued(tx, connection_id)
    return [Wake(Stage.CYCLE, (connection_id, row["id"]), Lane(row["lane"]))] if row else []
