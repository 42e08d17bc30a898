"""Numbers and times in sentences of alerts."""

from __future__ import annotations

from datetime import timedelta

from sync.model import Direction

WAYS = {Direction.OUTBOUND: "to ActiveCampaign", Direction.INBOUND: "to Dynamics"}
SERVICES = {"dynamics": "Dynamics", "activecampaign": "ActiveCampaign"}


def span(time: timedelta) -> str:
    """A span of time in its largest unit, such as `3 hours`."""
    seconds = int(time.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return many(seconds // size, unit)
    return many(seconds, "second")


def many(number: int, what: str) -> str:
    """`1 record`, `1,200 records`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def size(number: int) -> str:
    """Bytes as gigabytes or megabytes."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"
