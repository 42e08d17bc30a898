"""One filed page becomes decisions."""

from typing import Any

from celery import shared_task

from engine import transform as stage
from engine.wake import Wake
from tasks import names


@shared_task(bind=True, name=names.TRANSFORM)
def transform(self: Any, connection_id: int, page_id: int) -> list[Wake]:
    """Decides every record of this page; what needs a write goes to the outbox."""
    return stage.transform(self.services.context(connection_id), page_id)
