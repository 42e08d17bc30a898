"""One batch of the outbox is carried out; an import under way is asked how it went."""

from typing import Any

from celery import shared_task

from engine import bulk
from engine import upsert as stage
from engine.wake import Wake
from sync.model import Direction, Entity, Lane
from tasks import names


@shared_task(bind=True, name=names.UPSERT)
def upsert(
    self: Any, connection_id: int, entity: str, lane: str, direction: str = Direction.OUTBOUND.value
) -> list[Wake]:
    """Claims a batch and writes it under the shared request budget."""
    return stage.upsert(self.services.context(connection_id), Entity(entity), Lane(lane), Direction(direction))


@shared_task(bind=True, name=names.POLL)
def poll(self: Any, connection_id: int, import_id: int) -> list[Wake]:
    """Settles an import once it is complete."""
    return bulk.poll(self.services.context(connection_id), import_id)
