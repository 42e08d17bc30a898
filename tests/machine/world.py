"""Both services, the pipeline between them, and what a step needs to act on them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import requests
from support.story import Story

from machine.clock import Clock
from machine.journal import Journal
from machine.oracle.sides import Contact, Person, Sides, look
from machine.pipeline import Pipeline
from machine.plugin import Plugin
from machine.steps import KINDS, Pick, Step
from simulators.activecampaign.ops import companies
from simulators.common.faults import Fault

ADDRESSES = tuple(f"{name}@example.com" for name in ("ada", "ben", "cleo", "dov", "eve"))
TEXTS = ("Engineer", "Countess", "Zoë O'Neil", "Programmer", "Berlin", "+49 30 1234")


class World:
    """Runs steps. `lines` says in words what happened so far, `addresses` are those that people may get."""

    addresses: Sequence[str] = ADDRESSES

    def __init__(self, story: Story, clock: Clock, plugin: Plugin) -> None:
        self.story, self.clock, self.plugin = story, clock, plugin
        self.crm, self.ac = story.crm, story.ac
        self.journal = Journal()
        self.pipeline = Pipeline(story, clock, plugin, self.journal)
        self.lines: list[str] = []
        self._numbers = itertools.count(1)

    def play(self, step: Step) -> None:
        """Carries out one step. Raises Disagreement when the sides are not what they have to be."""
        pick = Pick(step.numbers)
        self.journal.step += 1
        # Now and then a step falls into the second of the one before.
        if step.numbers[-1:] != (1,):
            self.clock.tick()
        self.lines.append(f"{self.journal.step:3} {step.name} ...")
        told = KINDS[step.name].act(self, pick)
        self.lines.pop()
        if told:
            self.lines.append(f"{self.journal.step:3} {told}")

    # What is there

    def sides(self) -> Sides:
        return look(self.crm, self.ac)

    def active_person(self, pick: Pick) -> Person | None:
        found = [person for person in self.sides().people if person.active]
        return pick.one(found) if found else None

    def is_known_by_address_only(self, contact: Contact) -> bool:
        """Whether the pipeline delivered this contact and has not learnt its id yet."""
        with self.story.transaction() as tx:
            query = "SELECT FROM links WHERE address = %s AND ac_id IS NULL"
            return tx.execute(query, [contact.address]).fetchone() is not None

    def contacts(self) -> list[Contact]:
        return [contact for _, contact in sorted(self.sides().contacts.items())]

    def a_contact(self, pick: Pick) -> Contact | None:
        found = self.contacts()
        return pick.one(found) if found else None

    def new_id(self) -> str:
        return str(UUID(int=(0xE << 124) + next(self._numbers), version=4))

    def new_name(self) -> str:
        return f"Company {next(self._numbers)}"

    # What people do

    def in_dynamics(self, edit: dict[str, Any]) -> None:
        self._post(self.crm.url, "edit", [edit])

    def in_activecampaign(self, **edit: Any) -> None:
        self._post(self.ac.url, "edit", edit)

    def mail_event(self, kind: str, contact: int) -> None:
        self._post(self.ac.url, "events", {"kind": kind, "contact": contact, "campaign": 1})

    def merge(self, table: str, survivor: str, loser: str) -> None:
        kind = f"Microsoft.Dynamics.CRM.{table}"
        both = {
            name: {f"{table}id": one, "@odata.type": kind}
            for name, one in (("Target", survivor), ("Subordinate", loser))
        }
        with self._spared():
            self.story._act("Merge", **both, UpdateContent={"@odata.type": kind})

    def qualify(self, lead: str) -> None:
        with self._spared():
            self.story.qualify(lead)

    @contextmanager
    def _spared(self) -> Iterator[None]:
        """Faults are for the pipeline; people who use the API go without."""
        rules = self.crm.faults.listed()
        self.crm.faults.clear()
        yield
        for rule in rules:
            self.crm.faults.add(Fault(**rule))

    def associate(self, contact: int, account: int) -> None:
        """A person gives a contact another account in ActiveCampaign."""
        with self.ac.lock:
            row = self.ac.contacts.rows[contact]
            if row.account:
                companies.unlink(self.ac, self.ac.links.rows[row.account])
            companies.link(self.ac, row, self.ac.accounts.rows[account], "", "admin")

    def _post(self, url: str, route: str, body: Any) -> None:
        answer = requests.post(f"{url}/_sim/{route}", json=body, timeout=60)
        assert answer.ok, answer.text

    # What the journal has to know

    def touched(self, person: Person) -> None:
        """Somebody was modified: among several with one address, another one may speak for it from now on."""
        if [other.address for other in self.sides().people].count(person.address) > 1:
            self.journal.shake(person.address)

    def follows(self, before: Person, after: Person) -> None:
        """One record goes on as another one, marks included."""
        self.journal.addresses[after.key] |= {after.address}
        for marks in (self.journal.opted_out, self.journal.cleared):
            if before.key in marks:
                marks[after.key] = marks[before.key]

    def removed(self, contact: Contact) -> None:
        """A person deletes a contact in ActiveCampaign: whoever it stood for is not to be created there again."""
        journal, addresses = self.journal, {contact.address, *self.journal.held[contact.id]}
        journal.removed[contact.id] = journal.step
        for key, ac_id in self.pipeline.stood.items():
            alone = journal.addresses[key] <= {contact.address}
            others = any(contact.address in found for other, found in journal.addresses.items() if other != key)
            if ac_id == contact.id and alone and not others and contact.address not in journal.shaken:
                journal.stays_gone[key] = contact.address
        journal.excused |= addresses
        for found in list(journal.addresses.values()):
            if found & addresses:
                journal.excused |= found
        for key, inherited in journal.inherited.items():
            if inherited & addresses:
                journal.excused |= journal.addresses[key]
        journal.shake(*addresses)

    # What the pipeline does, and what befalls it

    def cycle(self) -> None:
        self.pipeline.cycle()

    def rest(self) -> None:
        self.pipeline.rest()

    def die_after(self, calls: int) -> bool:
        return self.pipeline.die_after(calls)

    def stop_after(self, messages: int) -> None:
        self.pipeline.stop_after(messages)

    def hurt(self, side: str, fault: dict[str, Any]) -> None:
        services = {"dynamics": self.crm, "activecampaign": self.ac}
        services[side].faults.add(Fault(**fault))
