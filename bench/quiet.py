"""What a sync costs when nothing or little has changed: requests and writes as both services count them."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from bench.ground import LIFTED, Ground, contact_id, ground
from sync.model import Entity

CHANGED = 10


def main() -> None:
    """Syncs once with the limits lifted, then measures a cycle without changes and one with ten."""
    parser = argparse.ArgumentParser(prog="python -m bench.quiet", description=__doc__)
    parser.add_argument("--contacts", type=int, default=20_000)
    options = parser.parse_args()
    with ground([], workers=1) as place:
        place.fill(options.contacts)
        place.enable(*Entity)
        place.switch(LIFTED)
        place.watch(place.begin())
        found = {"contacts": options.contacts, "nothing_changed": measure(place)}
        for number in range(CHANGED):
            change = [{"table": "contact", "id": contact_id(number), "set": {"lastname": f"Changed {number}"}}]
            place.ask("dynamics", "edit", "POST", change)
        found["ten_changed"] = measure(place)
    print(json.dumps(found, indent=2))


def measure(place: Ground) -> dict[str, Any]:
    """One sync, by workers whose access tokens and connections are there already."""
    for service in place.urls:
        place.ask(service, "stats", "DELETE")
    begun = time.monotonic()
    report = place.watch(place.begin())
    spent = time.monotonic() - begun
    dynamics, activecampaign = (place.ask(service, "stats") for service in ("dynamics", "activecampaign"))
    return {
        "state": report.state,
        "seconds": round(spent, 1),
        "requests": dynamics["requests"] + activecampaign["requests"],
        "dynamics": dynamics["routes"],
        "activecampaign": activecampaign["routes"],
        "writes": activecampaign["writes"],
    }


if __name__ == "__main__":
    main()
