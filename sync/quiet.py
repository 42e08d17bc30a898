"""Quiet hours: times of the week in which no cycle starts by itself, read on the clock of one zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Quiet:
    """One stretch, on the days on which it begins (0 is Monday). begin, end: time of day, the end not included.

    An end at or before the beginning is one of the next day.
    """

    days: frozenset[int]
    begin: timedelta
    end: timedelta

    @property
    def length(self) -> timedelta:
        """How long it is, up to a day."""
        return self.end - self.begin if self.end > self.begin else self.end + DAY - self.begin

    def ends(self, wall: datetime) -> datetime | None:
        """When it is over for somebody whose clock, which knows no zone, shows this; None outside."""
        midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        for day in (midnight - DAY, midnight):
            begin = day + self.begin
            if day.weekday() in self.days and begin <= wall < begin + self.length:
                return begin + self.length
        return None


def read(said: Iterable[Mapping[str, Any]]) -> tuple[Quiet, ...]:
    """The stretches as the configuration says them: {days, from, to}, valid."""
    return tuple(Quiet(frozenset(map(DAYS.index, one["days"])), time(one["from"]), time(one["to"])) for one in said)


def time(text: str) -> timedelta:
    """A time of day such as `22:30` as what has passed since midnight. 24:00 is the end of the day."""
    hours, _, minutes = text.partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def until(now: datetime, quiet: Sequence[Quiet], zone: tzinfo) -> datetime:
    """When a cycle may start: `now` outside of quiet hours, else their end, in UTC.

    Stretches that follow one another are one. What the clock shows counts: an hour that it shows twice is quiet twice.
    Where no moment of the week is left, which the configuration refuses, the answer is after a week.
    """
    at = now
    while at - now < WEEK and (end := _over(at.astimezone(zone).replace(tzinfo=None), quiet)):
        at = _moment(end, at, zone)
    return at.astimezone(UTC)


def always(quiet: Sequence[Quiet]) -> bool:
    """Whether no moment of a week is left."""
    begin = datetime(2000, 1, 3)
    wall = begin
    while wall < begin + WEEK and (end := _over(wall, quiet)):
        wall = end
    return wall >= begin + WEEK


def _over(wall: datetime, quiet: Sequence[Quiet]) -> datetime | None:
    return max((end for one in quiet if (end := one.ends(wall))), default=None)


def _moment(wall: datetime, after: datetime, zone: tzinfo) -> datetime:
    """When the clock shows this for the first time after a moment. One that is skipped counts as the hour after it."""
    found = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [one for one in found if one > after]
    return min(shown) if shown else after + timedelta(minutes=1)
