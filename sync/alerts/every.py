"""Every rule of alerts. A new one is a function and a line in one of these modules, a section in docs/operations.md,
and the same in deploy/prometheus-rules.yml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sync.alerts import flow, marketing, parts, records, services
from sync.alerts.reading import Reading
from sync.alerts.rule import Rule, Sign

RULES: Final[tuple[Rule, ...]] = (*parts.RULES, *services.RULES, *flow.RULES, *records.RULES, *marketing.RULES)
BY_NAME: Final = {rule.name: rule for rule in RULES}


def signs(reading: Reading) -> Iterator[tuple[Rule, Sign]]:
    """Everything that is wrong in a reading, each with the rule that says so."""
    for rule in RULES:
        for sign in rule.finds(reading):
            yield rule, sign


def untold(reading: Reading) -> frozenset[str]:
    """Rules of which nobody can tell now whether their sign is gone."""
    return frozenset() if reading.redis else frozenset(rule.name for rule in RULES if rule.blind)
