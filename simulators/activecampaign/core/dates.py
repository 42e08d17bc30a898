"""Dates as the service writes and reads them (its reference, "Dates and time zones", and recorded answers)."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

ZERO_TIME = "0000-00-00 00:00:00"
_STEP_S = 900


@lru_cache(maxsize=100_000)
def iso(second: int, zone: str) -> str:
    """`2026-05-28T03:05:54-05:00`: the server's wall clock with its offset of that day."""
    offset = _offset_s(second // _STEP_S, zone)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(second + offset))}{_signed(offset)}"


@lru_cache(maxsize=100_000)
def plain(second: int, zone: str) -> str:
    """`2026-05-28 03:05:54`: the same wall clock without a zone, also in fields that say UTC."""
    return iso(second, zone)[:19].replace("T", " ")


@lru_cache(maxsize=10_000)
def _offset_s(quarter: int, zone: str) -> int:
    # The switch of summer time falls on a quarter of an hour everywhere, so one answer serves a whole quarter.
    offset = datetime.fromtimestamp(quarter * _STEP_S, ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _signed(offset_s: int) -> str:
    minutes = abs(offset_s) // 60
    return f"{'-' if offset_s < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def utc_iso(seconds: float) -> str:
    """`2026-05-05T13:06:10.520Z`, as custom objects write it: real UTC with milliseconds."""
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat(timespec='milliseconds')[:23]}Z"


def parse(text: str, naive_zone: str = "UTC") -> float | None:
    """Seconds since 1970 of a date, a date with time, or an ISO instant. None when it is none of them."""
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(naive_zone))
    return aware.timestamp()


def is_date(text: str) -> bool:
    """Whether `text` is `YYYY-MM-DD`."""
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False
