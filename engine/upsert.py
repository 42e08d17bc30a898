"""Upsert: carries out a batch of the outbox, in the direction it travels."""

from __future__ import annotations

from engine import deliver
from engine.context import Context
from engine.inbound import deliver as inbound
from engine.wake import Wake
from sync.model import Direction, Entity, Lane


def upsert(context: Context, entity: Entity, lane: Lane, direction: Direction = Direction.OUTBOUND) -> list[Wake]:
    """Carries out one batch of this entity and lane; asks to be woken again while there is more."""
    if direction is Direction.INBOUND:
        return inbound.upsert(context, entity, lane)
    return deliver.upsert(context, entity, lane)
