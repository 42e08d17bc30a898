"""The cycle that somebody wants undone: whether it can be, and how much it overwrote and created."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.context import Context
from engine.request import Refused
from engine.undo_report import Tally
from store import cycles, overwritten
from sync.model import TWO_WAY, Direction, Entity

Row = dict[str, Any]


def asked(context: Context, cycle_id: int) -> tuple[Row, list[Tally]]:
    """The cycle, and what is known of each entity and direction. Raises Refused where it can't be undone."""
    with context.db.transaction() as tx:
        cycle = cycles.get(tx, cycle_id)
        newest = cycles.recent(tx, 1)
        counts = overwritten.counts(tx, cycle_id)
        streams = cycles.streams(tx, cycle_id)
    if cycle is None or cycle["connection_id"] != context.id:
        raise Refused(_unknown(cycle_id, cycle, newest[0]["id"] if newest else 0))
    if cycle["finished_at"] is None:
        raise Refused(f"cycle {cycle_id} has not ended; undo it once it has, see `ac365 cycles`")
    if not counts:
        raise Refused(_nothing(cycle_id, streams))
    return cycle, _tallies(counts, streams)


def _unknown(cycle_id: int, cycle: Row | None, newest: int) -> str:
    if cycle:
        return f"cycle {cycle_id} is of another connection; name that with --connection"
    if 0 < cycle_id <= newest:
        return f"cycle {cycle_id} is older than history is kept (`AC365_KEEP_DAYS`), so nobody knows what it overwrote"
    return f"there is no cycle {cycle_id}; `ac365 cycles` lists them"


def _nothing(cycle_id: int, streams: Sequence[Row]) -> str:
    made = sum(stream["created"] for stream in streams)
    stay = f" It created {made:,} records, which stay: ac365 deletes nothing." if made else ""
    return f"cycle {cycle_id} overwrote no values that are kept, so there is nothing to put back.{stay}"


def _tallies(counts: Sequence[Row], streams: Sequence[Row]) -> list[Tally]:
    """One for each entity and direction in which something was overwritten or created, in the order of the streams."""
    known = {(row["entity"], row["direction"]): row for row in counts}
    made = {(row["entity"], row["direction"]): row["created"] for row in streams if row["created"]}
    keys = dict.fromkeys((*((row["entity"], row["direction"]) for row in streams), *known))
    return [
        Tally(
            Entity(entity),
            Direction(direction),
            overwrote=known.get((entity, direction), {}).get("records", 0),
            undone=known.get((entity, direction), {}).get("undone", 0),
            created=made.get((entity, direction), 0),
        )
        for entity, direction in keys
        if (entity, direction) in known or (entity, direction) in made
        if entity in TWO_WAY
    ]
