"""When a connection is due. Slots are aligned to UTC midnight, so summer time neither skips nor repeats one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from sync.quiet import Quiet, until

FREQUENCIES: Final = {
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "2h": timedelta(hours=2),
    "4h": timedelta(hours=4),
    "6h": timedelta(hours=6),
    "8h": timedelta(hours=8),
    "12h": timedelta(hours=12),
    "daily": timedelta(days=1),
}
"""Every period divides a day: all frequencies share one grid, and a change of frequency needs no new anchor."""

ANCHOR: Final = datetime(2000, 1, 1, tzinfo=UTC)


def next_due(
    frequency: str,
    previous_due: datetime | None,
    now: datetime,
    quiet: Sequence[Quiet] = (),
    zone: tzinfo = UTC,
) -> datetime:
    """The slot after the one that is served now: always later than `now`, so a row of missed slots is served once.

    A slot in quiet hours is served at their end, and all that fall into them are served once.

    previous_due: the due time being served, None for the first time. One that still lies ahead was made for another
    frequency and is dropped: the new frequency holds at once. Raises KeyError for an unknown frequency, TypeError for a
    time without zone.
    """
    period = FREQUENCIES[frequency]
    served = previous_due if previous_due is not None and previous_due <= now else now
    slot = ANCHOR + (served - ANCHOR) // period * period
    missed = (now - slot) // period
    return until(slot + (missed + 1) * period, quiet, zone)
