"""How far back ActiveCampaign is read, and how often as a whole. It knows no change tokens and tells no deletions.

Contacts can be asked for by date of change (`filters[updated_after]`, developers.activecampaign.com, page
list-all-contacts). Which of their dates it compares and whether the moment itself counts is not documented, and a
change may become visible after it was made, so windows overlap. Deletions leave no trace and are found by reading all.
What can't be asked for by date is swept, within a share of the 5 calls a second that an account has (page rate-limits).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

OVERLAP: Final = timedelta(minutes=5)
LONG_OVERLAP: Final = timedelta(hours=24)
LOOK_BACK_EVERY: Final = timedelta(hours=24)
FULL_EVERY: Final = timedelta(days=7)


def next_sweep(
    last_started: datetime | None,
    last_calls: int,
    now: datetime,
    *,
    calls_per_second: float = 5.0,
    share: float = 0.05,
) -> datetime:
    """When the next sweep may begin, `now` at the earliest: then sweeps use that share of all calls on average.

    last_started, last_calls: when the last one began, None for never, and how many calls it took. A hundred calls make
    400 seconds, a few make none that anybody notices. Both rates are above 0.
    """
    if last_started is None:
        return now
    # A start that lies ahead was written by a clock that was wrong; it must not hold sweeps up until then.
    return max(now, min(last_started, now) + timedelta(seconds=last_calls / (calls_per_second * share)))


def window(previous_opened: datetime | None, now: datetime, *, long: bool = False) -> datetime | None:
    """Since when contacts are asked for: from before the previous reading was opened. None: all are read.

    long: the overlap of once a day, 24 hours instead of 5 minutes, for what became visible late.
    """
    if previous_opened is None:
        return None
    return min(previous_opened, now) - (LONG_OVERLAP if long else OVERLAP)


def look_back_due(last_long: datetime | None, now: datetime) -> bool:
    """Whether this reading takes the long overlap: once in 24 hours. last_long: when one was last opened."""
    return _passed(last_long, LOOK_BACK_EVERY, now)


def full_due(last_full: datetime | None, now: datetime) -> bool:
    """Whether everything is read to find what was deleted: once a week. last_full: when that was last opened."""
    return _passed(last_full, FULL_EVERY, now)


def _passed(last: datetime | None, period: timedelta, now: datetime) -> bool:
    # A time that lies ahead counts as long ago: it was written by a clock that was wrong.
    return last is None or not timedelta(0) <= now - last < period
