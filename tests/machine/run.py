"""Plays runs of steps, and looks for the few that matter in one that failed."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import pytest

from machine import companies, in_activecampaign, in_dynamics, profile, troubles
from machine.pipeline import Disagreement
from machine.steps import Step
from machine.world import World

Worlds = Callable[[], AbstractContextManager[World]]
Story = tuple[str, list[str]]
"""What went wrong, and what happened before."""

MODULES = (companies, in_activecampaign, in_dynamics, troubles)
"""All kinds of steps; importing them makes them known."""

REST = Step("rest", ())


def play(worlds: Worlds, steps: Sequence[Step], seed: int) -> None:
    """Plays the steps and a rest at the end. Fails with the story of what went wrong, as short as it could be told."""
    wrong = told(worlds, steps)
    if wrong is None:
        return
    shortest, wrong = shortened(worlds, list(steps), wrong, profile.TRIALS)
    why, lines = wrong
    again = f"AC365_STEPS='{' '.join(map(str, shortest))}'"
    text = [f"seed {seed}, {len(shortest)} of {len(steps)} steps:", *lines, "", why, "", f"Again: {again}"]
    pytest.fail("\n".join(text), pytrace=False)


def told(worlds: Worlds, steps: Sequence[Step]) -> Story | None:
    """What went wrong, None when nothing did."""
    with worlds() as world:
        try:
            for step in [*steps, REST]:
                world.play(step)
        except Exception as error:
            return (_why(error), world.lines)
    return None


def _why(error: Exception) -> str:
    """The complaint, or where the pipeline broke and what was behind it."""
    if isinstance(error, Disagreement):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-3:]
    where = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in last)
    behind = f" ({error.__cause__})" if error.__cause__ else ""
    return f"{type(error).__name__}: {error}{behind}, at {where}"


def shortened(worlds: Worlds, steps: list[Step], wrong: Story, trials: int) -> tuple[list[Step], Story]:
    """Leaves out whatever can be left out so that the same goes wrong: halves first, single steps last."""
    size = max(len(steps) // 2, 1)
    while trials > 0 and size:
        for without in _fewer(steps, size):
            trials -= 1
            found = told(worlds, without) if trials >= 0 else None
            if found is not None and _kind(found) == _kind(wrong):
                steps, wrong = without, found
                break
        else:
            size //= 2
    return steps, wrong


def _kind(wrong: Story) -> str:
    """The first complaint without names and numbers."""
    return re.sub(r"""'[^']*'|"[^"]*"|\S*[\d@]\S*|\[.*\]|\{.*\}""", "", wrong[0].splitlines()[0])


def _fewer(steps: list[Step], size: int) -> Iterator[list[Step]]:
    """The steps without some that follow each other, the last ones first."""
    for first in range((len(steps) - 1) // size * size, -1, -size):
        yield steps[:first] + steps[first + size :]
