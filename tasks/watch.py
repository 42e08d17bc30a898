"""The look at the installation once a minute."""

from typing import Any

from celery import shared_task

from engine.alerts import watch as look_out
from tasks import names


@shared_task(bind=True, name=names.WATCH)
def watch(self: Any, unless_s: float = look_out.EVERY_S) -> None:
    """Looks for alerts, tells of them, and gives the sign of life, unless somebody did so a moment ago."""
    look_out.look(self.services, self.now(), unless_s)
