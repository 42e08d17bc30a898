"""Something that a listening process does again and again beside its answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()


def every(seconds: float, work: Callable[[], object], name: str) -> threading.Event:
    """Does it at once and again after each pause, in a thread that dies with the process; setting the event ends it.

    What fails is logged by its kind and tried again the next time.
    """
    ended = threading.Event()
    threading.Thread(target=_go_on, args=(seconds, work, name, ended), name=name, daemon=True).start()
    return ended


def _go_on(seconds: float, work: Callable[[], object], name: str, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            work()
        except Exception as error:
            # Whatever it was, the thread must live on.
            log.warning("rhythm_missed", work=name, error=type(error).__name__)
        ended.wait(seconds)
