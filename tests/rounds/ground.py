"""One installation as the runner of a round sees it: what it can be asked, and what its operator may do."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from config import document as documents
from console.access.people import hashed, new_secret
from engine import configure, provision, request, verify
from rounds.clock import Clock
from rounds.processes import Processes
from store import api_tokens, configurations, connections, failures, pauses
from store import cycles as stored
from store.errors import StoreError
from sync.model import PEOPLE, Direction, Entity
from worker.services import Services

if TYPE_CHECKING:
    from rounds.site import Site

NEWS = "Newsletter"
LOOKS_S = 0.1
UNDER_WAY = """SELECT
    (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM imports WHERE state <> 'done') AS imports,
    (SELECT count(*) FROM pages WHERE state <> 'done') AS pages,
    (SELECT count(*) FROM failures WHERE state = 'retrying') AS retries,
    (SELECT count(*) FROM cycles WHERE state IN ('queued', 'running')) AS cycles"""


class Ground:
    """Both services, the product's processes and their servers. `dsn` leads to the database of this round."""

    def __init__(self, site: Site, services: Services, processes: Processes, clock: Clock, folder: Path) -> None:
        self.site, self.services, self.processes, self.clock, self.folder = site, services, processes, clock, folder
        self.crm, self.ac = site.crm, site.ac
        self.dsn = services.settings.database_url
        found = configure.ensure_connection(services)
        assert found is not None
        self.connection_id = found
        self.secret = ""
        """The client secret that Dynamics takes since another one expired."""
        self._token = new_secret()

    def configure(self) -> None:
        """Everything is on, in both directions; new people join the newsletter; opportunities need no word first."""
        document = documents.defaults()
        document["sync"]["enabled"] = True
        for entity in (Entity.ACCOUNT, *PEOPLE):
            chosen = document["entities"][entity]
            chosen |= {"enabled": True, "direction": "both"} | ({} if entity is Entity.ACCOUNT else {"list": NEWS})
        self._save(document)
        provision.carry_out(self.services.context(self.connection_id), "round")
        document["entities"][Entity.OPPORTUNITY] |= {"enabled": True, "history": "load"}
        self._save(document)
        with self.services.db.transaction() as tx:
            api_tokens.make(tx, "round", "administrator", hashed(self._token), "round", None)

    def _save(self, document: dict[str, Any]) -> None:
        with self.services.db.transaction() as tx:
            configurations.save(tx, self.connection_id, documents.load(document), "round")

    # What its operator does

    def begin(self, *, full: bool = False) -> int | None:
        """Asks for a sync of everything, as `ac365 sync` does; None while that is refused or PostgreSQL is away.

        full: reads everything again, as `ac365 sync --initial` does, and as happens by itself once a week.
        """
        with suppress(StoreError, LookupError), self.services.db.transaction() as tx:
            current = configurations.current(tx, self.connection_id)
            assert current is not None
            planned = request.plan(tx, self.connection_id, current[1], [], initial=full)
            return request.start(tx, self.connection_id, planned, "round")[0]
        return None

    def make_due(self) -> None:
        """The next tick opens a scheduled cycle."""
        with suppress(StoreError), self.services.db.transaction() as tx:
            connections.set_next_due(tx, self.connection_id, self.clock.now())

    def press(self, entity: str, record_id: str) -> None:
        """Somebody presses *Sync now* on a record in the console, which may be away."""
        where = f"http://127.0.0.1:{self.processes.port}/api/v1/connections/{self.connection_id}/records"
        with suppress(requests.RequestException):
            headers = {"Authorization": f"Bearer {self._token}"}
            requests.post(f"{where}/{entity}/{record_id}/sync", headers=headers, json={}, timeout=5)

    def retry_all(self) -> None:
        """`ac365 failures retry --all`, and the end of every pause."""
        with self.services.db.transaction() as tx:
            failures.request_retry(tx, all=True)
            for each in pauses.active(tx, self.connection_id):
                way = Direction(each["direction"]) if each["direction"] else None
                pauses.resume(tx, self.connection_id, None, way, "round")

    # What it can be asked

    def state_of(self, cycle_id: int) -> str:
        with suppress(StoreError), self.services.db.transaction() as tx:
            found = stored.get(tx, cycle_id)
            return str(found["state"]) if found else "gone"
        return "nobody knows"

    def under_way(self) -> dict[str, int]:
        """What is not settled yet, zeros left out."""
        with suppress(StoreError), self.services.db.transaction() as tx:
            row = tx.execute(UNDER_WAY).fetchone()
            assert row is not None
            return {name: number for name, number in row.items() if number}
        return {"unknown": 1}

    def calm(self, within_s: float) -> bool:
        """Waits until nothing is under way, twice in a row; whether that came in time."""
        return self.until(lambda: not self.under_way() and not time.sleep(LOOKS_S) and not self.under_way(), within_s)

    def until(self, condition: Callable[[], Any], within_s: float) -> bool:
        """Whether something that happens in other processes happened in time."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOKS_S)
        return True

    def failures(self) -> list[str]:
        """What stands on the failure list."""
        with self.services.db.transaction() as tx:
            rows = failures.listed(tx, self.connection_id, state="open")
        return [f"{row['entity']} {str(row['record_id'])[-4:]} is on the failure list: {row['code']}" for row in rows]

    def differences(self) -> list[str]:
        """What `ac365 verify` finds."""
        found = verify.compare(self.services.context(self.connection_id), anew=True)
        return [] if found.agrees else [str(one) for one in found.differences] or ["verify does not agree"]
