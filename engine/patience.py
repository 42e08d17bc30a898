"""Waiting for the request budget in a command: a person waits where a worker would come back later."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from sync.errors import Throttled, Unavailable

Answer = TypeVar("Answer")

ATTEMPTS: Final = 4
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0


def patiently(ask: Callable[[], Answer], *, sleep: Callable[[float], None] = time.sleep) -> Answer:
    """The answer of a read, or of a write that may be made twice: waits as long as the service or the budget says, and
    asks again after a passing fault.

    Raises Unavailable when several attempts in a row were in vain, and whatever else `ask` raises.
    """
    failed = 0
    while True:
        try:
            return ask()
        except Throttled as pause:
            sleep(min(max(pause.after_s, 0.05), LONGEST_PAUSE_S))
        except Unavailable:
            failed += 1
            if failed >= ATTEMPTS:
                raise
            sleep(FIRST_PAUSE_S * 2 ** (failed - 1))
