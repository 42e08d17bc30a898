"""Processes of the product that die, one that is there twice, and one whose clock is wrong."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from rounds.processes import BEAT, CONSOLE, LIVE, WORKER
from rounds.storm import Act, Storm, Strike

HOUR_S = 3600.0


def _killed(name: str) -> Act:
    def act(storm: Storm, draw: Random) -> Strike | None:
        return Strike(f"{name} is killed") if storm.ground.processes.kill(name) else None

    return act


def kill_child(storm: Storm, draw: Random) -> Strike | None:
    name = draw.choice((WORKER, LIVE))
    return Strike(f"a child of {name} is killed") if storm.ground.processes.kill_child(name) else None


def second_beat(storm: Storm, draw: Random) -> Strike | None:
    process = storm.ground.processes.second_beat()

    def end() -> None:
        process.kill()
        process.wait()

    storm.cure(draw.uniform(4, 8), end)
    return Strike("a second beat is started")


def clock_jumps(storm: Storm, draw: Random) -> Strike | None:
    name, seconds = draw.choice((WORKER, LIVE)), draw.choice((HOUR_S, -HOUR_S))
    storm.ground.clock.lie(name, seconds)
    storm.cure(draw.uniform(2, 5), _right(storm, name))
    return Strike(f"the clock of {name} jumps by {seconds / HOUR_S:+.0f} h")


def _right(storm: Storm, name: str) -> Callable[[], None]:
    return lambda: storm.ground.clock.lie(name, 0)


FAULTS: dict[str, Act] = {
    "kill worker": _killed(WORKER),
    "kill live worker": _killed(LIVE),
    "kill worker's child": kill_child,
    "kill beat": _killed(BEAT),
    "kill console": _killed(CONSOLE),
    "two beats": second_beat,
    "clock jump": clock_jumps,
}
