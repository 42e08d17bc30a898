"""When to try again: a pure decision, the only retry clock there is. Neither HTTP clients nor Celery retry too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sync.errors import Again, BadBatch, Overtaken, SyncError, Throttled

FIRST_S: Final = 2.0
LONGEST_S: Final = 15 * 60.0
SPREAD: Final = 0.25
THROTTLED_SPREAD_S: Final = 1.0


def retry_at(error: SyncError, attempts: int, now: datetime, jitter: float) -> datetime | None:
    """When to try again after `attempts` attempts that ended in `error`; None means never by itself: park it.

    Throttled: the pause the service asked for, and up to a second more, never less. Other passing faults: 2, 4, 8 ...
    seconds, 15 minutes at most, lengthened by up to a quarter. Overtaken and BadBatch: at once, they are read anew
    and split. jitter: drawn by the caller from [0, 1), so that what failed together does not come back together.
    """
    pause_s = _pause_s(error, attempts, jitter)
    return None if pause_s is None else now + timedelta(seconds=pause_s)


def _pause_s(error: SyncError, attempts: int, jitter: float) -> float | None:
    if isinstance(error, Throttled):
        return max(error.after_s, 0.0) + jitter * THROTTLED_SPREAD_S
    if isinstance(error, Again):
        return exponential_s(attempts) * (1 + jitter * SPREAD)
    return 0.0 if isinstance(error, Overtaken | BadBatch) else None


def exponential_s(attempts: int) -> float:
    """2 ** attempts seconds, from 2 up to 15 minutes."""
    # Ten doublings are beyond the longest pause; a row that failed thousands of times must not overflow.
    return min(FIRST_S * 2.0 ** min(max(attempts, 1) - 1, 10), LONGEST_S)
