"""How long what is on its way will take: by how fast the running streams are, and never less than the budget allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from clients import limits
from engine.transform import BATCH
from store import cycles
from store.db import Tx
from sync.model import Direction, Outcome

SETTLED: Final = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.WAITING)
SURE_AFTER_S: Final = 5.0
"""A stream that runs for less tells nothing about its speed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One direction. waiting: changes on their way; per_s: records that the running streams settle in a second, None
    where none runs; left_s: seconds to the end, None where nobody can tell; at_least: only the budget is known."""

    direction: Direction
    waiting: int
    per_s: float | None
    left_s: float | None
    at_least: bool = False


def paces(
    tx: Tx, connection_id: int, document: Mapping[str, Any], backlog: Mapping[str, int], now: datetime
) -> list[Pace]:
    """The pace of both directions. backlog: changes on their way, by direction."""
    running = [row["id"] for row in cycles.unfinished(tx) if row["connection_id"] == connection_id]
    streams = cycles.streams_of(tx, running) if running else []
    return [_pace(way, backlog.get(way, 0), streams, _most(document) if way is Direction.OUTBOUND else 0.0, now)
            for way in Direction]  # fmt: skip


def _pace(way: Direction, waiting: int, streams: Sequence[Mapping[str, Any]], most: float, now: datetime) -> Pace:
    per_s = _speed([one for one in streams if one["direction"] == way], now)
    if not waiting:
        return Pace(way, 0, per_s, 0.0)
    allowed_s = waiting / most if most else None
    if per_s:
        return Pace(way, waiting, per_s, max(waiting / per_s, allowed_s or 0.0))
    return Pace(way, waiting, None, allowed_s, at_least=allowed_s is not None)


def _speed(streams: Sequence[Mapping[str, Any]], now: datetime) -> float | None:
    begun = [one for one in streams if one["state"] in ("fetching", "delivering") and one["started_at"]]
    if not begun:
        return None
    seconds = (now - min(one["started_at"] for one in begun)).total_seconds()
    settled = sum(one[name] for one in begun for name in SETTLED)
    return settled / seconds if settled and seconds >= SURE_AFTER_S else None


def _most(document: Mapping[str, Any]) -> float:
    """Records a second that ActiveCampaign takes at best: whole batches, in bulk imports."""
    said = document.get("limits", {})
    allowed = limits.activecampaign_limits(float(said.get("calls_per_second", 5)), float(said.get("headroom", 0)))
    return BATCH * allowed[limits.IMPORTS].count / allowed[limits.IMPORTS].period_s
