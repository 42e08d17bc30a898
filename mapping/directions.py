"""Which way a mapping travels: outbound is to ActiveCampaign, inbound is to Dynamics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mapping.matrix import Verdict
from mapping.pairs import Pair

OUTBOUND: Final = "outbound"
INBOUND: Final = "inbound"
BOTH: Final = "both"

DIRECTIONS: Final = (OUTBOUND, INBOUND, BOTH)

_WAYS: Final = {OUTBOUND: {OUTBOUND}, INBOUND: {INBOUND}, BOTH: {OUTBOUND, INBOUND}}


def combined(*wanted: str) -> str:
    """The direction that all of these allow, "" where they have none in common."""
    ways = set.intersection(*(_WAYS.get(one, set()) for one in wanted))
    return BOTH if len(ways) > 1 else next(iter(ways), "")


def why_none(entity: str, wanted: str, own: str, pair: Pair) -> str:
    """Why nothing is left of an entity's direction, a mapping's own ("" for none) and what its pair can carry."""
    if own and not combined(wanted, own):
        return f"{entity} travels {wanted} only, so this mapping can't be {own}. Set the direction of {entity} to both."
    if not pair.verdict.outbound:
        return f"{pair.column.name} can't be read."
    reason = pair.verdict.rule if pair.column.updatable and not pair.column.calculated else "Dynamics sets it itself."
    return f"{pair.column.name} can't be filled from {pair.field.key}: {reason} It can travel outbound only."


def filled_twice(pair: Pair, others: Iterable[Pair]) -> str:
    """Which fault it is when another field fills the column of this pair as well, "" when none does."""
    if pair.direction == OUTBOUND:
        return ""
    for other in others:
        if other.column.name == pair.column.name and other.direction != OUTBOUND:
            name = pair.column.name
            return f"{name} is already filled from {other.field.key}; set the direction of one of them to outbound."
    return ""


def carried(verdict: Verdict) -> str:
    """The direction that a pair can carry at all, "" for none."""
    if verdict.outbound and verdict.inbound:
        return BOTH
    return OUTBOUND if verdict.outbound else INBOUND if verdict.inbound else ""
