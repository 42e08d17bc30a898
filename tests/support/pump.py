"""The pipeline without Celery: wake-ups are carried out one after the other until nothing is left to do.

Real Postgres, real Redis, real HTTP; only the messages are replaced. What a message would carry is what is used here,
so a stage that keeps something in memory between two messages fails.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from engine import bulk, cycles, fetch, recovery, request, retries, transform, upsert
from engine.activities import lines
from engine.requests import answering, choices, listening, working
from engine.wake import Stage, Wake
from store import cycles as stored
from sync.model import Direction, Entity, Lane
from worker.services import Services

STAGES: dict[Stage, Any] = {
    Stage.CYCLE: cycles.advance,
    Stage.FETCH: fetch.fetch,
    Stage.TRANSFORM: transform.transform,
    Stage.UPSERT: lambda context, entity, lane, direction="outbound": upsert.upsert(
        context, Entity(entity), Lane(lane), Direction(direction)
    ),
    Stage.POLL: bulk.poll,
    Stage.REQUESTS: listening.listen,
    Stage.REQUEST: working.work,
    Stage.NOTE: lambda context, number: answering.note(context, number) or [],
    Stage.CHOICES: choices.refresh,
    Stage.ACTIVITIES: lines.run,
}
QUIET_AFTER_S = 60.0


class Pump:
    """Carries out wake-ups for one connection. seed: shuffles them, as several workers would."""

    def __init__(self, services: Services, connection_id: int, seed: int | None = None) -> None:
        self.services = services
        self.connection_id = connection_id
        self._random = random.Random(seed) if seed is not None else None

    def sync(self, *entities: Entity, initial: bool = False) -> dict[str, Any]:
        """A whole cycle on request; answers with its row and `streams`."""
        document = self.services.context(self.connection_id).document
        with self.services.db.transaction() as tx:
            planned = request.plan(tx, self.connection_id, document, list(entities), initial=initial)
            cycle_id, wakes = request.start(tx, self.connection_id, planned, "test")
        self.run(wakes)
        return self.cycle(cycle_id)

    def cycle(self, cycle_id: int) -> dict[str, Any]:
        """The row of a cycle with its `streams`."""
        with self.services.db.transaction() as tx:
            row = stored.get(tx, cycle_id)
            assert row is not None
            return {**row, "streams": stored.streams(tx, cycle_id)}

    def retry(self) -> None:
        """What the sweep does for failures that are due, carried through."""
        self.run(retries.wake_due(self.services.db, self.services.now()))

    def sweep(self) -> None:
        """What beat's sweep would find and wake."""
        self.run(recovery.sweep(self.services.db, self.services.now()))

    def run(self, wakes: Iterable[Wake], until: Callable[[], bool] = lambda: False) -> None:
        """Carries everything out until no cycle is unfinished. The sweep runs when nothing else is left to do.

        until: stop as soon as this holds, as if all workers had stopped there.
        """
        waiting = [(time.monotonic() + wake.delay_s, wake) for wake in wakes]
        deadline = time.monotonic() + QUIET_AFTER_S
        while (waiting or self._unfinished()) and not until():
            assert time.monotonic() < deadline, f"not quiet after {QUIET_AFTER_S} s: {waiting[:5]}"
            if not waiting:
                found = recovery.sweep(self.services.db, self.services.now())
                waiting = [(time.monotonic() + 0.02 + wake.delay_s, wake) for wake in found]
            if self._random:
                self._random.shuffle(waiting)
            due_at, wake = waiting.pop(0)
            time.sleep(max(0.0, min(due_at - time.monotonic(), 0.5)))
            waiting += [(time.monotonic() + next_.delay_s, next_) for next_ in self.step(wake)]

    def step(self, wake: Wake) -> list[Wake]:
        """Carries out one wake-up."""
        connection_id, *args = wake.args
        found: list[Wake] = STAGES[wake.stage](self.services.context(int(connection_id)), *args)
        return found

    def _unfinished(self) -> bool:
        with self.services.db.transaction() as tx:
            return bool(stored.unfinished(tx))
