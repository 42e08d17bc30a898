"""A cycle moves on by one step."""

from typing import Any

from celery import shared_task

from engine import cycles
from engine.wake import Wake
from tasks import names


@shared_task(bind=True, name=names.CYCLE)
def cycle(self: Any, connection_id: int, cycle_id: int) -> list[Wake]:
    """Starts the cycle, begins its next stream, releases its deletions, or ends it."""
    return cycles.advance(self.services.context(connection_id), cycle_id)
