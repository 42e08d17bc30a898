"""How long salespeople wait for an answer on the form, from the click on, while a backfill of many contacts runs."""

from __future__ import annotations

import argparse
import json
import threading
import time
from contextlib import suppress
from statistics import quantiles
from typing import Any

import requests

from bench.companion import Maker
from bench.ground import Ground, contact_id, ground
from config import document as documents
from engine import request
from mapping.companion import USER_ROLE, Ask, State
from simulators.dynamics.state import TENANT
from store import configurations
from sync.model import Entity

EVERY_S = 2.0
LOOK_S = 0.1
LIST = 1
WAITING = (State.ASKED.value, State.WORKING.value)


class Sellers:
    """Somebody asks every two seconds, in turn for an automation and for a mail, each time for another contact."""

    def __init__(self, place: Ground, maker: Maker, who: str, mailing: str, asked_for: int) -> None:
        self._maker, self._who, self._mailing, self._asked_for = maker, who, mailing, asked_for
        self.asked: dict[str, float] = {}
        self.waited: dict[str, float] = {}
        self.states: dict[str, int] = {}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._ask, self._look)]
        self._place = place

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, within_s: float = 60.0) -> None:
        """Nobody asks any more; whoever asked still waits for an answer."""
        self._stop.set()
        deadline = time.monotonic() + within_s
        while len(self.waited) < len(self.asked) and time.monotonic() < deadline:
            time.sleep(LOOK_S)

    def _ask(self) -> None:
        number = 0
        while not self._stop.wait(EVERY_S):
            mail = number % 2 == 1
            kind, target = (Ask.SEND_CAMPAIGN, self._mailing) if mail else (Ask.ADD_TO_AUTOMATION, "automation:1")
            begun = time.monotonic()
            asked = self._maker.ask(self._who, "contact", contact_id(number % self._asked_for), kind, target)
            self.asked[asked] = begun
            number += 1

    def _look(self) -> None:
        # At the end the simulator stops first.
        with suppress(requests.RequestException):
            while True:
                self._see()
                time.sleep(LOOK_S)

    def _see(self) -> None:
        rows = self._maker.send("GET", "ac365_requests?$select=ac365_requestid,ac365_state")["value"]
        now = time.monotonic()
        for row in rows:
            key, state = row["ac365_requestid"], row["ac365_state"]
            if state not in WAITING and key in self.asked and key not in self.waited:
                self.waited[key], self.states[key] = now - self.asked[key], state


def prepare(place: Ground, asked_for: int) -> Sellers:
    """So many contacts are in ActiveCampaign and on a list there, and Noor may ask for them."""
    maker = Maker(place.urls["dynamics"], TENANT, verify=str(place.home / "tls" / "ca.pem"))
    maker.make_tables()
    given = {"name": "Invitation", "multientry": 1, "sends": 1}
    mailing = place.ask("activecampaign", "automations", "POST", given)["id"]
    document = documents.defaults()
    document["entities"][Entity.CONTACT]["enabled"] = True
    document["panel"] = {"enabled": True, "mailings": [mailing]}
    with place.services.db.transaction() as tx:
        configurations.save(tx, place.connection_id, documents.load(document), "bench")
    place.fill(asked_for)
    place.watch(place.begin())
    for number in range(asked_for):
        joins = {"contact": f"person.{number}@contoso.example", "lists": {str(LIST): 1}}
        place.ask("activecampaign", "edit", "POST", joins)
    return Sellers(place, maker, maker.person("Noor", USER_ROLE), f"mailing:{mailing}", asked_for)


def backfill(place: Ground) -> int:
    """Everything is read and written anew, as in a first sync."""
    with place.services.db.transaction() as tx:
        current = configurations.current(tx, place.connection_id)
        assert current is not None  # noqa: S101  `prepare` comes first.
        planned = request.plan(tx, place.connection_id, current[1], [], initial=True)
        return request.start(tx, place.connection_id, planned, "bench")[0]


def summary(place: Ground, sellers: Sellers, spent_s: float) -> dict[str, Any]:
    """Seconds from the click to the answer on the row."""
    waited = sorted(sellers.waited.values())
    marks = quantiles(waited, n=100, method="inclusive") if waited[1:] else [0.0] * 99
    states = [State(state).name.lower() for state in sellers.states.values()]
    stats = place.ask("activecampaign", "stats")
    return {
        "seconds": round(spent_s, 1),
        "asked": len(sellers.asked),
        "answered": len(waited),
        "states": {state: states.count(state) for state in sorted(set(states))},
        "wait_s": {"p50": round(marks[49], 2), "p95": round(marks[94], 2), "most": round(waited[-1], 2)},
        "mails": len(place.ask("activecampaign", "outbox")["outbox"]),
        "refusals_429": stats["statuses"].get("429", 0),
        "busiest_second": stats["busiest_second"],
    }


def main() -> None:
    """Runs it and prints one JSON object at the end."""
    parser = argparse.ArgumentParser(prog="python -m bench.requests", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--asked-for", type=int, default=400, metavar="N", help="contacts that are there before")
    parser.add_argument("--latency", type=float, default=0.0, metavar="S", help="seconds a call is on its way")
    options = parser.parse_args()
    with ground([]) as place:
        sellers = prepare(place, options.asked_for)
        place.fill(options.contacts, options.asked_for)
        for service, path in (("activecampaign", "/api/3"), ("dynamics", "/api/data")):
            slow = {"kind": "slow", "path": path, "times": None, "seconds": options.latency}
            if options.latency:
                place.ask(service, "faults", "POST", slow)
        begun = time.monotonic()
        cycle_id = backfill(place)
        sellers.start()
        report = place.watch(cycle_id)
        spent_s = time.monotonic() - begun
        sellers.stop()
        found = {"cycle": report.as_json()["state"], "contacts": options.contacts, **summary(place, sellers, spent_s)}
    print(json.dumps(found, indent=2, default=str))


if __name__ == "__main__":
    main()
