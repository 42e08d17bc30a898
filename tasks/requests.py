"""What people ask for in Dynamics: heard, worked on, and told what they may pick."""

from typing import Any

from celery import shared_task

from engine.requests import answering, listening, working
from engine.requests import choices as stage
from engine.wake import Wake
from tasks import names


@shared_task(bind=True, name=names.LISTEN)
def listen(self: Any) -> list[Wake]:
    """Wakes the ears of every connection that is to be listened to now."""
    return listening.wake(self.services.db, self.now())


@shared_task(bind=True, name=names.REQUESTS)
def requests(self: Any, connection_id: int) -> list[Wake]:
    """Files what is new and wakes what waits."""
    return listening.listen(self.services.context(connection_id))


@shared_task(bind=True, name=names.REQUEST)
def request(self: Any, connection_id: int, number: int) -> list[Wake]:
    """Goes on with one request as far as it gets."""
    return working.work(self.services.context(connection_id), number)


@shared_task(bind=True, name=names.NOTE)
def note(self: Any, connection_id: int, number: int) -> None:
    """Says on the contact in ActiveCampaign who asked."""
    answering.note(self.services.context(connection_id), number)


@shared_task(bind=True, name=names.CHOICES)
def choices(self: Any, connection_id: int) -> list[Wake]:
    """Keeps what may be picked in Dynamics equal to what is offered."""
    return stage.refresh(self.services.context(connection_id))
