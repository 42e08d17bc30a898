"""Hours at the full budget: do memory, open files, connections and tables stay as they are?

Accounts and contacts travel both ways every five minutes with the processes of `ac365 up`, and people edit on both
sides just as fast as five calls a second can carry it.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any
from uuid import UUID

from bench import gauges
from bench.ground import Ground, contact_id, ground
from config import document as documents
from store import configurations, connections
from sync.model import Entity

WAITING = 1_500
"""With more changes than this on their way nobody edits: the queue shall neither run dry nor grow."""
ACCOUNTS_AT_ONCE = 6
THERE_EVERY_S = 10
EVERY_S = 60.0


def enable(place: Ground) -> None:
    """Accounts and contacts both ways, by themselves every five minutes."""
    document = documents.defaults()
    document["sync"] |= {"enabled": True, "frequency": "5m"}
    # So much changes here that the guard against a mistake would ask every time.
    document["guards"]["changes"] = 1.0
    for entity in (Entity.ACCOUNT, Entity.CONTACT):
        document["entities"][entity] |= {"enabled": True, "direction": "both"}
    with place.services.db.transaction() as tx:
        configurations.save(tx, place.connection_id, documents.load(document), "bench")
        connections.set_next_due(tx, place.connection_id, place.services.now())


def fill(place: Ground, accounts: int, contacts: int) -> None:
    """Accounts are on both sides, contacts in Dynamics 365. A first sync links the ones and carries the others over; it
    takes its part of the time."""
    names = [f"Company {number}" for number in range(accounts)]
    made = [{"accountid": account_id(number), "name": name} for number, name in enumerate(names)]
    place.ask("dynamics", "load/account", "POST", made)
    place.ask("activecampaign", "accounts", "POST", {"accounts": [{"name": name} for name in names]})
    place.fill(contacts)
    place.begin()


def account_id(number: int) -> str:
    """The id of an account that `fill` made."""
    return str(UUID(int=number + 1, version=4))


class People:
    """Who edits: the last tenth of the records in ActiveCampaign, the others in Dynamics 365."""

    def __init__(self, place: Ground, accounts: int, contacts: int) -> None:
        self._place, self._accounts, self._contacts = place, accounts, contacts
        self.seconds = 0

    def work(self) -> None:
        """What happens in a second: several accounts and a contact here, and now and then one of each there."""
        first = self.seconds * ACCOUNTS_AT_ONCE
        edits = [self._account(number) for number in range(first, first + ACCOUNTS_AT_ONCE)]
        named = f"Changed {self.seconds}"
        contact = contact_id(self.seconds % (self._contacts * 9 // 10))
        self._place.ask(
            "dynamics", "edit", "POST", [*edits, {"table": "contact", "id": contact, "set": {"jobtitle": named}}]
        )
        if self.seconds % THERE_EVERY_S == 0:
            self._there(self.seconds // THERE_EVERY_S, named)
        self.seconds += 1

    def _account(self, number: int) -> dict[str, Any]:
        there = {"websiteurl": f"https://here.contoso.example/{number}"}
        return {"table": "account", "id": account_id(number % (self._accounts * 9 // 10)), "set": there}

    def _there(self, number: int, named: str) -> None:
        contact, account = (all_ - 1 - number % (all_ // 10) for all_ in (self._contacts, self._accounts))
        person = {"contact": f"person.{contact}@contoso.example", "set": {"firstName": named}}
        company = {"account": f"Company {account}", "set": {"accountUrl": f"https://there.contoso.example/{number}"}}
        for edit in (person, company):
            # Who is not there yet is edited in a later round.
            self._place.ask("activecampaign", "edit", "POST", edit, missing={})


def run(place: Ground, people: People, minutes: float) -> list[gauges.Sample]:
    """Edits and looks until the time is over; every look is printed."""
    samples: list[gauges.Sample] = []
    begun = time.monotonic()
    look = begun
    while (now := time.monotonic()) < begun + minutes * 60:
        if now >= look:
            look += EVERY_S
            samples.append(gauges.sample(place))
            print(json.dumps({"minute": round((now - begun) / 60), **samples[-1]["calls"]}), flush=True)
        if samples[-1]["calls"]["waiting"] < WAITING:
            people.work()
        time.sleep(max(0.0, now + 1.0 - time.monotonic()))
    return samples


def summary(samples: list[gauges.Sample], people: People) -> dict[str, Any]:
    """Means of the four quarters of the time. `share_of_budget` is of five calls a second."""
    first, last = samples[0]["calls"], samples[-1]["calls"]
    seconds = (len(samples) - 1) * EVERY_S
    rate = (last["requests"] - first["requests"]) / seconds
    return {
        "minutes": round(seconds / 60),
        "seconds_of_edits": people.seconds,
        "calls_per_second": round(rate, 2),
        "share_of_budget": round(rate / 5, 3),
        "refused": last["refused"],
        "busiest_second": last["busiest_second"],
        **gauges.quarters(samples),
    }


def main() -> None:
    """Prints a line a minute, and at the end one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--accounts", type=int, default=2_500)
    parser.add_argument("--contacts", type=int, default=10_000)
    options = parser.parse_args()
    with ground([]) as place:
        enable(place)
        fill(place, options.accounts, options.contacts)
        people = People(place, options.accounts, options.contacts)
        samples = run(place, people, options.minutes)
        print(json.dumps(summary(samples, people)))


if __name__ == "__main__":
    main()
