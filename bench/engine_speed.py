"""How fast one worker process is when no limit holds it back: records a second from fetch to settled, by stage.

The stages run in this process, one after the other, so that its processor time is theirs alone. `--profile` prints
where that time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from bench.ground import LIFTED, Ground, ground
from clients import limits
from engine import bulk, cycles, deliver, fetch, recovery, request, transform
from engine.wake import Stage, Wake
from store import configurations
from store import cycles as stored
from sync.model import Entity, Lane

STAGES: dict[Stage, Any] = {
    Stage.CYCLE: cycles.advance,
    Stage.FETCH: fetch.fetch,
    Stage.TRANSFORM: transform.transform,
    Stage.UPSERT: lambda context, entity, lane: deliver.upsert(context, Entity(entity), Lane(lane)),
    Stage.POLL: bulk.poll,
}


class Clock:
    """Seconds and processor seconds per stage."""

    def __init__(self) -> None:
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.number: Counter[str] = Counter()

    def step(self, place: Ground, wake: Wake) -> list[Wake]:
        """Carries out one wake-up."""
        wall, cpu = time.perf_counter(), time.process_time()
        connection_id, *args = wake.args
        found: list[Wake] = STAGES[wake.stage](place.services.context(int(connection_id)), *args)
        self.wall[wake.stage.value] += time.perf_counter() - wall
        self.cpu[wake.stage.value] += time.process_time() - cpu
        self.number[wake.stage.value] += 1
        return found


def run(place: Ground, clock: Clock, wakes: Iterable[Wake]) -> None:
    """Carries out everything, delays left out, until no cycle is unfinished."""
    waiting = deque(wakes)
    while True:
        while waiting:
            waiting.extend(clock.step(place, waiting.popleft()))
        with place.services.db.transaction() as tx:
            if not stored.unfinished(tx):
                return
        waiting.extend(recovery.sweep(place.services.db, place.services.now()))
        time.sleep(0.01)


def lift() -> None:
    """Takes the product's own limits and waits away."""
    names = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)
    limits.activecampaign_limits = lambda *_: dict.fromkeys(names, limits.Limit(100_000, 1.0))
    limits.dynamics_limits = lambda: {limits.CALLS: limits.Limit(100_000, 1.0)}
    bulk.FIRST_POLL_S = 0.0
    bulk.POLLS_S = (0.0, 0.0, 0.0)


def main() -> None:
    """Runs it and prints one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.engine_speed", description=__doc__)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    lift()
    with ground(["--seed", "1", "--contacts", str(options.contacts)], workers=-1) as place:
        place.switch(LIFTED)
        place.enable(Entity.CONTACT)
        place.services.context(place.connection_id)
        with place.services.db.transaction() as tx:
            document = configurations.current(tx, place.connection_id)[1]  # type: ignore[index]
            planned = request.plan(tx, place.connection_id, document, [])
            cycle_id, wakes = request.start(tx, place.connection_id, planned, "bench")
        clock, profile = Clock(), cProfile.Profile() if options.profile else None
        begun, cpu = time.perf_counter(), time.process_time()
        with profile or nullcontext():
            run(place, clock, wakes)
        spent, used = time.perf_counter() - begun, time.process_time() - cpu
        report = place.report(cycle_id)
    read = sum(stream.read for stream in report.streams)
    print(json.dumps({
        "state": report.state, "read": read, "seconds": round(spent, 2), "processor_seconds": round(used, 2),
        "records_per_second": round(read / spent), "records_per_processor_second": round(read / used),
        "stages": {name: {"number": clock.number[name], "seconds": round(clock.wall[name], 2),
                          "processor_seconds": round(clock.cpu[name], 2)} for name in clock.wall},
        "streams": [stream.as_json() for stream in report.streams],
    }, indent=2))  # fmt: skip
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(r"/(store|clients)/", 30)


if __name__ == "__main__":
    main()
