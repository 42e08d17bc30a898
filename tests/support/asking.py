"""What people ask for on the form of a lead or contact, and what ac365 answers there."""

from __future__ import annotations

from typing import Any

import requests as requests_
from support.cast import ADA
from support.story import Story

from bench.companion import Maker
from engine import pausing
from engine.pausing import Scope
from engine.requests import kept, listening
from mapping.companion import USER_ROLE, Ask, State
from mapping.companion_tables import CHOICE, REQUEST
from simulators.dynamics.state import TENANT
from store import audit, requests

NURTURE, WELCOME, SEPTEMBER = "automation:1", "automation:2", "campaign:1"
ADD, REMOVE, SEND = Ask.ADD_TO_AUTOMATION, Ask.REMOVE_FROM_AUTOMATION, Ask.SEND_CAMPAIGN


class Form:
    """The panel of Noor, who may ask, and of whoever else a test brings along."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.maker = Maker(story.crm.url, TENANT)
        self.maker.make_tables((CHOICE, REQUEST))
        self.noor = self.maker.person("Noor", USER_ROLE)
        kept.forget()
        story.configure(panel={"enabled": True})

    def asked(
        self, kind: Ask = ADD, target: str = NURTURE, record: str = ADA, entity: str = "contact", **how: Any
    ) -> str:
        """Somebody asks, and ac365 has not heard it yet."""
        return self.maker.ask(how.pop("who", self.noor), entity, record, kind, target, **how)

    def ask(self, kind: Ask = ADD, target: str = NURTURE, **how: Any) -> tuple[State, str]:
        """Somebody asks and waits for the answer."""
        return self.answer(self.asked(kind, target, **how))

    def answer(self, request: str) -> tuple[State, str]:
        """What stands on the row once ac365 has nothing more to do."""
        self.hear()
        return self.row(request)

    def row(self, request: str) -> tuple[State, str]:
        row = self.maker.request(request)
        return State(row["ac365_state"]), row["ac365_answer"] or ""

    def hear(self, turns: int = 8) -> None:
        """Listens, and carries out what that wakes, until nothing waits any more."""
        for _ in range(turns):
            self.story.pump.run([listening.hint(self.story.pump.connection_id)])
            if not self.open():
                return

    def open(self) -> list[dict[str, Any]]:
        """The requests without an answer."""
        return [row for row in self.kept() if row["answered_at"] is None]

    def kept(self) -> list[dict[str, Any]]:
        """All requests as the database has them, the newest first."""
        with self.story.transaction() as tx:
            return [dict(row) for row in requests.listed(tx, 50)]

    def later(self) -> None:
        """Whatever waits for its time, or is held by a dead worker, is due now; what was lost was lost a minute ago."""
        with self.story.transaction() as tx:
            tx.execute(
                "UPDATE requests SET due_at = now(), woken_at = NULL, lease_until = NULL, "
                "acted_at = acted_at - interval '1 minute'"
            )
            tx.execute("UPDATE listening SET due_at = now(), lease_until = NULL, choices_due_at = now()")

    def audit(self) -> list[dict[str, Any]]:
        with self.story.transaction() as tx:
            return [dict(row) for row in audit.page(tx, 20) if row["author"].startswith("dynamics:")]

    def offered(self) -> dict[str, dict[str, Any]]:
        """What may be picked, by key."""
        rows = self.maker.send("GET", "ac365_choices")["value"]
        return {row["ac365_key"]: row for row in rows if row["ac365_offered"]}

    def enrolments(self, address: str) -> list[int]:
        """The automations that somebody entered, in order."""
        contact = self.story.ac.contact(address)
        assert contact is not None
        return [row["automation"] for row in self.story.ac.enrolled[contact.id]]

    def pause(self) -> None:
        """Everything is paused."""
        with self.story.transaction() as tx:
            pausing.pause(tx, self.story.pump.connection_id, Scope(), "test", "", None, self.story.pump.services.now())

    def bounce(self, address: str) -> None:
        """A mail to this address bounces for good."""
        told = {"kind": "bounce", "contact": address}
        requests_.post(f"{self.story.ac.url}/_sim/events", json=told).raise_for_status()
