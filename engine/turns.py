"""Whose turn it is: nobody sits in a worker and waits until the limit of imports lets the next one through."""

from __future__ import annotations

from clients.limits import IMPORTS
from engine.context import Context
from engine.wake import LONGEST_DELAY_S, Stage, Wake
from sync.model import PEOPLE, Direction, Entity, Lane


def until_import(context: Context, entity: Entity, lane: Lane) -> float:
    """Seconds until a backfill of people may import again; 0 when it may, and where that limit is not what holds it up.

    The other lanes queue up for their share of the limit: theirs are few rows, and somebody waits for them.
    """
    if entity not in PEOPLE or lane is not Lane.BACKFILL:
        return 0.0
    return context.budget.free_in_s(IMPORTS)


def come_back(
    context: Context, entity: Entity, lane: Lane, after_s: float, direction: Direction = Direction.OUTBOUND
) -> list[Wake]:
    """The wake-up for when the wait is over. One is enough, however many workers were told to wait meanwhile."""
    delay_s = min(after_s, LONGEST_DELAY_S)
    if not context.budget.appoint(f"{entity}:{direction}:{lane}", delay_s):
        return []
    return [Wake(Stage.UPSERT, (context.id, entity, lane, direction), lane, delay_s)]
