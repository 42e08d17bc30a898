"""The steps there are, how a run of them is drawn from a seed, and how one is written down to be repeated."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

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


def draw(seed: int, length: int, *, two_way: bool) -> list[Step]:
    """A run of steps. It begins with a few records, and each seed leaves some kinds out: the others meet more often."""
    chance = random.Random(seed)
    kinds = [kind for kind in KINDS.values() if two_way or not kind.two_way]
    kept = [kind for kind in kinds if kind.weight >= 10 or chance.random() < 0.6]
    first = [name for name in OPENING if two_way or not KINDS[name].two_way]
    chosen = chance.choices([kind.name for kind in kept], [kind.weight for kind in kept], k=length - len(first))
    return [Step(name, tuple(chance.randrange(SPREAD) for _ in range(4))) for name in [*first, *chosen]]


def parse(text: str) -> list[Step]:
    """The steps that `name:1,2,3 name:4` stands for."""
    parts = [part.partition(":") for part in text.split()]
    return [Step(name, tuple(int(number) for number in numbers.split(",") if number)) for name, _, numbers in parts]
