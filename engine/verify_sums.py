"""What opportunities are worth on both sides: exact sums by stage and currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Amounts:
    """Number of opportunities, and their estimated and actual revenue, exactly as one side holds them."""

    number: int = 0
    estimated: Decimal = Decimal(0)
    actual: Decimal = Decimal(0)

    def as_json(self) -> dict[str, Any]:
        """The amounts as text with two decimals, for scripts."""
        return {
            "count": self.number,
            "estimated_revenue": f"{self.estimated:.2f}",
            "actual_revenue": f"{self.actual:.2f}",
        }


@dataclass(frozen=True, slots=True)
class Sum:
    """The opportunities of one stage and currency that are expected, and the records that were found for them."""

    stage: str
    currency: str
    dynamics: Amounts
    activecampaign: Amounts

    @property
    def agrees(self) -> bool:
        """Whether both sides hold the same, to the cent."""
        return self.dynamics == self.activecampaign

    def as_json(self) -> dict[str, Any]:
        """The sums for scripts."""
        sides = {"dynamics": self.dynamics.as_json(), "activecampaign": self.activecampaign.as_json()}
        return {"stage": self.stage, "currency": self.currency, **sides, "agrees": self.agrees}
