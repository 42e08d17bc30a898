"""The ground a measurement stands on: embedded servers, both simulators and the product's own processes, all real."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import requests

from cli import session as sessions
from cli import up, watch
from cli.simulated import Simulators
from cli.stack import Stack, celery
from config import document as documents
from engine import report, request, verify
from engine.report import CycleReport
from engine.verify_report import Report
from store import configurations
from store.errors import StoreError
from sync.model import ORDER, Entity
from worker import embedded
from worker.services import Services

LIFTED = {"calls_per_second": None, "imports_per_minute": None, "import_delay_s": [0, 0], "import_silent_s": 0}
"""Switches of the simulated ActiveCampaign without its limits."""
SERVERS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "AC365_SECRET_KEY")
WAIT_S = 0.5
FILLED_AT_ONCE = 5000


class Ground:
    """Everything that runs, and the questions that a measurement asks about it."""

    def __init__(self, services: Services, stack: Stack, simulators: Simulators, home: Path) -> None:
        self.services, self.stack, self.home = services, stack, home
        self.urls = {"dynamics": simulators.dynamics, "activecampaign": simulators.activecampaign}
        self.connection_id = int(sessions.chosen(services, "")["id"])

    def ask(self, service: str, path: str, method: str = "GET", json: Any = None, missing: Any = None) -> Any:
        """A control route of a simulator. missing: what to answer with where there is no such thing."""
        answer = requests.request(method, f"{self.urls[service]}/_sim/{path}", json=json, timeout=30)
        if missing is not None and answer.status_code == requests.codes.not_found:
            return missing
        answer.raise_for_status()
        return answer.json()

    def fill(self, contacts: int, after: int = 0) -> None:
        """Gives the simulated Dynamics 365 so many contacts, each with an address of its own, after those it has."""
        for first in range(after, after + contacts, FILLED_AT_ONCE):
            numbers = range(first, min(first + FILLED_AT_ONCE, after + contacts))
            self.ask("dynamics", "load/contact", "POST", [_contact(number) for number in numbers])

    def switch(self, switches: dict[str, Any]) -> None:
        """Turns switches of the simulated ActiveCampaign."""
        self.ask("activecampaign", "switches", "POST", switches)

    def enable(self, *entities: Entity) -> None:
        """Switches these entities on, the others off. No cycle starts by itself."""
        document = documents.defaults()
        for entity in ORDER:
            document["entities"][entity]["enabled"] = entity in entities
        with self.services.db.transaction() as tx:
            configurations.save(tx, self.connection_id, documents.load(document), "bench")

    def begin(self) -> int:
        """Starts a sync of everything that is switched on; answers with its cycle."""
        with self.services.db.transaction() as tx:
            current = configurations.current(tx, self.connection_id)
            assert current is not None  # noqa: S101  `enable` comes first.
            planned = request.plan(tx, self.connection_id, current[1], [])
            cycle_id, wakes = request.start(tx, self.connection_id, planned, "bench")
        sessions.send(self.services, wakes)
        return cycle_id

    def report(self, cycle_id: int) -> CycleReport:
        """How a cycle stands."""
        with self.services.db.transaction() as tx:
            return report.of_cycle(tx, cycle_id)

    def watch(
        self, cycle_id: int, seen: Callable[[CycleReport, float], None] = lambda *_: None, within_s: float = 1800.0
    ) -> CycleReport:
        """Waits for the end of a cycle, and shows it to `seen` with the seconds since the beginning."""
        begun = time.monotonic()
        while (spent := time.monotonic() - begun) < within_s:
            # A measurement may take the database away for a while.
            with suppress(StoreError):
                found = self.report(cycle_id)
                seen(found, spent)
                if found.ended:
                    return found
            time.sleep(WAIT_S)
        raise TimeoutError(f"not done after {within_s} s: {self.report(cycle_id).as_json()}")

    def settle(self) -> None:
        """Waits until nothing follows any more, such as the reading that learns the ids of imported contacts."""
        watch.until_quiet(self.services, self.connection_id, 0)

    def compare(self) -> Report:
        """Both sides compared through their APIs."""
        return verify.compare(self.services.context(self.connection_id))


@contextmanager
def ground(words: list[str], *, workers: int = 0, beat: bool = True) -> Iterator[Ground]:
    """A new installation with running workers and nothing synced yet. Stops and forgets everything at the end.

    words: what the simulated Dynamics 365 holds, for its command line; workers: so many worker processes of one child
    each, 0 for the processes of `ac365 up`; beat=False: no sweep and no schedule.
    """
    # A polite kill ends everything here too, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = Path(tempfile.mkdtemp(prefix="ac365-"))
    for name in SERVERS:
        os.environ.pop(name, None)
    os.environ |= {"AC365_HOME": str(home), "AC365_FLOWER_PORT": str(free_port())}
    os.environ["AC365_CONSOLE_PORT"] = str(free_port())
    stack = Stack(os.environ, home / "log")
    try:
        simulators = Simulators(stack, home / "tls", words)
        os.environ.update(simulators.environment())
        with sessions.session() as services:
            made = Ground(services, stack, simulators, home)
            stack.environment = embedded.environment(services.settings)
            _start(stack, services, workers, beat)
            yield made
    finally:
        stack.stop()
        shutil.rmtree(home, ignore_errors=True)


def _start(stack: Stack, services: Services, workers: int, beat: bool) -> None:
    if not workers:
        up.start(stack, services.settings)
        return
    for number in range(workers):
        stack.add(f"worker{number}", celery("worker", "-Q", "live,sync,backfill", "-n", f"w{number}@%h", "-c", "1"))
    if beat:
        stack.add("beat", celery("beat", "-s", str(services.settings.home / "beat"), "--pidfile="))
    stack.guard()


def contact_id(number: int) -> str:
    """The id of a contact that `Ground.fill` made. They are not in the order of their numbers, as real ones aren't."""
    return str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128, version=4))


def _contact(number: int) -> dict[str, Any]:
    return {
        "contactid": contact_id(number),
        "firstname": f"Given {number % 977}",
        "lastname": f"Family {number}",
        "emailaddress1": f"person.{number}@contoso.example",
        "telephone1": f"+49 30 {number:07}",
        "jobtitle": f"Title {number % 53}",
    }


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
