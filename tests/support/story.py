"""A story: records in Dynamics, runs of the pipeline, and what ActiveCampaign holds afterwards, in a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import requests
from support.pump import Pump

from config import document as documents
from engine import configure, recovery, request, verify
from engine.context import Context
from engine.verify_report import Report
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.faults import Fault
from simulators.dynamics.state import TENANT, Dynamics
from simulators.dynamics.store.rows import fetch
from store import cycles as stored
from store import failures, links, outbox, outcomes, records
from sync.model import Entity, Lane, Link

CONTOSO = "cccccccc-1111-4000-8000-000000000001"
FABRIKAM = "cccccccc-1111-4000-8000-000000000002"
COUNTED = ("created", "updated", "unchanged", "skipped", "waiting", "failed")
NEWS = "Newsletter"
NEWS_ID = 2
YEAR = "2025-01-{:02d}T08:00:00Z"
"""Dates of modification in the order of their day."""


class Story:
    """Both simulators and the pipeline between them. After every run the counters of every stream add up."""

    def __init__(self, crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> None:
        self.crm, self.ac, self.pump = crm, ac, pump
        self.ids: list[str] = []

    # What is in ActiveCampaign

    def edit_there(self, *whom: str, **what: Any) -> None:
        """A person changes contacts in ActiveCampaign: `set` core fields, `fields`, `tags`, `lists`, `delete`,
        `create`."""
        for one in whom:
            requests.post(f"{self.ac.url}/_sim/edit", json={"contact": one, **what}).raise_for_status()

    def edit_account_there(self, name: str, **what: Any) -> None:
        """A person changes an account in ActiveCampaign."""
        requests.post(f"{self.ac.url}/_sim/edit", json={"account": name, **what}).raise_for_status()

    def move_there(self, address: str, company: str | None) -> None:
        """A person of ActiveCampaign comes to belong to another account, or to none."""
        contact = self.ac.contact(address)
        assert contact is not None
        present = self.ac.links.get(contact.account) if contact.account else None
        headers = {"Api-Token": "simulated-key"}
        root = f"{self.ac.url}/api/3/accountContacts"
        if company is None:
            requests.delete(f"{root}/{contact.account}", headers=headers).raise_for_status()
            return
        row = self.ac.accounts.first(name=company)
        body = {"accountContact": {"account": row["id"], "contact": contact.id}}
        method, where = ("PUT", f"{root}/{contact.account}") if present else ("POST", root)
        requests.request(method, where, json=body, headers=headers).raise_for_status()

    # What is in Dynamics

    def account(self, record_id: str = CONTOSO, name: str = "Contoso", **more: Any) -> str:
        self.crm.load("account", [{"accountid": record_id, "name": name, **more}])
        return record_id

    def contact(self, record_id: str, address: str | None, account: str | None = None, **more: Any) -> str:
        row = {"contactid": record_id, "lastname": "Byron", "emailaddress1": address, **more}
        if account:
            row |= {"_parentcustomerid_value": account, "parentcustomerid_type": "account"}
        self.crm.load("contact", [row])
        return record_id

    def lead(self, record_id: str, address: str | None, **more: Any) -> str:
        row = {"leadid": record_id, "lastname": "Byron", "subject": "Web", "emailaddress1": address, **more}
        self.crm.load("lead", [row])
        return record_id

    def crowd(self, number: int, **more: Any) -> list[str]:
        """Many contacts: person1@example.com and so on."""
        found = range(len(self.ids) + 1, len(self.ids) + number + 1)
        ids = [f"eeeeeeee-0000-4000-8000-{one:012d}" for one in found]
        self.ids += ids
        self.crm.load(
            "contact",
            [
                {"contactid": i, "lastname": f"Person {n}", "emailaddress1": f"person{n}@example.com", **more}
                for i, n in zip(ids, found, strict=True)
            ],
        )
        return ids

    def edit(self, table: str, record_id: str, **values: Any) -> None:
        """A person changes a record in Dynamics."""
        self._post({"table": table, "id": record_id, "set": values})

    def edit_all(self, table: str, ids: Iterable[str], **values: Any) -> None:
        self._post(*({"table": table, "id": one, "set": values} for one in ids))

    def delete(self, table: str, record_id: str) -> None:
        """A person deletes a record in Dynamics."""
        self._post({"table": table, "delete": record_id})

    def qualify(self, lead_id: str) -> None:
        """A salesperson qualifies a lead: it becomes a contact."""
        self._act(f"leads({lead_id})/Microsoft.Dynamics.CRM.QualifyLead", CreateContact=True, Status=3)

    def merge(self, survivor: str, loser: str, **content: Any) -> None:
        """Two contacts become one."""
        kind = "Microsoft.Dynamics.CRM.contact"
        both = {
            name: {"contactid": one, "@odata.type": kind}
            for name, one in (("Target", survivor), ("Subordinate", loser))
        }
        self._act("Merge", **both, UpdateContent={"@odata.type": kind, **content})

    def _act(self, action: str, **parameters: Any) -> None:
        """An action of Dynamics, done by a system administrator."""
        client = "99999999-9999-4999-8999-999999999999"
        self.crm.add_application(client, "other", "Mira's own", ["System Administrator"])
        form = {"client_id": client, "client_secret": "other", "grant_type": "client_credentials"}
        scope = {"scope": f"{self.crm.url}/.default"}
        token = requests.post(f"{self.crm.url}/{TENANT}/oauth2/v2.0/token", data=form | scope).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        requests.post(f"{self.crm.url}/api/data/v9.2/{action}", json=parameters, headers=headers).raise_for_status()

    def forbid(self, *privileges: str) -> None:
        """An administrator of Dynamics takes privileges from ac365's role."""
        self._privileges(dict.fromkeys(privileges))

    def allow(self, *privileges: str) -> None:
        self._privileges(dict.fromkeys(privileges, "Global"))

    def _privileges(self, wanted: dict[str, str | None]) -> None:
        wish = {"role": "Integration", "set": wanted}
        requests.post(f"{self.crm.url}/_sim/privileges", json=wish).raise_for_status()

    def _post(self, *edits: dict[str, Any]) -> None:
        requests.post(f"{self.crm.url}/_sim/edit", json=list(edits)).raise_for_status()

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
        for section in ("sync", "guards", "consent"):
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
