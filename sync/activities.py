"""How marketing activities are found: which window is read, who is looked at, and how many calls that may cost.

The feed of ActiveCampaign is made when a contact is read (developers.activecampaign.com, page list-contact-activities);
whether it is complete without that is not documented, so it is found out. Everybody is looked at once; after that,
while nothing speaks against it, the feed alone is read and a few contacts are looked at as a sample. Once reading a
contact has brought to light what the feed had not shown, everybody is looked at in turn, and whoever has news is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

OVERLAP: Final = timedelta(minutes=10)
LONG_OVERLAP: Final = timedelta(hours=1)
LAG: Final = timedelta(minutes=10)
"""So long after an event the feed may be without it although nothing is wrong."""
SETTLING: Final = timedelta(seconds=30)
"""So long an event is left alone before its contact is read for it."""
PATIENCE: Final = timedelta(minutes=15)
"""When a contact is read once more whose feed did not show what its dates speak of."""
TRIES: Final = 2
STALE: Final = timedelta(days=1)
"""A suspicion that is older is dropped while the feed stands alone: the next look raises it again, if it is one."""
REFUSED_FOR: Final = timedelta(days=1)
"""So long it isn't asked again whether the feed answers for everybody."""
PROVEN_FOR: Final = timedelta(days=7)
"""What was found out about the feed holds so long."""
SAMPLE_PAGES: Final = 3
PROBES: Final = 10
SWEEP_SHARE: Final = 0.05
READ_SHARE: Final = 0.2
LEAST_READS: Final = 20
CALLS_PER_READ: Final = 2
LONGEST_WAIT: Final = timedelta(hours=1)
"""More than what adds up in this time isn't spent at once."""
CLOSE: Final = timedelta(seconds=2)


def window(opened: datetime | None, long_at: datetime | None, now: datetime, floor: datetime) -> tuple[datetime, bool]:
    """Since when the feed is read, and whether that is the long look back of once an hour.

    opened, long_at: when the last reading and the last long one began, None for never; floor: nothing older is wanted
    by the first one. Long ones overlap by an hour, the others by ten minutes.
    """
    if opened is None or long_at is None:
        return floor, True
    if now - long_at >= LONG_OVERLAP or long_at > now:
        return min(long_at, now) - LONG_OVERLAP, True
    return min(opened, now) - OVERLAP, False


def floor(now: datetime, first_load_days: int, keep_days: int) -> datetime:
    """Nothing older is wanted when somebody is read for the first time. keep_days: 0 for ever."""
    days = min(first_load_days, keep_days) if keep_days else first_load_days
    return now - timedelta(days=min(days, 36_500))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one reading may spend: pages of contacts looked at, and people read one by one."""

    pages: int
    people: int


def allowance(
    since: datetime | None, now: datetime, calls_per_second: float, *, alone: bool, turned: bool
) -> Allowance:
    """since: when the last reading began; alone: nothing speaks against the feed being complete by itself; turned:
    everybody was looked at once, so that a sample is enough from then on."""
    span = min(max(now - since, timedelta(0)), LONGEST_WAIT) if since else timedelta(minutes=15)
    calls = span.total_seconds() * calls_per_second
    pages = SAMPLE_PAGES if alone and turned else max(SAMPLE_PAGES, int(calls * SWEEP_SHARE))
    return Allowance(pages, PROBES if alone else max(LEAST_READS, int(calls * READ_SHARE / CALLS_PER_READ)))


def alone(helped_at: datetime | None, refused_at: datetime | None, now: datetime) -> bool:
    """Whether the feed is taken to be complete by itself: no reading of a contact has helped lately, and it answers for
    everybody."""
    return refused_at is None and (helped_at is None or now - helped_at > PROVEN_FOR)


def helps(at: datetime, opened: datetime, since: datetime) -> bool:
    """Whether an event that only came to light when its contact was read proves that this is needed: a reading of the
    whole feed, begun at `opened` and reaching back to `since`, should have shown it."""
    return since <= at <= opened - LAG


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a contact from the last time it was looked at. sent: mails counted then; covered: what has a
    date up to here is known; fetched: its own feed was read before."""

    sent: int | None = None
    covered: datetime | None = None
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for news of a contact: its newest date that isn't covered, and mails more than counted before."""

    at: datetime | None
    sends: int


def evidence(
    seen: Seen, dates: Iterable[datetime], sent: int, floor: datetime, now: datetime, *, alone: bool
) -> Evidence | None:
    """What speaks for news of a contact whose row shows these dates and so many mails, None where nothing does.

    A contact whose own feed was never read is suspected because of its mails only where reading contacts has helped:
    they may have been sent years ago. Dates ahead of now don't count yet: a clock is wrong.
    """
    newest = max((one for one in dates if one <= now), default=None)
    known = max(floor, seen.covered) if seen.covered else floor
    at = newest if newest is not None and newest > known + CLOSE else None
    more = sent - seen.sent if seen.sent is not None else 0
    unread = sent > 0 and not (alone or seen.fetched)
    more = max(more, 1 if unread else 0)
    return Evidence(at, more) if at or more else None
