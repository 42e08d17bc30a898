"""ac365 beside what people use instead, on the same simulators and data: a plain script, and a dlt pipeline.

Each gets fresh simulators with the published limits, sends the same contacts for the first time, then runs once more
when nothing has changed, and once more after a few have. What is counted is what ActiveCampaign saw.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.ground import Ground, contact_id, ground
from sync.model import Entity

DLT_PYTHON = os.environ.get("AC365_DLT_PYTHON", ".venv-peers/bin/python")
"""A Python with dlt; `make bench` makes it from bench/peers/requirements.lock."""
SECOND_S = 2.0
POLL_S = 0.2
Run = Callable[[Ground, bool], None]


def ours(place: Ground, first: bool) -> None:
    """A sync with the processes of `ac365 up`."""
    if first:
        place.enable(Entity.CONTACT)
    report = place.watch(place.begin())
    if report.state != "complete":
        raise RuntimeError(report.as_json())


def plain(place: Ground, first: bool) -> None:
    """The plain script; it remembers when it ran the last time, as its owner would have it do."""
    mark = place.home / "since"
    since = "" if first else mark.read_text()
    mark.write_text(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _program([sys.executable, "-m", "bench.peers.plain", *(["--since", since] if since else [])])


def with_dlt(place: Ground, first: bool) -> None:  # noqa: ARG001  its state knows
    """The dlt pipeline."""
    _program([DLT_PYTHON, "-m", "bench.peers.dlt_pipeline", "--state", str(place.home / "dlt")])


def _program(command: list[str]) -> None:
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


RUNS: dict[str, tuple[Run, int]] = {"ac365": (ours, 0), "script": (plain, -1), "dlt": (with_dlt, -1)}
"""Who, and the workers of ac365 that run beside: those of `ac365 up`, or none."""


def measure(name: str, contacts: int, changed: int) -> dict[str, Any]:
    """The three runs of one of them."""
    run, workers = RUNS[name]
    with ground([], workers=workers, beat=workers >= 0) as place:
        place.fill(contacts)
        # Dates have whole seconds: what was made in this one must not look as if it changed after the first run.
        time.sleep(SECOND_S)
        found = {"who": name, "contacts": contacts, "first": _counted(place, run, True, contacts)}
        found["nothing_changed"] = _counted(place, run, False, 0)
        for number in range(changed):
            change = [{"table": "contact", "id": contact_id(number), "set": {"lastname": f"Changed {number}"}}]
            place.ask("dynamics", "edit", "POST", change)
        found["changed"] = _counted(place, run, False, changed)
        found["there"] = place.ask("activecampaign", "totals")["contacts"]
    return found


def _counted(place: Ground, run: Run, first: bool, sent: int) -> dict[str, Any]:
    for service in place.urls:
        place.ask(service, "stats", "DELETE")
    begun = time.monotonic()
    run(place, first)
    while not all(batch["done"] for batch in place.ask("activecampaign", "imports")["imports"]):
        time.sleep(POLL_S)
        place.ask("activecampaign", "clock", "POST", {"advance_s": 0})
    spent = time.monotonic() - begun
    dynamics, activecampaign = (place.ask(service, "stats") for service in ("dynamics", "activecampaign"))
    return {
        "records": sent,
        "seconds": round(spent, 1),
        "per_minute": round(sent / spent * 60),
        "activecampaign_calls": activecampaign["requests"],
        "dynamics_requests": dynamics["requests"],
        "refused": {code: n for code, n in activecampaign["statuses"].items() if code[0] in "45"},
    }


def main() -> None:
    """Runs one after the other and prints a JSON object for each."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    parser.add_argument("--contacts", type=int, default=2_000)
    parser.add_argument("--changed", type=int, default=100)
    parser.add_argument("--only", action="append", choices=RUNS, help="may be given several times")
    options = parser.parse_args()
    for name in options.only or RUNS:
        print(json.dumps(measure(name, options.contacts, options.changed)), flush=True)


if __name__ == "__main__":
    main()
