"""Real workers and a real beat, kept alive by the product's own supervisor, and the questions a test asks them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli.stack import Stack
from config import document as documents
from engine import configure, report, request, verify
from engine.report import CycleReport
from store import configurations
from store.errors import StoreError
from sync.model import ORDER, TWO_WAY, Entity
from worker.services import Services

ROOT = Path(__file__).parents[2]
WITHIN_S = 60.0


class Plant:
    """One installation. Its workers run `support.quick_app`; waking them is beat's business alone."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services = services
        found = configure.ensure_connection(services)
        assert found is not None
        self.connection_id = found
        paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        self._folder = folder
        self.stack = Stack({**os.environ, "PYTHONPATH": paths, "AC365_LOG_LEVEL": "WARNING"}, folder / "log")

    def start(self, workers: int = 1, *, supervised: bool = True) -> None:
        """Starts so many workers of one process each and beat; the supervisor starts those again that die."""
        for number in range(workers):
            self._add(f"worker{number}", "worker", "-n", f"w{number}@%h", "-c", "1", "--without-mingle")
        self._add("beat", "beat", "-s", str(self._folder / "schedule"), "--pidfile=")
        if supervised:
            self.stack.guard()

    def _add(self, name: str, *words: str) -> None:
        self.stack.add(name, [sys.executable, "-m", "celery", "-A", "support.quick_app", *words])

    def worker_of(self, pid: int) -> str:
        """The worker that this process belongs to: every worker is the leader of a group."""
        group = os.getpgid(pid)
        return next(name for name, leader in self.stack.pids().items() if leader == group)

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self._folder / "log" / f"{name}.log").read_text()

    def kill(self, name: str) -> None:
        """Kills a process and its children at once, as a machine that fails."""
        os.killpg(self.stack.pids()[name], signal.SIGKILL)

    def stop(self) -> None:
        self.stack.stop()
        self.services.db.close()
        self.services.redis.close()

    def begin(self) -> int:
        """Asks for a sync of everything that is switched on; answers with its cycle."""
        with self.services.db.transaction() as tx:
            current = configurations.current(tx, self.connection_id)
            assert current is not None
            planned = request.plan(tx, self.connection_id, current[1], [])
            return request.start(tx, self.connection_id, planned, "test")[0]

    def ended(self, cycle_id: int) -> CycleReport:
        """The report of a cycle once it has ended."""
        assert until(lambda: self._has_ended(cycle_id)), self.report(cycle_id).as_json()
        return self.report(cycle_id)

    def _has_ended(self, cycle_id: int) -> bool:
        try:
            return self.report(cycle_id).ended
        except StoreError:
            # A test may take the database away for a while.
            return False

    def report(self, cycle_id: int) -> CycleReport:
        with self.services.db.transaction() as tx:
            return report.of_cycle(tx, cycle_id)

    def compare(self) -> dict[str, Any]:
        """The proof: both sides compared through their APIs."""
        return verify.compare(self.services.context(self.connection_id)).as_json()


def enable(services: Services, connection_id: int, *entities: Entity, both_ways: bool = False) -> None:
    """Switches these entities on and the others off, all on when none is named."""
    document = documents.defaults()
    for entity in ORDER:
        document["entities"][entity]["enabled"] = entity in (entities or TWO_WAY)
    for entity in TWO_WAY:
        document["entities"][entity]["direction"] = "both" if both_ways else "outbound"
    with services.db.transaction() as tx:
        configurations.save(tx, connection_id, documents.load(document), "test")


def until(condition: Callable[[], Any], within_s: float = WITHIN_S) -> bool:
    """Whether something that happens in another process happened in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
