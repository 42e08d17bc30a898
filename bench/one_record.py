"""How long one record takes that somebody asks for while a first sync fills the account's limit.

From `ac365 sync --record` (the request itself, without starting a Python) to the value in ActiveCampaign.
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import median, quantiles

from bench.ground import Ground, contact_id, ground
from cli import session as sessions
from engine import request
from sync.model import Entity

POLL_S = 0.02


def main() -> None:
    """Starts the first sync, and asks for records that it has delivered already, one every few seconds."""
    parser = argparse.ArgumentParser(prog="python -m bench.one_record", description=__doc__)
    parser.add_argument("--contacts", type=int, default=60_000)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with ground([]) as place:
        place.fill(options.contacts)
        place.enable(Entity.CONTACT)
        cycle_id = place.begin()
        while place.ask("activecampaign", "totals")["contacts"] < options.contacts // 4:
            time.sleep(1)
        delivered = (number for number in range(options.contacts) if _name(place, number))
        took = [_once(place, next(delivered)) for _ in range(options.times)]
        beside = place.report(cycle_id)
    print(json.dumps({
        "times": len(took), "seconds_median": round(median(took), 2),
        "seconds_p95": round(quantiles(took, n=20, method="inclusive")[-1], 2),
        "seconds_most": round(max(took), 2), "first_sync_still_ran": not beside.ended,
    }))  # fmt: skip


def _once(place: Ground, number: int) -> float:
    record, title = contact_id(number), f"Asked for {number}"
    place.ask("dynamics", "edit", "POST", [{"table": "contact", "id": record, "set": {"lastname": title}}])
    begun = time.monotonic()
    context = place.services.context(place.connection_id)
    with place.services.db.transaction() as tx:
        _, wakes = request.one_record(tx, context.id, context.document, Entity.CONTACT, record, "bench")
    sessions.send(place.services, wakes)
    while _name(place, number) != title:
        time.sleep(POLL_S)
    spent = time.monotonic() - begun
    time.sleep(1)
    return spent


def _name(place: Ground, number: int) -> str:
    """The last name of a contact in ActiveCampaign, "" while it is not there."""
    found = place.ask("activecampaign", f"contact?contact=person.{number}@contoso.example", missing={})
    return str(found.get("lastName", ""))


if __name__ == "__main__":
    main()
