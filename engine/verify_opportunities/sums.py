"""What opportunities are worth on both sides, by stage and currency: exact, summed up in PostgreSQL page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from engine.verify_opportunities.pairs import ENTITY, Pair
from engine.verify_report import ACTIVECAMPAIGN, DYNAMICS
from engine.verify_run import Run
from engine.verify_sums import Amounts, Sum
from store import verifications
from store.db import Tx
from sync.model import Canonical

STAGE: Final = "stage"
CURRENCY: Final = "currency"
ESTIMATED: Final = "estimated-revenue"
ACTUAL: Final = "actual-revenue"


def add(tx: Tx, run: Run, expected: Sequence[Pair]) -> None:
    """Adds opportunities that are expected, and the records that were found for them."""
    mapping = run.context.rules[ENTITY].mapping
    ours = [_ours(pair) for pair in expected]
    both = zip(ours, expected, strict=True)
    theirs = [mapping.aligned(pair.theirs, values) for values, pair in both if pair.theirs is not None]
    verifications.add_sums(tx, run.id, DYNAMICS, [_row(values) for values in ours])
    verifications.add_sums(tx, run.id, ACTIVECAMPAIGN, [_row(values) for values in theirs])


def read(tx: Tx, run: Run) -> list[Sum]:
    """All sums, by stage and currency."""
    sides: dict[tuple[str, str], dict[str, Amounts]] = {}
    for row in verifications.sums(tx, run.id):
        amounts = Amounts(row["number"], row["estimated"], row["actual"])
        sides.setdefault((row["stage"], row["currency"]), {})[row["side"]] = amounts
    return [
        Sum(*where, found.get(DYNAMICS, Amounts()), found.get(ACTIVECAMPAIGN, Amounts()))
        for where, found in sides.items()
    ]


def _ours(pair: Pair) -> dict[str, Canonical]:
    """Dynamics' values, rounded to what the fields can hold as they were read; what isn't known of Dynamics stays what
    the record says."""
    return {**(pair.theirs or {}), **pair.change.values}


def _row(values: Mapping[str, Canonical]) -> dict[str, Any]:
    words = {"stage": str(values.get(STAGE) or ""), "currency": str(values.get(CURRENCY) or "")}
    amounts = {"estimated": _amount(values.get(ESTIMATED)), "actual": _amount(values.get(ACTUAL))}
    return {**words, "number": 1, **amounts}


def _amount(value: Canonical) -> str:
    """An amount as text; what is no number is worth nothing."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return "0"
    return str(amount) if amount.is_finite() else "0"
