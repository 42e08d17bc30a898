"""One page of a stream: fetch it, file it, ask for the next."""

from typing import Any

from celery import shared_task

from engine import fetch as stage
from engine.wake import Wake
from tasks import names


@shared_task(bind=True, name=names.FETCH)
def fetch(self: Any, connection_id: int, stream_id: int) -> list[Wake]:
    """Reads and files the next page of this stream."""
    return stage.fetch(self.services.context(connection_id), stream_id)
