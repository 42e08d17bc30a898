"""The calendars of Dataverse's date columns: what a day is there, and how values are read and written.

Source: Microsoft's Power Apps documentation, "Behavior and format of the date and time column". An instant is UTC on
the wire and belongs to a day of the configured zone; a floating one shows the same clock everywhere, its Z means
nothing; a date has no time at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

Moment: TypeAlias = date | datetime
"""A date in date columns, an aware date-time in UTC in all others."""


class Calendar(Protocol):
    """What the moment operators need to know of a column."""

    def read(self, raw: Any) -> Moment | None:
        """A value as Dataverse sends it; None for an empty or unreadable one."""

    def start(self, moment: Moment) -> Moment:
        """The first moment of a day; a date-time stands for itself."""

    def now(self, now: datetime) -> Moment:
        """The current moment in terms of this column, in whole seconds as Dataverse has them."""

    def today(self, now: datetime) -> date:
        """The current day."""


@dataclass(frozen=True, slots=True)
class Instants:
    """Date-times in UTC; days begin at midnight of the zone."""

    zone: ZoneInfo

    def read(self, raw: Any) -> Moment | None:
        """See Calendar."""
        return _parsed(raw)

    def start(self, moment: Moment) -> Moment:
        """See Calendar."""
        return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), self.zone).astimezone(UTC)

    def now(self, now: datetime) -> Moment:
        """See Calendar."""
        return now.astimezone(UTC).replace(microsecond=0)

    def today(self, now: datetime) -> date:
        """See Calendar."""
        return now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Floating(Instants):
    """Date-times without a zone; they are compared by what the clock on the wall shows."""

    def start(self, moment: Moment) -> Moment:
        """See Calendar."""
        return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)

    def now(self, now: datetime) -> Moment:
        """See Calendar."""
        return now.astimezone(self.zone).replace(tzinfo=UTC, microsecond=0)


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates without a time."""

    zone: ZoneInfo

    def read(self, raw: Any) -> Moment | None:
        """See Calendar."""
        parsed = _parsed(raw)
        return parsed.date() if parsed else None

    def start(self, moment: Moment) -> Moment:
        """See Calendar."""
        return moment

    def now(self, now: datetime) -> Moment:
        """See Calendar."""
        return self.today(now)

    def today(self, now: datetime) -> date:
        """See Calendar."""
        return now.astimezone(self.zone).date()


def calendar_of(column_type: str, zone: ZoneInfo) -> Calendar:
    """The calendar of a date column's type."""
    if column_type == "date":
        return Dates(zone)
    return Floating(zone) if column_type == "datetime_floating" else Instants(zone)


def literal(moment: Moment) -> str:
    """A moment as OData writes it: 2026-01-05, or 2026-01-05T10:11:12Z."""
    return moment.isoformat()[:19] + "Z" if isinstance(moment, datetime) else moment.isoformat()


def _parsed(raw: Any) -> datetime | None:
    # A record must not fail because of one column that only the criteria look at.
    try:
        parsed = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
