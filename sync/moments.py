"""The operators on dates and times, as comparisons with one or two moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sync.calendars import Calendar, Moment

Bound: TypeAlias = tuple[str, Moment]
"""A relation of OData and what a value is compared with: ("ge", 2026-01-31)."""

DAY: Final = timedelta(days=1)


def bounds(calendar: Calendar, operator: str, value: Any) -> Callable[[datetime], Sequence[Bound]]:
    """The comparisons that a moment operator stands for, given the current time.

    value: as `operands.parse` gives it. The last N days reach from midnight N days ago until now, the next N from now
    until the end of the Nth day.
    """
    if operator == "in_last_days":
        return lambda now: (
            ("ge", calendar.start(calendar.today(now) - value * DAY)),
            ("le", calendar.now(now)),
        )
    if operator == "in_next_days":
        return lambda now: (
            ("ge", calendar.now(now)),
            _until(calendar, calendar.today(now) + value * DAY),
        )
    fixed = _fixed_bounds(calendar, operator, value)
    return lambda _now: fixed


def _fixed_bounds(calendar: Calendar, operator: str, value: Any) -> Sequence[Bound]:
    if operator == "between":
        return ("ge", calendar.start(value[0])), _until(calendar, value[1])
    if operator == "on":
        return ("ge", calendar.start(value)), _until(calendar, value)
    if operator == "on_or_before":
        return (_until(calendar, value),)
    if operator == "after":
        relation, bound = _until(calendar, value)
        return (({"lt": "ge", "le": "gt"}[relation], bound),)
    return (({"before": "lt", "on_or_after": "ge"}[operator], calendar.start(value)),)


def _until(calendar: Calendar, moment: Moment) -> Bound:
    """Up to the end of a day, or up to a time inclusive."""
    if isinstance(moment, datetime):
        return "le", moment
    return "lt", calendar.start(moment + DAY)
