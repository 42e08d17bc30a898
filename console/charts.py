"""Charts as numbers: where each bar of a drawing stands. The template only writes them down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine.overview import DRAWN, Day

WIDTH: Final = 700.0
HEIGHT: Final = 160.0
GAP: Final = 0.25
"""The share of a day's place that stays empty."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle. kind: created, updated or failed; number: what it stands for."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    number: int


@dataclass(frozen=True, slots=True)
class Label:
    """A word below a day."""

    x: float
    day: date


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars of one direction. top: what the whole height stands for."""

    bars: Sequence[Bar]
    labels: Sequence[Label]
    top: int
    width: float = WIDTH
    height: float = HEIGHT


def activity(days: Sequence[Day], top: int) -> Chart:
    """Bars for the days of one direction, oldest first. top: the busiest day's number, of all charts to be compared."""
    place = WIDTH / max(1, len(days))
    bars = [
        bar for index, day in enumerate(days) for bar in _stacked(day, index * place, place * (1 - GAP), max(1, top))
    ]
    labels = [Label(index * place + place * (1 - GAP) / 2, day.day) for index, day in enumerate(days)]
    return Chart(bars, labels, top)


def busiest(days: Sequence[Day]) -> int:
    """The greatest sum of a day and direction."""
    return max((day.created + day.updated + day.failed for day in days), default=0)


def _stacked(day: Day, x: float, width: float, top: int) -> list[Bar]:
    bars, reached = [], HEIGHT
    for kind in DRAWN:
        number = getattr(day, kind)
        # What is there is seen, however little it is beside the busiest day.
        height = max(1.5, number / top * HEIGHT) if number else 0.0
        reached -= height
        if number:
            bars.append(Bar(kind, round(x, 1), round(reached, 1), round(width, 1), round(height, 1), number))
    return bars
