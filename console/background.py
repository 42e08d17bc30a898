"""Work that takes longer than an answer may: a thread of this process. Where it stands is kept in the store."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import structlog

log = structlog.get_logger()


def run(work: Callable[[], None], name: str) -> None:
    """Begins the work and returns at once. It dies with the process, which whoever began it has to be able to tell."""
    Thread(target=_guarded, args=(work, name), name=name, daemon=True).start()


def _guarded(work: Callable[[], None], name: str) -> None:
    try:
        work()
    except Exception as error:
        log.error("console.background", work=name, kind=type(error).__name__, exc_info=True)
