"""What a thousand changed contacts cost, in either direction: calls as both services count them."""

from __future__ import annotations

import argparse
import json
from typing import Any

from bench.ground import LIFTED, Ground, contact_id, ground
from config import document as documents
from store import configurations
from sync.model import Entity


def main() -> None:
    """Syncs so many contacts once with the limits lifted, then changes all of them on one side, then on the other."""
    parser = argparse.ArgumentParser(prog="python -m bench.thousand", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000)
    parser.add_argument("--outbound", action="store_true", help="contacts travel to ActiveCampaign only")
    options = parser.parse_args()
    with ground([], workers=1) as place:
        place.fill(options.contacts)
        configure(place, "outbound" if options.outbound else "both")
        place.switch(LIFTED)
        place.watch(place.begin())
        place.settle()
        found = {"contacts": options.contacts}
        changes = [
            {"table": "contact", "id": contact_id(number), "set": {"jobtitle": f"Clerk {number}"}}
            for number in range(options.contacts)
        ]
        place.ask("dynamics", "edit", "POST", changes)
        found["outbound"] = counted(place)
        for number in range(0 if options.outbound else options.contacts):
            wish = {"contact": f"person.{number}@contoso.example", "fields": {"JOB_TITLE": f"Chief {number}"}}
            place.ask("activecampaign", "edit", "POST", wish)
        if not options.outbound:
            found["inbound"] = counted(place)
    print(json.dumps(found))


def configure(place: Ground, direction: str) -> None:
    """Contacts travel in this direction, and as many of them as there are may change at once."""
    document = documents.defaults()
    document["entities"][Entity.CONTACT] |= {"enabled": True, "direction": direction}
    document["guards"] |= {"changes": 1, "creates": 1}
    with place.services.db.transaction() as tx:
        configurations.save(tx, place.connection_id, documents.load(document), "bench")


def counted(place: Ground) -> dict[str, Any]:
    """One sync to its end, what follows it included."""
    for service in place.urls:
        place.ask(service, "stats", "DELETE")
    report = place.watch(place.begin())
    place.settle()
    ac, dynamics = (place.ask(service, "stats") for service in ("activecampaign", "dynamics"))
    return {
        "state": report.state,
        "updated": sum(stream.counts["updated"] for stream in report.streams),
        "activecampaign_calls": ac["requests"],
        "activecampaign_writes": ac["write_requests"],
        "dynamics_requests": dynamics["requests"],
        "routes": ac["routes"],
    }


if __name__ == "__main__":
    main()
