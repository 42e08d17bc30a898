"""Values drawn at random: money, dates and moments with their difficult cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

START = datetime(2019, 1, 1, tzinfo=UTC)
SPAN_S = 6 * 365 * 86_400
"""Created within six years from START, so that nothing lies in the future."""

CLOCK_CHANGES = (
    datetime(2024, 3, 10, 6, 59, 59, tzinfo=UTC),
    datetime(2024, 3, 10, 7, 0, 0, tzinfo=UTC),
    datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC),
    datetime(2024, 3, 31, 1, 0, 0, tzinfo=UTC),
    datetime(2024, 10, 27, 0, 30, 0, tzinfo=UTC),
    datetime(2024, 10, 27, 1, 30, 0, tzinfo=UTC),
    datetime(2024, 11, 3, 5, 30, 0, tzinfo=UTC),
    datetime(2024, 11, 3, 6, 30, 0, tzinfo=UTC),
)
"""Just before and after the clocks changed in New York and in Berlin; the autumn pairs show the same local time."""

DAYS = ("1899-12-31", "1970-01-01", "2000-02-29", "2024-02-29", "2024-03-31", "2024-10-27", "2024-11-03", "9999-12-31")

AMOUNTS = (0.0, 0.0001, 0.1, 19.99, 1234567.8901, 99999999.9999)


def moment(draw: Random) -> datetime:
    """A time of day between START and six years later, one in twenty beside a change of the clocks."""
    if draw.random() < 0.05:
        return draw.choice(CLOCK_CHANGES)
    return START + timedelta(seconds=int(draw.random() * SPAN_S))


def later(draw: Random, than: datetime) -> datetime:
    """The moment itself, or up to 300 days after it."""
    return than if draw.random() < 0.3 else than + timedelta(seconds=int(draw.random() * 300 * 86_400))


def text(when: datetime) -> str:
    """A date-time as the Web API writes it, to the second."""
    return f"{when.replace(tzinfo=None).isoformat()}Z"


def day(draw: Random) -> str:
    """A date, one in twenty a difficult one."""
    if draw.random() < 0.05:
        return draw.choice(DAYS)
    return date.fromordinal(711_000 + int(draw.random() * 28_000)).isoformat()


def money(draw: Random) -> float:
    """An amount with up to 4 decimals, never negative."""
    return draw.choice(AMOUNTS) if draw.random() < 0.1 else round(draw.random() * 5_000_000, 4)
