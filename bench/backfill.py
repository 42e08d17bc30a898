"""The first sync of many contacts against the ceiling that bulk import allows: 250 per call, 100 calls a minute."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from statistics import mean
from typing import Any

import psutil

from bench.ground import Ground, ground
from bench.tasks import Tasks
from engine.report import CycleReport
from sync.model import Entity

PER_IMPORT = 250
IMPORTS_PER_MINUTE = 100
CALLS_PER_SECOND = 5
CEILING = PER_IMPORT * IMPORTS_PER_MINUTE
EVERY_S = 15.0


class Course:
    """What was seen on the way: contacts delivered and the memory of the workers, every few seconds."""

    def __init__(self, place: Ground) -> None:
        self._place = place
        self.points: list[dict[str, Any]] = []
        self._next = 0.0

    def see(self, report: CycleReport, spent_s: float) -> None:
        """Notes and prints where the cycle stands, when it is time."""
        if spent_s < self._next and not report.ended:
            return
        self._next = spent_s + EVERY_S
        stream = report.streams[0]
        delivered = stream.counts["created"] + stream.counts["updated"]
        point = {"at_s": round(spent_s, 1), "read": stream.read, "delivered": delivered, "rss_mb": self._memory()}
        self.points.append(point)
        print(json.dumps(point), flush=True)

    def _memory(self) -> dict[str, int]:
        """Resident megabytes per worker child, the processes that do the work."""
        found = {}
        for name, pid in self._place.stack.pids().items():
            if name.startswith("worker"):
                for child in psutil.Process(pid).children(recursive=True):
                    found[f"{name}:{child.pid}"] = round(child.memory_info().rss / 2**20)
        return found


def least_s(imports: int) -> float:
    """The shortest time for so many imports if nothing else were called: 100 in any minute, 5 in any second."""
    full, rest = divmod(max(imports - 1, 0), IMPORTS_PER_MINUTE)
    return full * 60.0 + rest // CALLS_PER_SECOND


def imports_by_minute(place: Ground) -> list[int]:
    """Contacts that arrived in imports, per minute since the first one."""
    arrived = place.ask("activecampaign", "imports")["imports"]
    if not arrived:
        return []
    first = min(batch["queued"] for batch in arrived)
    minutes: Counter[int] = Counter()
    for batch in arrived:
        minutes[int((batch["queued"] - first) // 60)] += batch["count"]
    return [minutes[number] for number in range(max(minutes) + 1)]


def calls(place: Ground) -> dict[str, int]:
    """Calls of ActiveCampaign by kind, the most frequent first."""
    routes = place.ask("activecampaign", "stats")["routes"]
    return dict(sorted(routes.items(), key=lambda pair: -pair[1]))


def summary(place: Ground, course: Course, report: CycleReport, spent_s: float) -> dict[str, Any]:
    """The figures. `share_of_ceiling` looks at whole minutes: the last one is cut short by the end."""
    batches = place.ask("activecampaign", "imports")["imports"]
    queued = [batch["queued"] for batch in batches]
    took_s = max(queued) - min(queued)
    sizes = [batch["count"] for batch in batches]
    contacts = sum(sizes)
    fewest = -(-contacts // PER_IMPORT)
    by_minute = imports_by_minute(place)
    stats = place.ask("activecampaign", "stats")
    return {
        "cycle": report.as_json()["state"],
        "streams": [stream.as_json() for stream in report.streams],
        "seconds": round(spent_s, 1),
        "imports": len(sizes),
        "contacts_imported": contacts,
        "fewest_imports": fewest,
        "filling": round(contacts / (len(sizes) * PER_IMPORT), 4),
        "seconds_of_imports": round(took_s, 1),
        "least_seconds_of_imports": least_s(fewest),
        "contacts_by_minute": by_minute,
        "share_of_ceiling": round(mean(by_minute[:-1]) / CEILING, 4) if by_minute[1:] else None,
        "refusals_429": stats["statuses"].get("429", 0),
        "statuses": stats["statuses"],
        "busiest_second": stats["busiest_second"],
        "calls": calls(place),
        "rss_mb_first_last": [course.points[1]["rss_mb"], course.points[-1]["rss_mb"]] if course.points[1:] else [],
    }


def main() -> None:
    """Runs it and prints one JSON object at the end."""
    parser = argparse.ArgumentParser(prog="python -m bench.backfill", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--untidy", type=int, metavar="SEED", help="generated ones: shared and bad addresses")
    parser.add_argument("--latency", type=float, default=0.0, metavar="S", help="seconds a call is on its way")
    parser.add_argument("--verify", action="store_true", help="compare both sides afterwards")
    options = parser.parse_args()
    words = [] if options.untidy is None else ["--seed", str(options.untidy), "--contacts", str(options.contacts)]
    with ground(words) as place:
        if not words:
            place.fill(options.contacts)
        if options.latency:
            slow = {"kind": "slow", "path": "/api/3", "times": None, "seconds": options.latency}
            place.ask("activecampaign", "faults", "POST", slow)
        place.enable(Entity.CONTACT)
        tasks, course, begun = Tasks(place.services.settings.broker_url), Course(place), time.monotonic()
        report = place.watch(place.begin(), course.see)
        found = summary(place, course, report, time.monotonic() - begun)
        found["tasks"] = tasks.as_json()
        if options.verify:
            found["verify"] = place.compare().as_json()
    print(json.dumps(found, indent=2, default=str))


if __name__ == "__main__":
    main()
