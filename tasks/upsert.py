"""One batch of the outbox is carried out; an import under way is asked how it went."""

from typing import Any

from celery import shared_task

from engine import bulk, deliver
from engine.wake import Wake
from sync.model import Entity, Lane
from tasks import names


@shared_task(bind=True, name=names.UPSERT)
def upsert(self: Any, connection_id: int, entity: str, lane: str) -> list[Wake]:
    """Claims a batch and writes it under the shared request budget."""
    return deliver.upsert(self.services.context(connection_id), Entity(entity), Lane(lane))


@shared_task(bind=True, name=names.POLL)
def poll(self: Any, connection_id: int, import_id: int) -> list[Wake]:
    """Settles an import once it is complete."""
    return bulk.poll(self.services.context(connection_id), import_id)
