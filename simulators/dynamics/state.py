"""The simulated environment: records, definitions, people, tokens, limits and switches. Thread-safe."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simulators.common.faults import Faults
from simulators.common.stats import Stats
from simulators.common.writes import WriteLog
from simulators.dynamics import seed
from simulators.dynamics.access import Access, Caller, grant
from simulators.dynamics.authority.authority import Application, Authority, Person
from simulators.dynamics.clock import Clock
from simulators.dynamics.events.hooks import Webhooks
from simulators.dynamics.events.steps import REGISTRATION
from simulators.dynamics.limits import Limits
from simulators.dynamics.schema.catalog import Table, stable_id
from simulators.dynamics.schema.describe import read_catalog
from simulators.dynamics.sessions import Sessions
from simulators.dynamics.store.loader import Loader
from simulators.dynamics.store.storage import Session, make_storage

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT_ID = "22222222-2222-4222-8222-222222222222"
SECRET = "simulated-secret"  # noqa: S105  The simulator's own, published on purpose.
REDIRECTS = tuple(f"http://{host}/sign-in/callback" for host in ("localhost", "127.0.0.1"))


def first_switches() -> dict[str, Any]:
    """The switches with their first values.

    Limits: `requests_per_window`, `execution_ms_per_window`, `concurrent_requests` (None lifts one), `window_s`,
    `dop_hint`, `cost_scale`. Where the documentation is silent: `expired_token_status` (400 or 410),
    `publish_invalidates_tokens`, `tracking_off` ("error", or "no_link" for environments that just leave the delta link
    out), `tracking_status` (for options that change tracking refuses), `read_only_columns` ("ignore" or "refuse"),
    `eq_wildcards`, `ne_matches_null`, `null_keys_exempt`, `key_build_s`, `count_snapshot_h`, `token_lifetime_s`,
    `publish_s` (seconds that publishing takes), `customization_busy_status` (429 or 503, for a customization while
    another one runs), `grants_within_own` (nobody gives a role what they have not themselves), `webhook_loss` (share of
    events that no webhook hears of), `webhook_disorder_s` (by how much events are late, at most).
    """
    return {
        "requests_per_window": 6000, "execution_ms_per_window": 1_200_000, "concurrent_requests": 52, "window_s": 300,
        "dop_hint": 8, "cost_scale": 1.0, "expired_token_status": 400, "publish_invalidates_tokens": False,
        "tracking_off": "error", "tracking_status": 400, "read_only_columns": "ignore", "eq_wildcards": True,
        "ne_matches_null": True, "null_keys_exempt": True, "key_build_s": 1.0, "count_snapshot_h": 24,
        "token_lifetime_s": 3599, "publish_s": 0, "customization_busy_status": 429,
        "grants_within_own": True, "webhook_loss": 0.0, "webhook_disorder_s": 0.0,
    }  # fmt: skip


@dataclass(frozen=True)
class DuplicateRule:
    """A published rule of duplicate detection: records of a table that agree in all columns are duplicates.

    An empty column never agrees. Inactive records count only with `inactive`.
    """

    table: str
    columns: tuple[str, ...]
    inactive: bool = False


class Dynamics:
    """Everything behind the Web API. One object is one environment."""

    def __init__(self, tenant: str = TENANT, client_id: str = CLIENT_ID, secret: str = SECRET) -> None:
        self._application = client_id, secret, "ac365", [seed.INTEGRATION], None, REDIRECTS
        self.clock = Clock()
        self.switches: dict[str, Any] = {}
        self.faults = Faults()
        self.stats, self.log = Stats(), WriteLog()
        self.catalog = read_catalog()
        self.storage = make_storage(self.catalog)
        self.storage.committed = self._wrote
        self.access = Access(self.storage)
        self.authority = Authority(tenant, self.clock, self.switches)
        self.schema_lock = threading.RLock()
        self.customizing, self.customization = threading.Lock(), ""
        self._empty()
        self._seed()
        self.add_application(*self._application)
        self._first_catalog = self.catalog.copy()
        self.storage.remember()

    def reset(self) -> None:
        """A fresh environment again. An application that serves it stays valid, and so do tokens handed out so far."""
        with self.schema_lock:
            self.hooks.courier.forget()
            self.clock.reset()
            self.faults.reset()
            self.stats.reset()
            self.log.reset()
            # Few change a definition, and copying all of them takes longer than looking.
            if self.catalog != self._first_catalog:
                self.catalog = self._first_catalog.copy()
            self.storage.restore()
            self.authority.reset()
            self._empty()
            self.access.forget()
            self.add_application(*self._application)

    def _empty(self) -> None:
        self.switches.clear()
        self.switches.update(first_switches())
        self.hooks = Webhooks(self.clock, self.switches, lambda job: self.load("asyncoperation", [job]))
        self.limits = Limits(self.clock, self.switches)
        self.sessions = Sessions()
        self.floors: dict[str, int] = {}
        self.issued: set[tuple[str, str, str]] = set()
        self.counts: dict[str, tuple[float, int]] = {}
        self.unpublished: set[str] = set()
        self.duplicate_rules = [DuplicateRule(table, ("emailaddress1",)) for table in ("account", "contact", "lead")]

    def close(self) -> None:
        """Removes the records' temporary file."""
        self.hooks.courier.forget()
        self.storage.close()

    def _wrote(self, session: Session, by: str) -> None:
        """Counts and logs what was committed, and tells those who listen."""
        for table, row_id, how, columns in session.noted:
            self.stats.row(table, how)
            self.log.add(table=table, id=row_id, how=how, columns=list(columns), by=by, at=self.clock.stamp())
        self.hooks.committed(session, self.catalog, by)

    def load(self, table: str, rows: Iterable[dict[str, Any]]) -> int:
        """Seeds rows, past limits and privileges, and answers with their number. See store/loader.py for the keys."""
        loader = Loader(self.storage, self.catalog, seed.DEFAULTS, self.clock.stamp())
        count = loader.load(self.catalog.tables[table], rows)
        if table in REGISTRATION:
            self.hooks.forget_steps()
        self.access.forget()
        return count

    def _seed(self) -> None:
        for table, rows in seed.records(self.catalog):
            self.load(table, rows)
        with self.storage.write() as session:
            for role, privileges in seed.grants().items():
                grant(session, stable_id("role", role), privileges)
            self.link(session, "systemuserroles_association", seed.ADMIN, stable_id("role", "System Administrator"))
            self.link(session, "systemuserroles_association", seed.SELLER, stable_id("role", "Salesperson"))
            self.link(session, "teammembership_association", seed.TEAM, seed.ADMIN)

    def link(self, session: Session, association: str, first: str, second: str) -> None:
        """Ties two rows together, many to many."""
        if session.run('INSERT OR IGNORE INTO "~links" VALUES (?, ?, ?)', (association, first, second)):
            session.note(association, first, "created")
        self.access.forget()

    def add_application(
        self,
        client_id: str,
        secret: str | None,
        name: str,
        roles: list[str],
        certificate: str | None = None,
        redirects: Iterable[str] = (),
    ) -> str:
        """Registers an application with its application user and answers with the user's id. `certificate` is PEM."""
        self.authority.register(Application(client_id, secret, certificate, tuple(redirects)))
        user = stable_id("user", client_id)
        known = self.access.named("applicationid", client_id)
        if known is None:
            self.load("systemuser", [seed.application_row(user, client_id, name)])
        with self.storage.write() as session:
            session.run("DELETE FROM \"~links\" WHERE name = 'systemuserroles_association' AND first = ?", (user,))
            for role in roles:
                self.link(session, "systemuserroles_association", user, self.role(session, role))
        self.access.forget()
        return user

    def role(self, session: Session, name: str) -> str:
        """The id of a role's root copy. Raises KeyError."""
        sql = "SELECT roleid FROM role WHERE name = ? AND parentrootroleid = roleid ORDER BY businessunitid <> ?"
        found = session.value(sql, (name, seed.ROOT_UNIT))
        if found is None:
            raise KeyError(name)
        return str(found)

    def person(self, user: str = seed.ADMIN) -> Caller:
        """Somebody who edits records in front of the screen, past privileges and limits."""
        return Caller((self.access.party(user),), trusted=True)

    def people(self) -> list[Person]:
        """Who can sign in."""
        sql = """SELECT azureactivedirectoryobjectid, domainname, fullname FROM systemuser
                 WHERE applicationid IS NULL AND azureactivedirectoryobjectid IS NOT NULL ORDER BY fullname"""
        with self.storage.read() as session:
            return [Person(*row) for row in session.rows(sql)]

    def expire_tokens(self, tables: Iterable[Table]) -> None:
        """Makes every delta link handed out so far for these tables worthless."""
        with self.storage.write() as session:
            version = session.next_version()
        self.floors.update({table.logical: version for table in tables})

    def new_id(self) -> str:
        return str(uuid.uuid4())
