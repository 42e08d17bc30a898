"""People at work: steps of the machine in several waves, and those that only rounds have."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from machine.journal import ACTIVECAMPAIGN, DYNAMICS
from machine.oracle.pairs import pairs
from machine.world import TEXTS

from rounds import sales
from rounds.world import RoundWorld, drawn

WAVES, STEPS = 3, 12
PACE_S = 0.35
"""A step comes up to this time after the one before."""
BETWEEN_S = 6.0
"""So long the next wave waits for the end of what is under way."""
BOTH_EDIT = {"jobtitle": "JOB_TITLE", "address1_city": "CITY", "mobilephone": "MOBILE_PHONE"}


def both_edit(world: RoundWorld, draw: Random) -> str | None:
    """A salesperson and a marketer write the same field of the same person at the same time: a conflict."""
    found = list(pairs(world.sides()))
    if not found:
        return None
    (person, contact), (column, name) = draw.choice(found), draw.choice(list(BOTH_EDIT.items()))
    ours, theirs = draw.sample(TEXTS, 2)
    world.in_dynamics({"table": person.table, "id": person.id, "set": {column: ours}})
    world.touched(person)
    world.journal.says(DYNAMICS, person.address, name, ours)
    world.in_activecampaign(contact=contact.id, fields={name: theirs})
    world.journal.says(ACTIVECAMPAIGN, contact.address, name, theirs)
    return f"{name} of {person} becomes {ours!r} in Dynamics and {theirs!r} in ActiveCampaign"


def press(world: RoundWorld, draw: Random) -> str | None:
    """Somebody presses *Sync now* in the console."""
    person = draw.choice(world.sides().people)
    world.ground.press(person.table, person.id)
    return f"somebody presses Sync now for {person}"


OWN: tuple[Callable[[RoundWorld, Random], str | None], ...] = (both_edit, both_edit, sales.enter, sales.edit, press)


def wave(world: RoundWorld, draw: Random) -> None:
    """A dozen steps; a scheduled cycle becomes due in the midst of them, and another at the end."""
    for number, step in enumerate(drawn(draw, STEPS)):
        if number % 4 == 3:
            _own(world, draw)
        world.play(step)
        if number == STEPS // 2:
            world.ground.make_due()
        time.sleep(draw.random() * PACE_S)
    world.ground.make_due()


def _own(world: RoundWorld, draw: Random) -> None:
    with world.acting:
        world.journal.step += 1
        told = draw.choice(OWN)(world, draw)
        if told:
            world.lines.append(f"{world.journal.step:3} {told}")
        world.journal.ran(troubled=True)
