"""Marketing activities: a line is worked on for a while."""

from typing import Any

from celery import shared_task

from engine.activities import lines
from engine.wake import Wake
from tasks import names


@shared_task(bind=True, name=names.ACTIVITIES)
def activities(self: Any, connection_id: int, line: str) -> list[Wake]:
    """Reads activities from ActiveCampaign, or writes them to Dynamics."""
    return lines.run(self.services.context(connection_id), line)
