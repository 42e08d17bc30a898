"""Posts to webhooks what was written: some time later, in no certain order, repeated once after 502, 503 and 504 alone.

Rules: Microsoft Learn, "Use Webhooks to create external handlers for server events".
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

from simulators.common.courier import Courier
from simulators.common.posting import send
from simulators.dynamics.clock import Clock
from simulators.dynamics.events.payload import Event, body_of
from simulators.dynamics.events.steps import REGISTRATION, Step, registered
from simulators.dynamics.schema.catalog import Catalog
from simulators.dynamics.store.rows import fetch
from simulators.dynamics.store.storage import Noted, Session

REPEATED = frozenset({502, 503, 504})
TIMEOUT_S = 60.0
MOST_KEPT = 10_000
MESSAGES = {"created": "Create", "updated": "Update", "deleted": "Delete"}


class Webhooks:
    """Hears what was committed and posts it. `keep` takes the row of a system job."""

    def __init__(self, clock: Clock, switches: dict[str, Any], keep: Callable[[dict[str, Any]], object]) -> None:
        self._clock, self._switches, self._keep = clock, switches, keep
        self._random = random.Random(0)
        self._lock = threading.Lock()
        self._deliveries: list[dict[str, Any]] = []
        self._steps: list[Step] | None = None
        self.courier = Courier(clock.seconds)

    def forget_steps(self) -> None:
        """Steps are read anew with the next write."""
        self._steps = None

    def committed(self, session: Session, catalog: Catalog, by: str) -> None:
        """Tells the steps that listen of what a session wrote for somebody."""
        if self._steps is None or REGISTRATION & {noted.table for noted in session.noted}:
            self._steps = registered(session)
        for noted in session.noted if self._steps else ():
            if noted.table in catalog.tables:
                self._tell(session, catalog, noted, by)

    def _tell(self, session: Session, catalog: Catalog, noted: Noted, by: str) -> None:
        message, table = MESSAGES[noted.how], catalog.tables[noted.table]
        steps = [one for one in self._steps or () if one.hears(message, table.logical, noted.columns)]
        if not steps:
            return
        row = fetch(session, table, noted.row_id) or {}
        unit = session.value("SELECT businessunitid FROM systemuser WHERE systemuserid = ?", (by,)) or ""
        event = Event(message, table, noted.row_id, noted.columns, row, by, unit, self._clock.now(), session.tag)
        for step in steps:
            if self._random.random() >= self._switches["webhook_loss"]:
                self._post(step, event)

    def _post(self, step: Step, event: Event) -> None:
        late = self._random.random() * self._switches["webhook_disorder_s"]
        self.courier.post(self._clock.seconds() + late, lambda: self._deliver(step, event))

    def _deliver(self, step: Step, event: Event) -> None:
        body, headers = body_of(event)
        status = self._attempt(step, event, body, headers, 1)
        if status in REPEATED:
            status = self._attempt(step, event, body, headers, 2)
        self._job(step, event, status)

    def _attempt(self, step: Step, event: Event, body: bytes, headers: dict[str, str], number: int) -> int:
        status = send(step.address(), body, headers, TIMEOUT_S)
        told = {"step": step.name, "url": step.url, "message": event.message, "table": event.table.logical,
                "id": event.row_id, "attempt": number, "status": status}  # fmt: skip
        with self._lock:
            self._deliveries = [*self._deliveries[-MOST_KEPT + 1 :], told]
        return status

    def _job(self, step: Step, event: Event, status: int) -> None:
        """The system job of a post that failed stays, and of one that went well unless its step has it deleted."""
        well = 200 <= status < 300
        if well and step.forgets:
            return
        why = f"The web service answered with status {status}." if status else "No answer came."
        job = {"name": step.name, "operationtype": 1, "statecode": 3, "statuscode": 30 if well else 31,
               "messagename": event.message, "primaryentitytype": event.table.logical}  # fmt: skip
        self._keep(job if well else {**job, "message": why})

    def deliveries(self) -> list[dict[str, Any]]:
        """The latest attempts, oldest first: step, url without its key, message, table, id, attempt and status, which
        is 0 when no answer came."""
        with self._lock:
            return list(self._deliveries)
