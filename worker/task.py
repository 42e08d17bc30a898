"""The base of every task: hands over the services, binds log ids, and sends wake-ups once the stage has committed."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from celery import Task

from engine.wake import Wake
from tasks import names
from worker import process, services

log = structlog.get_logger()


class PipelineTask(Task):  # type: ignore[misc]
    """A task's plain function answers with wake-ups; they are sent here, after it returned: after its commits."""

    abstract = True

    @property
    def services(self) -> services.Services:
        """The services of this process, built on first use after the fork."""
        return process.services()

    def now(self) -> datetime:
        """The present moment, in UTC, as all processes have it."""
        return self.services.now()

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Runs the stage with its ids bound to every log line, then sends what it wants done next."""
        with structlog.contextvars.bound_contextvars(task=self.name, task_id=self.request.id, **self.ids(args)):
            send(self.app, super().__call__(*args, **kwargs) or ())

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:  # noqa: ARG002
        """An error nobody expected: the lease of what the task held runs out and the sweep brings it back."""
        log.error("task_failed", task=self.name, task_id=task_id, error=type(exc).__name__, **self.ids(args))

    def ids(self, args: Iterable[Any]) -> dict[str, Any]:
        """The arguments by their names: connection_id, cycle_id, stream_id and so on, for the log."""
        names = [name for name in inspect.signature(self.run).parameters if name != "self"]
        return dict(zip(names, args, strict=False))


def send(app: Any, wakes: Iterable[Wake]) -> None:
    """Sends wake-ups to their lane's queue."""
    for wake in wakes:
        app.send_task(names.BY_STAGE[wake.stage], args=wake.args, queue=str(wake.lane), countdown=wake.delay_s or None)
