"""What every record held when, and whether ac365 wrote it: the write journals of both services with the values."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from machine.journal import ACTIVECAMPAIGN, DYNAMICS
from machine.oracle import sides
from machine.oracle.sides import Key, Sides, look

from rounds.ground import Ground
from simulators.dynamics.store.storage import Noted, Session

OURS = ("api", "import")
"""Sources in ActiveCampaign's journal that are programs; people are `admin`, `public` and `system`."""
PERSON, COMPANY = ("contact", "lead"), "account"
Place: TypeAlias = tuple[str, str, Any]
"""The service, the kind of record, its id there."""


@dataclass(frozen=True)
class Entry:
    """What a record held from `at` on, in seconds of a clock that only runs. ours: ac365 wrote it, None: nobody
    knows."""

    at: float
    values: dict[str, str]
    ours: bool | None


class History:
    """Listens to both services from now on. `made` is called with each person that ac365 has just made in Dynamics."""

    def __init__(self, ground: Ground) -> None:
        self.crm, self.ac = ground.crm.state, ground.ac.state
        self.of: defaultdict[Place, list[Entry]] = defaultdict(list)
        self.made: Callable[[Sides], None] = lambda _sides: None
        self.listed: Callable[[int, int, int], None] = lambda _contact, _list, _status: None
        self._lists: dict[tuple[int, int], int] = {}
        self._touched: defaultdict[tuple[str, int], set[bool]] = defaultdict(set)
        self._lock = threading.RLock()
        self._ours = sides.integration(self.crm)
        self._ends: list[Callable[[], None]] = []
        self._look()
        self._listen(ground)

    def _look(self) -> None:
        """What is there at the beginning."""
        for table in (*PERSON, COMPANY):
            for row in sides.rows(self.crm, table):
                self._dynamics(table, row, ours=False)
        with self.ac.lock:
            for number in self.ac.contacts.rows:
                self._there("contact", number, ours=False)

    def _listen(self, ground: Ground) -> None:
        before, add = self.crm.storage.committed, self.ac.log.add

        def committed(session: Session, by: str) -> None:
            if before:
                before(session, by)
            self._committed(session.noted, ours=by == self._ours)

        def journal(**entry: Any) -> None:
            add(**entry)
            self._noted(entry)

        self.crm.storage.committed = committed
        self.ac.log.add = journal  # type: ignore[method-assign]
        ground.ac.ended.append(self._answered)
        self._ends = [
            lambda: setattr(self.crm.storage, "committed", before),
            lambda: setattr(self.ac.log, "add", add),
            lambda: ground.ac.ended.remove(self._answered),
        ]

    def end(self) -> None:
        """Listens no more."""
        for end in self._ends:
            end()

    # Dynamics

    def _committed(self, noted: list[Noted], *, ours: bool) -> None:
        wrote = {(each.table, each.row_id) for each in noted if each.table in (*PERSON, COMPANY)}
        for table in {table for table, _ in wrote}:
            for row in sides.rows(self.crm, table):
                if (table, row[f"{table}id"]) in wrote:
                    self._dynamics(table, row, ours=ours)
        if ours and any(each.table in PERSON and each.how == "created" for each in noted):
            self.made(look(self.crm, self.ac))

    def _dynamics(self, table: str, row: dict[str, Any], *, ours: bool) -> None:
        if table == COMPANY:
            found = sides.as_company(row)
            self._keep((DYNAMICS, table, found.id), {"name": found.name, **found.values}, ours)
            return
        person = sides.as_person(self.crm, table, row)
        told = {
            "address": person.address,
            "active": str(person.active),
            "out": str(person.no_bulk_mail or person.no_mail),
        }
        self._keep((DYNAMICS, table, person.id), {**person.values, **told}, ours)

    # ActiveCampaign

    def _noted(self, entry: dict[str, Any]) -> None:
        """The account's lock is held."""
        ours = entry["source"] in OURS
        with self._lock:
            for kind in ("contact", "account"):
                if kind in entry:
                    self._touched[kind, entry[kind]].add(ours)
        if entry["what"] in ("listed", "relisted"):
            place = entry["contact"], entry["list"]
            if ours:
                self.listed(*place, entry["status"])
            self._lists[place] = entry["status"]

    def _answered(self) -> None:
        """A call has ended: whoever it touched is looked at."""
        with self.ac.lock, self._lock:
            touched, self._touched = dict(self._touched), defaultdict(set)
            for (kind, number), by in touched.items():
                self._there(kind, number, ours=by == {True} if len(by) == 1 else None)

    def _there(self, kind: str, number: int, *, ours: bool | None) -> None:
        if kind == "contact" and number in self.ac.contacts.rows:
            found = sides.as_contact(self.ac, self.ac.contacts.rows[number])
            self._keep((ACTIVECAMPAIGN, kind, number), {**found.values, "address": found.address}, ours)
        elif kind == "account" and number in self.ac.accounts.rows:
            account = sides.as_account(self.ac, self.ac.accounts.rows[number])
            self._keep((ACTIVECAMPAIGN, kind, number), {"name": account.name, **account.values}, ours)

    def _keep(self, place: Place, values: dict[str, str], ours: bool | None) -> None:
        with self._lock:
            known = self.of[place]
            if not known or known[-1].values != values:
                known.append(Entry(time.monotonic(), values, ours))

    # What it tells

    def list_state(self, contact: int, number: int) -> int | None:
        """What was last said of a contact's state on a list, None for nothing."""
        return self._lists.get((contact, number))

    def steady(self, key: Key, name: str, for_s: float) -> bool:
        """Whether a record of Dynamics has held its present value of this name for so long."""
        with self._lock:
            entries = self.of[DYNAMICS, key[0], key[1]]
        since = time.monotonic()
        for entry in reversed(entries):
            if entry.values.get(name) != entries[-1].values.get(name):
                break
            since = entry.at
        return bool(entries) and time.monotonic() - since >= for_s

    def values(self, place: Place, name: str) -> Iterator[tuple[float, str, bool | None]]:
        """Moment, value and author of each change of one field."""
        last = None
        for entry in self.of[place]:
            value = entry.values.get(name, "")
            if value != last:
                yield entry.at, value, entry.ours
            last = value
