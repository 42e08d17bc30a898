"""Calls a second of 1, 2 and 4 workers together while there is work, as the simulated ActiveCampaign counts them."""

from __future__ import annotations

import argparse
import json
from typing import Any

from bench.ground import ground
from sync.model import Entity

LIMIT = 5


def measure(workers: int, accounts: int) -> dict[str, Any]:
    """A first sync of accounts, which are written one by one."""
    with ground(["--seed", "1", "--accounts", str(accounts)], workers=workers) as place:
        place.enable(Entity.ACCOUNT)
        report = place.watch(place.begin())
        seen = place.ask("activecampaign", "stats")
    # The first five may come at once; every further one waits for its share of a second.
    rate = (seen["requests"] - LIMIT) / seen["seconds"]
    return {
        "workers": workers,
        "state": report.state,
        "calls": seen["requests"],
        "seconds": seen["seconds"],
        "busiest_second": seen["busiest_second"],
        "calls_per_second": round(rate, 3),
        "share_of_limit": round(rate / LIMIT, 4),
        "statuses": seen["statuses"],
    }


def main() -> None:
    """Runs one measurement after the other and prints a JSON object for each."""
    parser = argparse.ArgumentParser(prog="python -m bench.rate", description=__doc__)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    options = parser.parse_args()
    for workers in options.workers:
        print(json.dumps(measure(workers, options.accounts)), flush=True)


if __name__ == "__main__":
    main()
