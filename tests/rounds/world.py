"""The machine's world over real processes: people work in the services themselves, whatever befalls the wire."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from random import Random
from types import SimpleNamespace
from typing import Any

from machine import companies, in_activecampaign, in_dynamics
from machine.journal import Journal
from machine.oracle.sides import Contact, Key, Sides
from machine.steps import KINDS, Pick, Step
from machine.world import World
from support.hands import Hands

from rounds import crowd
from rounds.ground import Ground
from rounds.service import Service
from simulators.dynamics.state import TENANT
from store.errors import StoreError

MODULES = {module.__name__ for module in (companies, in_activecampaign, in_dynamics)}
SPREAD = 1_000_000


class People(Hands):
    """What people do by hand, past the wire."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground.crm.state, ground.ac.state)
        self._there: Service[Any] = ground.crm

    def _post(self, *edits: dict[str, Any]) -> None:
        self._there.call("POST", "/_sim/edit", json=list(edits))

    def _act(self, action: str, **parameters: Any) -> None:
        self._there.call("POST", f"/api/data/v9.2/{action}", json=parameters, headers=self.administrator())

    def administrator(self) -> dict[str, str]:
        """Headers that sign a system administrator in to the Web API; all tokens handed out before may be revoked."""
        client = "99999999-9999-4999-8999-999999999999"
        self.crm.add_application(client, "other", "Mira's own", ["System Administrator"])
        form = {"client_id": client, "client_secret": "other", "grant_type": "client_credentials"}
        form["scope"] = f"{self.crm.url}/.default"
        token = self._there.call("POST", f"/{TENANT}/oauth2/v2.0/token", data=form)["access_token"]
        return {"Authorization": f"Bearer {token}"}


class RoundWorld(World):
    """`stood`: who stood for whom when all was quiet the last time, and what both sides held then."""

    addresses = crowd.ADDRESSES

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.crm, self.ac = ground.crm.state, ground.ac.state
        self.story = People(ground)  # type: ignore[assignment]
        self.journal = Journal()
        self.stood: dict[Key, int] = {}
        self.rested = Sides()
        self.pipeline = SimpleNamespace(stood=self.stood)  # type: ignore[assignment]
        self.lines: list[str] = []
        self.acting = threading.RLock()
        self._numbers = itertools.count(1)
        self._named = Counter[str]()

    def play(self, step: Step) -> None:
        """Carries out one step. Cycles run all the time, so nobody knows what was carried over before it."""
        with self.acting:
            self.journal.step += 1
            told = KINDS[step.name].act(self, Pick(step.numbers))
            if told:
                self.lines.append(f"{self.journal.step:3} {told}")
            self.journal.ran(troubled=True)

    def is_known_by_address_only(self, contact: Contact) -> bool:
        """Whether the pipeline may be about to deliver this contact by its address, or can't be asked now."""
        query = "SELECT FROM links WHERE ac_id = %s AND NOT EXISTS (SELECT FROM outbox WHERE address = %s)"
        try:
            with self.ground.services.db.transaction() as tx:
                return tx.execute(query, [contact.id, contact.address]).fetchone() is None
        except StoreError:
            return True

    def _post(self, url: str, route: str, body: Any) -> None:
        there = self.ground.crm if url == self.crm.url else self.ground.ac
        there.call("POST", f"/_sim/{route}", json=body)

    def merge(self, table: str, survivor: str, loser: str) -> None:
        kind = f"Microsoft.Dynamics.CRM.{table}"
        both = {
            name: {f"{table}id": one, "@odata.type": kind}
            for name, one in (("Target", survivor), ("Subordinate", loser))
        }
        self.story._act("Merge", **both, UpdateContent={"@odata.type": kind})

    def qualify(self, lead: str) -> None:
        self.story.qualify(lead)

    def settle(self, sides: Sides, stood: dict[Key, int]) -> None:
        """All is quiet: what was said so far has come true."""
        self.stood.clear()
        self.stood.update(stood)
        self.rested = sides
        self.journal.settle()


def drawn(draw: Random, number: int) -> list[Step]:
    """So many steps of people."""
    kinds = [kind for kind in KINDS.values() if kind.act.__module__ in MODULES]
    chosen = draw.choices(kinds, [kind.weight for kind in kinds], k=number)
    return [Step(kind.name, tuple(draw.randrange(SPREAD) for _ in range(4))) for kind in chosen]
