"""Relative dates of Microsoft.Dynamics.CRM functions as ranges of moments.

Meanings: Microsoft Learn, "FetchXML operators for columns that store date values". Weeks begin on
Sunday; the zone is UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

STAMP = "%Y-%m-%dT%H:%M:%SZ"
COUNTED = re.compile(r"(Last|Next|OlderThan)X(Minutes|Hours|Days|Weeks|Months|Years)")
NAMED = re.compile(r"(Last|This|Next)(Week|Month|Year)")

Range = tuple[datetime | None, datetime | None]


def midnight(moment: datetime) -> datetime:
    """The beginning of the day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def shifted(moment: datetime, count: int, unit: str) -> datetime:
    """The moment `count` units later. Months and years keep the day where they can."""
    if unit not in ("Months", "Years"):
        return moment + timedelta(**{unit.lower(): count})
    months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "Years" else 1)
    year, month = divmod(months, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("Every month has a 28th day.")


def date_range(name: str, count: int, now: datetime) -> Range | None:
    """The half-open range that a function means, None when the name is no relative date."""
    counted, named = COUNTED.fullmatch(name), NAMED.fullmatch(name)
    if counted:
        return _counted(counted[1], counted[2], count, now)
    if named:
        return _named(named[1], named[2], midnight(now))
    day = {"Today": 0, "Yesterday": -1, "Tomorrow": 1}.get(name)
    if day is not None:
        start = midnight(now) + timedelta(days=day)
        return start, start + timedelta(days=1)
    if name in ("Last7Days", "Next7Days"):
        return _counted(name[:4], "Days", 7, now)
    return None


def _counted(which: str, unit: str, count: int, now: datetime) -> Range:
    whole: Callable[[datetime], datetime] = (lambda m: m) if unit in ("Hours", "Minutes") else midnight
    if which == "OlderThan":
        return None, shifted(now, -count, unit)
    if which == "Last":
        return whole(shifted(now, -count, unit)), now + timedelta(seconds=1)
    return now, whole(shifted(now, count, unit)) + timedelta(days=0 if unit in ("Hours", "Minutes") else 1)


def _named(which: str, unit: str, today: datetime) -> Range:
    starts = {
        "Week": today - timedelta(days=(today.weekday() + 1) % 7),
        "Month": today.replace(day=1),
        "Year": today.replace(month=1, day=1),
    }
    offset = {"Last": -1, "This": 0, "Next": 1}[which]
    start = shifted(starts[unit], offset, f"{unit}s")
    return start, shifted(start, 1, f"{unit}s")


def to_stamp(text: str) -> str:
    """A moment or a day in ISO form as the wire shows it, in UTC and whole seconds. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime(STAMP)
