"""The pipeline as the steps run it: cycles with and without trouble, and the quiet in which the oracle is asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests import Session
from support.story import COUNTED, Story

from machine.clock import Clock
from machine.journal import Journal
from machine.oracle import verdict, writes
from machine.oracle.pairs import pairs
from machine.oracle.sides import Key, Sides, look
from machine.plugin import Plugin
from machine.profile import TWO_WAY
from store import failures

PAUSE_S = 300
"""Time passes between them, for whatever is looked at now and then only."""
ROUNDS = 3
"""So many cycles are enough for everything to find its place once nothing goes wrong any more."""
OVERDUE = (
    "UPDATE outbox SET due_at = NULL",
    "UPDATE imports SET poll_at = now() - interval '1 hour' WHERE poll_at IS NOT NULL",
    "UPDATE failures SET due_at = now() - interval '1 hour' WHERE due_at IS NOT NULL",
    "UPDATE wanted SET asked_at = now() - interval '1 hour'",
)
LEASED = "SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'lease_until'"


class Disagreement(AssertionError):
    """What the oracle complains about."""


class WorkerDied(BaseException):
    """Nobody catches this, as nobody survives a killed process."""


class Pipeline:
    """Runs cycles. `rested`: what both sides held when all was quiet the last time, `stood`: who stood for whom."""

    def __init__(self, story: Story, clock: Clock, plugin: Plugin, journal: Journal) -> None:
        self._story, self._clock, self._plugin, self._journal = story, clock, plugin, journal
        self.stood: dict[Key, int] = {}
        self.rested = Sides()

    def cycle(self) -> None:
        """A cycle, to its end. Whether it had trouble is noted: then nobody knows what it carried over."""
        troubled = bool(self._faults() or self._story.backlog())
        cycle = self._story.pump.sync()
        self._after(troubled=troubled or cycle["state"] != "complete")
        self._counted(cycle)

    def _faults(self) -> list[Any]:
        return [
            *[self._plugin] * self._plugin.aborts,
            *self._story.crm.faults.listed(),
            *self._story.ac.faults.listed(),
        ]

    def _counted(self, cycle: dict[str, Any]) -> None:
        for stream in cycle["streams"]:
            if stream["state"] == "done" and stream["read"] != sum(stream[name] for name in COUNTED):
                raise Disagreement(f"the counters of a stream don't add up: {stream}")

    def _after(self, *, troubled: bool) -> None:
        self._journal.ran(troubled=troubled)
        complaints = verdict.made(look(self._story.crm, self._story.ac), self._journal)
        if complaints:
            raise Disagreement("\n".join(complaints))

    def stop_after(self, messages: int) -> None:
        """All workers stop after so many messages; whatever was to be done next is forgotten."""
        left = itertools.count(messages, -1)
        self._started(lambda: next(left) <= 0)
        self._after(troubled=True)

    def die_after(self, calls: int) -> bool:
        """The worker dies when so many of its calls are answered, before it makes a note of the last one."""
        died = False
        try:
            with _dying(calls):
                self._started(lambda: False)
        except WorkerDied:
            died = True
        self._after(troubled=True)
        self._bury()
        return died

    def _started(self, until: Any) -> None:
        cycle_id = self._story.start()
        self._story.go_on(until)
        assert cycle_id

    def _bury(self) -> None:
        """The leases of dead workers run out."""
        with self._story.transaction() as tx:
            for row in tx.execute(LEASED).fetchall():
                table = row["name"].encode()
                tx.execute(
                    b"UPDATE " + table + b" SET lease_until = now() - interval '1 hour' WHERE lease_until IS NOT NULL"
                )

    def rest(self) -> None:
        """No faults and no people: everything finds its place, the oracle is asked, and nothing more is written."""
        self._story.crm.faults.clear()
        self._story.ac.faults.clear()
        self._plugin.aborts = 0
        for _ in range(ROUNDS):
            self._clock.tick(PAUSE_S)
            self._round()
        sides = look(self._story.crm, self._story.ac)
        complaints = [*verdict.judge(sides, self._journal, self.rested, self.stood, two_way=TWO_WAY), *self._left()]
        complaints += self._quiet()
        if complaints:
            raise Disagreement("\n".join(complaints))
        self.stood = {person.key: contact.id for person, contact in pairs(sides)}
        self.rested = sides
        self._journal.settle()

    def _round(self) -> None:
        """Whatever waits is due, whatever failed is tried again, and everybody's changes travel."""
        with self._story.transaction() as tx:
            for statement in OVERDUE:
                tx.execute(statement.encode())
            failures.request_retry(tx, all=True)
        self._story.sweep()
        self._story.pump.retry()
        self.cycle()
        self._story.sweep()

    def _left(self) -> list[str]:
        """What the pipeline itself says it could not do."""
        listed = [f"{row['entity']} {str(row['record_id'])[-4:]} is on the failure list: {row['code']}"
                  for row in self._story.failures()]  # fmt: skip
        state = self._story.last_cycle()["state"]
        return [*listed, *([f"a cycle without any trouble ended as {state}"] if state != "complete" else [])]

    def _quiet(self) -> list[str]:
        mark = writes.mark(self._story.crm, self._story.ac)
        for _ in range(2):
            self._clock.tick()
            self.cycle()
            self._story.sweep()
        return writes.since(mark, self._story.crm, self._story.ac)


@contextmanager
def _dying(calls: int) -> Iterator[None]:
    send, left = Session.send, itertools.count(calls - 1, -1)

    def answered(self: Session, request: Any, **how: Any) -> Any:
        response = send(self, request, **how)
        if next(left) == 0:
            raise WorkerDied
        return response

    Session.send = answered  # type: ignore[method-assign]
    try:
        yield
    finally:
        Session.send = send  # type: ignore[method-assign]
