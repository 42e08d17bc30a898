"""One round from its seed: people at work, faults that strike, quiet, and the verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

from rounds import crowd, waves
from rounds.catalogue import CATALOGUE
from rounds.ground import Ground
from rounds.history import History
from rounds.quiet import Quiet
from rounds.site import Site
from rounds.storm import Plan, Storm, drawn
from rounds.verdict import COUNTS, ECHOED, LOST, Verdict
from rounds.world import RoundWorld

FEWEST, MOST = 3, 8
FIRST_S, WAVES_S = 4.0, 10.0
"""Within so many seconds of a first sync, or of people at work, faults strike that don't wait for a call."""
FIRST_WITHIN_S = 20.0


@dataclass
class Row:
    """What came of a round. faults: name, moment, what it did, and whether it met anything."""

    seed: int
    faults: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    complaints: dict[str, list[str]] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    broken: str = ""

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(self.complaints.get(name, ())) for name in COUNTS}

    @property
    def agrees(self) -> bool:
        return not self.differences

    @property
    def good(self) -> bool:
        return not any(self.counts.values()) and self.agrees and not self.broken


def play(site: Site, seed: int, number_of_waves: int = waves.WAVES) -> Row:
    """Plays one round."""
    draw, row, begun = Random(seed), Row(seed), time.monotonic()
    number = draw.randint(FEWEST, MOST)
    early = sum(draw.random() < 0.3 for _ in range(number))
    first, later = drawn(CATALOGUE, draw, early, FIRST_S), drawn(CATALOGUE, draw, number - early, WAVES_S)
    with site.installation() as ground:
        crowd.gather(ground.crm.state, ground.ac.state, draw)
        ground.processes.start()
        ground.configure()
        world = RoundWorld(ground)
        history = History(ground)
        verdict = Verdict(world, history)
        try:
            _first_sync(ground, first)
            _judged(ground, verdict, last=False)
            _at_work(ground, world, later, draw, number_of_waves)
            _judged(ground, verdict, last=True)
            row.differences = ground.differences()
        finally:
            history.end()
    row.seconds, row.lines = round(time.monotonic() - begun, 1), world.lines
    row.faults = [_told(plan) for plan in (*first, *later)]
    row.complaints = {name: found for name, found in verdict.complaints.items() if found}
    row.broken = "\n".join(trouble for plan in (*first, *later) for trouble in plan.trouble)
    return row


def _first_sync(ground: Ground, plans: list[Plan]) -> None:
    with Storm(ground, plans) as storm:
        ground.until(ground.begin, FIRST_WITHIN_S)
        storm.until_over(0.5)
        ground.calm(FIRST_WITHIN_S)


def _at_work(ground: Ground, world: RoundWorld, plans: list[Plan], draw: Random, number_of_waves: int) -> None:
    with Storm(ground, plans):
        for _ in range(number_of_waves):
            waves.wave(world, draw)
            ground.calm(waves.BETWEEN_S)


def _judged(ground: Ground, verdict: Verdict, *, last: bool) -> None:
    """All becomes quiet, and both sides are judged; at the end of a round also whether they stay as they are."""
    quiet = Quiet(ground)
    quiet.settle()
    if last:
        verdict.add(ECHOED, quiet.echoes())
    verdict.add(LOST, [*quiet.troubles, *(f"{name} was given up" for name in ground.processes.stack.gave_up)])
    verdict.judge()


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "moment": plan.moment,
        "did": plan.strike.words if plan.strike else "nothing",
        "struck": plan.struck,
    }
