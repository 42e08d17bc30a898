"""A story: records in Dynamics, runs of the pipeline, and what ActiveCampaign holds afterwards, in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.hands import CONTOSO, FABRIKAM, Hands
from support.pump import Pump

from config import document as documents
from engine import caution, configure, recovery, request, verify
from engine.context import Context
from engine.verify_report import Report
from engine.wake import Stage, Wake
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.faults import Fault
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.rows import fetch
from store import cycles as stored
from store import failures, links, opportunities, outbox, outcomes, records
from sync.model import Entity, Lane, Link

__all__ = ["CONTOSO", "COUNTED", "FABRIKAM", "NEWS", "NEWS_ID", "YEAR", "Story"]
COUNTED = ("created", "updated", "unchanged", "skipped", "waiting", "failed")
NEWS = "Newsletter"
NEWS_ID = 2
YEAR = "2025-01-{:02d}T08:00:00Z"
"""Dates of modification in the order of their day."""


class Story(Hands):
    """Both simulators and the pipeline between them. After every run the counters of every stream add up."""

    def __init__(self, crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> None:
        super().__init__(crm, ac)
        self.pump = pump

    # What runs

    def sync(self, *entities: Entity, state: str = "complete", **how: Any) -> dict[str, dict[str, int]]:
        """A cycle on request that ends in this state; answers with what was counted, zeros left out, by entity."""
        return self.counts(self.pump.sync(*entities, **how), state)

    def counts(self, cycle: dict[str, Any], state: str = "complete") -> dict[str, dict[str, int]]:
        told = [(stream["entity"], stream["error"]) for stream in cycle["streams"] if stream["error"]]
        assert cycle["state"] == state, (cycle["state"], told)
        for stream in cycle["streams"]:
            ended = stream["state"] == "done"
            assert not ended or stream["read"] == sum(stream[name] for name in COUNTED), stream
        return {_named(s): {name: s[name] for name in COUNTED if s[name]} for s in cycle["streams"]}

    def start(self, *entities: Entity) -> int:
        """Opens a cycle and carries out nothing; answers with its id."""
        self.pump.services.context(self.pump.connection_id)
        with self.transaction() as tx:
            planned = request.plan(tx, self.pump.connection_id, self.context.document, list(entities))
            return request.start(tx, self.pump.connection_id, planned, "test")[0]

    def baseline(self) -> None:
        """The sync begins with the next change."""
        with self.transaction() as tx:
            planned = request.plan(tx, self.pump.connection_id, self.context.document, [], from_now=True)
            cycle_id, wakes = request.start(tx, self.pump.connection_id, planned, "test")
        self.pump.run(wakes)
        self.counts(self.pump.cycle(cycle_id))

    def approve(self, cycle_id: int) -> None:
        """A person lets a cycle go on that asked."""
        self.pump.run(self._mine(caution.approve, cycle_id, "test"))

    def wakes_of(self, cycle_id: int) -> list[Wake]:
        """The message that starts a cycle."""
        return [Wake(Stage.CYCLE, (self.pump.connection_id, cycle_id), Lane.SYNC)]

    def state_of(self, cycle_id: int) -> str:
        return str(self.pump.cycle(cycle_id)["state"])

    def is_trailing(self, cycle_id: int) -> bool:
        """Whether only opportunities of a cycle are left."""
        return bool(self.pump.cycle(cycle_id)["trails"])

    def pick(self, *opportunity_ids: str) -> None:
        """A person picks opportunities by hand."""
        self._mine(opportunities.pick, opportunity_ids, "test")

    def go_on(self, until: Callable[[], bool] = lambda: False) -> None:
        """What the sweep finds is carried out, to the end or until this holds."""
        self.pump.run(recovery.sweep(self.pump.services.db, self.pump.services.now()), until)

    def sweep(self) -> None:
        """Sweeps until nothing is ready any more, also for cycles that have ended."""
        for _ in range(20):
            found = recovery.sweep(self.pump.services.db, self.pump.services.now())
            if not found:
                return
            self.pump.run(found)
        raise AssertionError("the sweep finds no end")

    def delay(self) -> bool:
        """What is on its way waits for an hour; answers whether anything is."""
        with self.transaction() as tx:
            return bool(tx.execute("UPDATE outbox SET due_at = now() + interval '1 hour'").rowcount)

    def later(self) -> None:
        """Whatever waits for its time is due now."""
        with self.transaction() as tx:
            tx.execute("UPDATE outbox SET due_at = NULL")
            tx.execute("UPDATE imports SET poll_at = now() WHERE poll_at IS NOT NULL")
            tx.execute("UPDATE failures SET due_at = now() WHERE due_at IS NOT NULL")
            tx.execute("UPDATE wanted SET asked_at = now() - interval '1 hour'")

    def backlog(self) -> int:
        """How many changes are on their way."""
        return sum(row["ready"] + row["waiting"] + row["in_flight"] for row in self._mine(outbox.pending_counts))

    def cycle_counts(self, kind: str, state: str = "complete") -> dict[str, dict[str, int]]:
        """What the newest cycle of this kind counted."""
        with self.transaction() as tx:
            newest = next(row for row in stored.recent(tx, 20, self.pump.connection_id) if row["kind"] == kind)
        return self.counts(self.pump.cycle(newest["id"]), state)

    def shuffle(self, seed: int) -> None:
        """From now on messages arrive in any order."""
        self.pump = Pump(self.pump.services, self.pump.connection_id, seed)

    def last_cycle(self) -> dict[str, Any]:
        with self.transaction() as tx:
            newest = stored.recent(tx, 1, self.pump.connection_id)[0]
        return self.pump.cycle(newest["id"])

    def configure(self, **entities: dict[str, Any]) -> None:
        """Changes settings of entities; `sync={...}`, `guards={...}` and `consent={...}` change those."""
        version, current = self._do(configure.current, self.pump.connection_id)
        wanted = {**current, "entities": {name: dict(one) for name, one in current["entities"].items()}}
        for section in ("sync", "guards", "consent", "panel"):
            wanted[section] = {**current[section], **entities.pop(section, {})}
        for name, settings in entities.items():
            wanted["entities"][name] |= settings
        now = self.pump.services.now()
        self._do(configure.replace, self.pump.connection_id, version, documents.load(wanted), "test", now)

    def refresh(self) -> None:
        """What happens every quarter of an hour: both sides are described anew."""
        self.context.refresh(Lane.SYNC)

    # What came of it

    @property
    def context(self) -> Context:
        return self.pump.services.context(self.pump.connection_id)

    def verify(self) -> Report:
        """The full comparison, which must agree."""
        report = verify.compare(self.context)
        assert report.agrees, report.differences
        return report

    def row(self, table: str, record_id: str) -> dict[str, Any]:
        """A record of Dynamics as it is stored."""
        with self.crm.storage.read() as session:
            found = fetch(session, self.crm.catalog.tables[table], record_id)
        assert found is not None, (table, record_id)
        return dict(found)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All records of a table of Dynamics."""
        with self.crm.storage.read() as session:
            ids = [row[0] for row in session.rows(f"SELECT {table}id FROM {table}")]
        return [self.row(table, one) for one in ids]

    def person(self, address: str) -> Contact | None:
        return self.ac.contact(address)

    def company_of(self, address: str) -> str | None:
        """The name of the account that this person belongs to in ActiveCampaign."""
        contact = self.ac.contact(address)
        link = self.ac.links.get(contact.account) if contact else None
        return str(self.ac.accounts.rows[link["account"]]["name"]) if link else None

    def list_state(self, address: str) -> int | None:
        """1 subscribed, 2 unsubscribed, None when never on the list."""
        contact = self.ac.contact(address)
        return contact.lists[NEWS_ID].status if contact and NEWS_ID in contact.lists else None

    def link(self, entity: Entity, record_id: str) -> Link | None:
        found: dict[str, Link] = self._mine(links.of_records, entity, [record_id])
        return found.get(record_id)

    def record(self, entity: Entity, record_id: str) -> dict[str, Any]:
        found = self._mine(records.get, entity, record_id)
        assert found is not None
        return dict(found)

    def reasons(self, entity: Entity, record_id: str) -> list[str]:
        """What happened to a record in words, the latest first."""
        return [row["reason"] for row in self._mine(outcomes.of_record, entity, record_id, 20)]

    def failures(self, state: str | None = "open") -> list[dict[str, Any]]:
        return [dict(row) for row in self._mine(failures.listed, state=state)]

    def writes(self) -> dict[str, int]:
        """Contacts written to ActiveCampaign per route since the last time this was asked."""
        self.ac.settle()
        found: dict[str, int] = self.ac.stats.as_json()["writes"]
        self.ac.stats.reset()
        return {route.removeprefix("POST /api/3/").removeprefix("PUT /api/3/"): n for route, n in found.items()}

    def refuse(self, method: str, path: str, status: int = 422, times: int = 1, body: str = "{}") -> None:
        """ActiveCampaign answers the next such calls with this status and does nothing."""
        self.ac.faults.add(Fault("status", path=path, method=method, status=status, times=times, body=body))

    def forget_requests(self) -> None:
        self.ac.stats.reset()
        self.crm.stats.reset()

    def routes(self) -> dict[str, int]:
        """Requests of both services since `forget_requests`, by method and route."""
        found: dict[str, int] = self.ac.stats.as_json()["routes"] | self.crm.stats.as_json()["routes"]
        return found

    def transaction(self) -> Any:
        return self.pump.services.db.transaction()

    def _do(self, function: Any, *args: Any, **named: Any) -> Any:
        with self.transaction() as tx:
            return function(tx, *args, **named)

    def _mine(self, function: Any, *args: Any, **named: Any) -> Any:
        return self._do(function, self.pump.connection_id, *args, **named)


def _named(stream: dict[str, Any]) -> str:
    inbound = stream["direction"] == "inbound"
    return f"{stream['entity']} inbound" if inbound else str(stream["entity"])
