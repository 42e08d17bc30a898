"""Contacts, kept compact: a million of them fit into a few gigabytes, and each is found by id, address or change."""

from __future__ import annotations

import gc
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulators.activecampaign.model.changes import ChangeLog
from simulators.activecampaign.model.table import Owners

# Id, text, second of creation, second of the last write.
Value = tuple[int, str, int, int]


class Membership:
    """A contact's state on one list: 1 subscribed, 2 unsubscribed, 3 unconfirmed, 0 none."""

    __slots__ = ("campaign", "form", "id", "message", "reason", "sdate", "sourceid", "status", "udate")

    def __init__(self, number: int, status: int, now: int) -> None:
        self.id, self.status, self.sdate = number, status, now
        self.udate: int | None = None
        self.reason, self.sourceid = "", 0
        self.campaign: int | None = None
        self.message: int | None = None
        self.form: int | None = None


class Contact:
    """`values` by field id, `tags` maps tag id to association id and second, `lists` by list id.

    `udate` moves with what people change, `touched` also with opens and clicks. `rare` holds what few contacts have:
    last_open, last_mpp_open, mpp, last_click, bounced_hard, bounced_soft, bounced_at, sent, read, edate.
    """

    __slots__ = (
        "account", "cdate", "email", "first", "id", "last", "lists", "phone", "rare", "tags", "touched", "udate",
        "values",
    )  # fmt: skip

    def __init__(self, number: int, email: str, now: int) -> None:
        self.id, self.email, self.first, self.last, self.phone = number, email, "", "", ""
        self.cdate = self.udate = self.touched = now
        self.values: dict[int, Value] = {}
        self.tags: dict[int, tuple[int, int]] = {}
        self.lists: dict[int, Membership] = {}
        self.account = 0
        self.rare: dict[str, Any] | None = None

    def seldom(self, key: str, default: Any = None) -> Any:
        return self.rare.get(key, default) if self.rare else default

    def note(self, key: str, value: Any) -> None:
        self.rare = {**(self.rare or {}), key: value}


class Contacts:
    """All contacts. `version` moves with every change, so that a count can be kept until it is outdated."""

    def __init__(self) -> None:
        self.rows: dict[int, Contact] = {}
        self.ids = array("q")
        self.log = ChangeLog()
        self.value_ids, self.tag_ids, self.list_ids = Owners(), Owners(), Owners()
        self.version = 0
        self._by_email: dict[str, int] = {}
        self._last = 0
        self._filing = True

    def add(self, email: str, now: int) -> Contact:
        self._last += 1
        contact = self.rows[self._last] = Contact(self._last, email, now)
        self.ids.append(self._last)
        if email:
            self._by_email[email.lower()] = self._last
        self.moved(contact)
        return contact

    def find(self, email: str) -> Contact | None:
        """By address, without regard to case: an address is unique in an account."""
        return self.rows.get(self._by_email.get(email.lower(), 0))

    def rename(self, contact: Contact, email: str) -> None:
        self._by_email.pop(contact.email.lower(), None)
        contact.email = email
        if email:
            self._by_email[email.lower()] = contact.id

    def remove(self, contact: Contact) -> None:
        self._by_email.pop(contact.email.lower(), None)
        del self.rows[contact.id]
        self.ids.pop(bisect_left(self.ids, contact.id))
        self.version += 1

    def touch(self, contact: Contact, now: int) -> None:
        """Moves the contact's date of change to `now`."""
        contact.touched = now
        if contact.udate != now:
            contact.udate = now
            self.moved(contact)
        self.version += 1

    def moved(self, contact: Contact) -> None:
        """Files the contact under its present `udate`."""
        self.version += 1
        if not self._filing:
            return
        self.log.add(contact.udate, contact.id)
        if len(self.log) > 2 * len(self.rows) + 100_000:
            self._file_all()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Files the contacts that come inside only at its end: dates in any order would make each one expensive."""
        self._filing = False
        # A million new objects and no garbage among them: looking for it again and again takes most of the time.
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
            self._filing = True
            self._file_all()

    def _file_all(self) -> None:
        self.log.rebuild((each.udate, each.id) for each in self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)
