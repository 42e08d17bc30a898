"""The steps there are, how a run of them is drawn from a seed, and how one is written down to be repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

Item = TypeVar("Item")
Act = Callable[[Any, "Pick"], str | None]

SPREAD = 12
"""A step's numbers are below this: enough to tell everybody in such a small world apart."""


@dataclass(frozen=True)
class Kind:
    """One kind of step. weight: how often it is drawn; two_way: only while changes travel in both directions."""

    name: str
    act: Act
    weight: int
    two_way: bool


OPENING = (
    "enter_company",
    "enter_contact",
    "enter_contact",
    "enter_lead",
    "enter_in_activecampaign",
    "request",
    "cycle",
)
KINDS: dict[str, Kind] = {}


def step(weight: int = 4, *, two_way: bool = False) -> Callable[[Act], Act]:
    """Declares a kind of step. It answers with what it did in words, None when there was nothing to do."""

    def declare(act: Act) -> Act:
        KINDS[act.__name__] = Kind(act.__name__, act, weight, two_way)
        return act

    return declare


@dataclass(frozen=True)
class Step:
    """One step: its kind and the numbers that choose whom and what. Written `name:1,2,3`."""

    name: str
    numbers: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}:{','.join(map(str, self.numbers))}"


class Pick:
    """Chooses by the numbers of a step, one after the other, so that the same step in the same world does the same."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = list(numbers)

    def one(self, choices: Sequence[Item]) -> Item:
        """One of these, which must not be empty."""
        return choices[self.number() % len(choices)]

    def number(self) -> int:
        """The next number."""
        return self._numbers.pop(0) if self._numbers else 0


@st.composite
def runs(draw: st.DrawFn, length: int, *, two_way: bool) -> list[Step]:
    """Runs of steps. They begin with a few records, and each leaves some kinds out: the others meet more often."""
    kinds = [kind for kind in KINDS.values() if two_way or not kind.two_way]
    left_out = draw(
        st.sets(st.sampled_from([kind.name for kind in kinds if kind.weight < 10]), max_size=len(kinds) // 2)
    )
    weighed = [kind.name for kind in kinds if kind.name not in left_out for _ in range(kind.weight)]
    first = [name for name in OPENING if two_way or not KINDS[name].two_way]
    number = length - len(first)
    chosen = draw(st.lists(st.sampled_from(weighed), min_size=number, max_size=number))
    numbers = st.tuples(*[st.integers(0, SPREAD - 1)] * 4)
    return [Step(name, draw(numbers)) for name in [*first, *chosen]]


def drawn(seed: int, length: int, *, two_way: bool) -> list[Step]:
    """The run that hypothesis draws for a seed. What fails is shortened by `machine.run`, whose messages tell a story:
    a run takes seconds and fails in many ways, of which hypothesis would report the last one alone."""
    found: list[list[Step]] = []

    # The first example is always the simplest, a run of the same step over and over; the second is drawn.
    @hypothesis.seed(seed)
    @settings(
        max_examples=2, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(runs(length, two_way=two_way))
    def keep(steps: list[Step]) -> None:
        found.append(steps)

    keep()
    return found[-1]


def parse(text: str) -> list[Step]:
    """The steps that `name:1,2,3 name:4` stands for."""
    parts = [part.partition(":") for part in text.split()]
    return [Step(name, tuple(int(number) for number in numbers.split(",") if number)) for name, _, numbers in parts]
