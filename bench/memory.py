"""Whether a worker's memory stays flat: its resident megabytes after so many records, with the limits lifted."""

from __future__ import annotations

import argparse
import json
import time

import psutil

from bench.ground import LIFTED, Ground, ground
from engine.report import CycleReport
from sync.model import Entity


def main() -> None:
    """A first sync of contacts; notes the memory of the working processes whenever a tenth more is settled."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--from", dest="first", type=int, default=10_000, help="records before the first note")
    options = parser.parse_args()
    notes: list[dict[str, int]] = []

    def see(report: CycleReport, _spent_s: float) -> None:
        settled = report.streams[0].settled
        if settled >= options.first + len(notes) * options.contacts // 10:
            notes.append({"records": settled, "rss_mb": resident(place)})

    with ground([], workers=2) as place:
        place.fill(options.contacts)
        place.enable(Entity.CONTACT)
        place.switch(LIFTED)
        begun = time.monotonic()
        report = place.watch(place.begin(), see, within_s=7200)
        spent = time.monotonic() - begun
    first, most = notes[0]["rss_mb"], max(note["rss_mb"] for note in notes)
    print(json.dumps({
        "state": report.state, "records": options.contacts, "seconds": round(spent), "notes": notes,
        "growth": round(most / first - 1, 4),
    }))  # fmt: skip


def resident(place: Ground) -> int:
    """Megabytes of the largest working process."""
    sizes = [
        child.memory_info().rss
        for name, pid in place.stack.pids().items()
        if name.startswith("worker")
        for child in psutil.Process(pid).children(recursive=True)
    ]
    return round(max(sizes) / 2**20)


if __name__ == "__main__":
    main()
