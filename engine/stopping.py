"""A person stops a cycle that waits or runs: it reads no further, and the next sync takes up where reading began.

What a stream has read marks its place only with its last page. So of one that was not read to its end nothing more is
written: its next reading shows the same again. One that was read to its end would not be read again: it is delivered.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from engine import fellows
from engine.wake import Stage, Wake
from store import audit, cycles, outbox, pages, streams
from store.db import Tx
from store.statements import Row
from sync.model import CycleKind, Lane, Outcome

STOPPED: Final = "stopped by a person before all of it was read"
ERROR: Final = {
    "message": STOPPED,
    "code": "cycle.stopped",
    "advice": "The next sync reads it again from where the last complete reading ended.",
}
KINDS: Final = (CycleKind.SCHEDULED, CycleKind.MANUAL, CycleKind.INITIAL, CycleKind.BASELINE)
"""Cycles over whole tables. Those over chosen records are short, and what they read is asked for once."""


def can_stop(state: str, kind: str) -> bool:
    """Whether a cycle can be stopped. One that asks a person is ended by that person's answer."""
    return state in ("queued", "running") and kind in KINDS


def stop(tx: Tx, connection_id: int, cycle_id: int, author: str) -> tuple[int, list[Wake]]:
    """Stops a cycle; answers with how many records that were read stay unwritten. Send the wakes after the commit.

    An opt-out on its way is delivered all the same, and so is what is being written at this moment. Raises LookupError
    when there is nothing to stop.
    """
    cycle = cycles.lock(tx, cycle_id)
    if cycle is None or cycle["connection_id"] != connection_id or not can_stop(cycle["state"], cycle["kind"]):
        raise LookupError(f"cycle {cycle_id} can't be stopped; see `ac365 cycles`")
    number = _give_up(tx, [stream for stream in cycles.streams(tx, cycle_id) if _unread(tx, stream)])
    audit.write(tx, connection_id, author, "stop", f"cycle {cycle_id}", after={"unwritten": number})
    if cycle["state"] == "queued":
        cycles.finish(tx, cycle_id, "stopped", note=STOPPED)
        return number, []
    lane = Lane(cycle["lane"])
    return number, [Wake(Stage.CYCLE, (connection_id, cycle_id), lane)]


def stopped(rows: list[Row]) -> bool:
    """Whether a person stopped the cycle of these streams."""
    return any((row["error"] or {}).get("code") == ERROR["code"] for row in rows if row["state"] == "failed")


def _unread(tx: Tx, stream: Row) -> bool:
    """Whether a stream has not been read to its end, by itself or by the one that reads for it."""
    if stream["state"] == "pending" and (reader := fellows.reader(tx, stream)):
        return bool(reader["state"] in ("pending", "fetching"))
    return stream["state"] in ("pending", "fetching")


def _give_up(tx: Tx, rows: list[Row]) -> int:
    ids = [int(row["id"]) for row in rows]
    # Pages first: who decides one of them at this moment has to be through before its changes are struck off.
    unwritten = Counter(pages.abandon(tx, ids)) + Counter(outbox.abandon(tx, ids))
    for stream_id in ids:
        streams.count(tx, stream_id, {Outcome.SKIPPED.value: unwritten[stream_id]})
        streams.fail(tx, stream_id, dict(ERROR))
    return unwritten.total()
