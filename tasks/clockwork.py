"""What beat emits: the tick that opens cycles, the sweep, the heartbeat through the queue, and the pruning."""

from typing import Any

from celery import shared_task

from engine import cycles, housekeeping, recovery, retries
from engine.activities import lines
from engine.wake import Wake
from tasks import names


@shared_task(bind=True, name=names.TICK)
def tick(self: Any) -> list[Wake]:
    """Opens a cycle for every connection whose time has come, and begins with marketing activities."""
    return [*cycles.open_due(self.services.db, self.now()), *lines.begin_due(self.services.db, self.now())]


@shared_task(bind=True, name=names.SWEEP)
def sweep(self: Any) -> list[Wake]:
    """Takes back what dead workers held, wakes what is ready, and retries the failures that are due."""
    found = recovery.sweep(self.services.db, self.now())
    found += retries.wake_due(self.services.db, self.now())
    return [*found, *lines.wake_due(self.services.db, self.now())]


@shared_task(bind=True, name=names.HEARTBEAT)
def heartbeat(self: Any, queue: str) -> None:
    """Notes that this queue is served: the health check goes through the queue, as celery issue 8030 teaches."""
    housekeeping.beat(self.services.db, queue, self.services.worker, self.services.version)


@shared_task(bind=True, name=names.PRUNE)
def prune(self: Any) -> None:
    """Drops history beyond its retention and makes the next partitions."""
    housekeeping.prune(self.services.db, self.now(), self.services.keep)
