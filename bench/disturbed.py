"""A first sync that is disturbed in the middle, beside the same one undisturbed: how much longer, and what is lost.

The processes are those of `ac365 up`, with the waits and limits of an installation.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import psutil

from bench.ground import Ground, ground
from engine.report import CycleReport
from sync.model import Entity

WORDS = {"accounts": 60, "contacts": 2000, "leads": 500}
STORM = {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "path": "/api/3", "probability": 0.3}


def kill_worker(place: Ground) -> None:
    """The worker and its children at once."""
    os.killpg(place.stack.pids()["worker"], signal.SIGKILL)


def kill_beat(place: Ground) -> None:
    """Beat."""
    os.killpg(place.stack.pids()["beat"], signal.SIGKILL)


def kill_redis(place: Ground) -> None:
    """The embedded Redis."""
    _kill(place, "redis-server")


def kill_postgres(place: Ground) -> None:
    """The main process of the embedded PostgreSQL; its others stop when they notice."""
    _kill(place, "postgres -D")


def storm(place: Ground) -> None:
    """Thirty refusals for the limit."""
    place.ask("activecampaign", "faults", "POST", {**STORM, "times": 30})


def _kill(place: Ground, words: str) -> None:
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if words in line and str(place.home) in line:
            process.kill()


DISTURBANCES: dict[str, Callable[[Ground], None]] = {
    "nothing": lambda _place: None,
    "worker": kill_worker,
    "beat": kill_beat,
    "redis": kill_redis,
    "postgres": kill_postgres,
    "storm": storm,
}


def measure(name: str) -> dict[str, Any]:
    """One run, disturbed when half of the accounts are there."""
    words = [part for key, number in WORDS.items() for part in (f"--{key}", str(number))]
    with ground(["--seed", "1", *words]) as place:
        place.enable(*Entity)
        struck: list[float] = []

        def strike(report: CycleReport, spent_s: float) -> None:
            if not struck and report.streams[0].settled >= WORDS["accounts"] // 2:
                struck.append(spent_s)
                DISTURBANCES[name](place)

        begun = time.monotonic()
        report = place.watch(place.begin(), strike, within_s=600.0)
        spent = time.monotonic() - begun
        compared = place.compare().as_json()
        totals = place.ask("activecampaign", "totals")
        statuses = place.ask("activecampaign", "stats")["statuses"]
    return {
        "disturbance": name,
        "after_s": round(struck[0], 1),
        "seconds": round(spent, 1),
        "state": report.state,
        "read": [stream.read for stream in report.streams],
        "accounted": [sum(stream.counts.values()) for stream in report.streams],
        "agrees": compared["agrees"],
        "contacts": totals["contacts"],
        "accounts": totals["accounts"],
        "statuses": statuses,
    }


def main() -> None:
    """Runs one after the other and prints a JSON object for each."""
    parser = argparse.ArgumentParser(prog="python -m bench.disturbed", description=__doc__)
    parser.add_argument("--only", action="append", choices=DISTURBANCES, help="may be given several times")
    for name in parser.parse_args().only or DISTURBANCES:
        print(json.dumps(measure(name)), flush=True)


if __name__ == "__main__":
    main()
