"""What the workers do all the time: seconds per task by kind, and how long each kind waited for a process."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any

from redis.exceptions import RedisError

from worker.app import app


class Tasks:
    """Listens to the workers' events in a thread."""

    def __init__(self, broker_url: str) -> None:
        app.conf.broker_url = broker_url
        self.number: Counter[str] = Counter()
        self.runtime: defaultdict[str, float] = defaultdict(float)
        self.waited: defaultdict[str, float] = defaultdict(float)
        self._state = app.events.State()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        # The broker goes away before this thread does.
        with suppress(OSError, RedisError), app.connection_for_read() as connection:
            receiver = app.events.Receiver(connection, handlers={"*": self._note})
            receiver.capture(limit=None, timeout=None, wakeup=True)

    def _note(self, event: dict[str, Any]) -> None:
        self._state.event(event)
        if event["type"] not in ("task-succeeded", "task-failed"):
            return
        task = self._state.tasks.get(event["uuid"])
        name = f"{task.name}{'' if event['type'] == 'task-succeeded' else ' failed'}"
        self.number[name] += 1
        self.runtime[name] += event.get("runtime") or 0.0
        if task.started and task.sent:
            self.waited[name] += task.started - task.sent

    def as_json(self) -> dict[str, dict[str, float]]:
        """By kind: how many, seconds of work together, seconds from sending to start on average, delays included."""
        return {
            name: {
                "number": number,
                "seconds": round(self.runtime[name], 1),
                "average_seconds": round(self.runtime[name] / number, 3),
                "average_wait_seconds": round(self.waited[name] / number, 2),
            }
            for name, number in self.number.most_common()
        }
