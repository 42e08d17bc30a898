"""Whether a cycle may go on unasked (guarantee G8): it counts before it writes, and asks when it would do too much.

A share counts against the records that were linked before the cycle. A first delivery has none, and somebody asked for
it, so only deletions make it ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

ANSWER: Final = "let it go on with `ac365 cycles approve N`, or end it with `ac365 cycles reject N`"


@dataclass(frozen=True, slots=True)
class Limits:
    """What passes unasked: shares from 0 to 1 of the linked records, by kind. minimum: fewer of a kind never ask."""

    creates: float
    changes: float
    deletes: float
    minimum: int


@dataclass(frozen=True, slots=True)
class Planned:
    """How many records a cycle would create, change and delete."""

    creates: int
    changes: int
    deletes: int


def judge(planned: Planned, known: int, limits: Limits) -> str:
    """Why the cycle asks, as a sentence for a person; "" when it may go on.

    known: records linked before the cycle. N in the sentence stands for the number of the cycle.
    """
    found = [f"{verb} {number} ({_percent(share)} may pass)" for verb, number, share in _asking(planned, known, limits)]
    return f"with {known} records linked, it would {_listed(found)}: {ANSWER}" if found else ""


def looks_empty(read: int, known: int, minimum: int = 50) -> str:
    """Why a full read is not believed, as a sentence for a person; "" when it is.

    It showed less than half of the records that are linked. Fewer than `minimum` linked records never make it doubtful.
    """
    if known < minimum or read * 2 >= known:
        return ""
    shown = f"only {read}" if read else "none"
    return (
        f"a full read showed {shown} of {known} linked records: check the address, and that its user may still "
        "read them all, before anything is taken for deleted"
    )


def _asking(planned: Planned, known: int, limits: Limits) -> Iterator[tuple[str, int, float]]:
    for verb, number, share in (
        ("create", planned.creates, limits.creates),
        ("change", planned.changes, limits.changes),
        ("delete", planned.deletes, limits.deletes),
    ):
        comparable = known > 0 or verb == "delete"
        if comparable and number >= limits.minimum and _exceeds(number, known, share):
            yield verb, number, share


def _exceeds(number: int, known: int, share: float) -> bool:
    # 29 of 100 are not more than 0.29 of them; as floats they are.
    return share < 1 and number > Fraction(str(share)) * known


def _percent(share: float) -> str:
    return f"{share * 100:g} %"


def _listed(found: Sequence[str]) -> str:
    *first, last = found
    return f"{', '.join(first)} and {last}" if first else last
