"""Logs as JSON lines: a constant event name and facts as fields. Identifiers only, never records or addresses."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict

OURS = ("cli", "webhooks", "console", "worker", "tasks", "engine", "clients", "store")
SECRET_WORDS = ("secret", "token", "key", "password", "authorization")


def _hide_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    return {
        name: "***" if isinstance(value, str) and any(word in name.lower() for word in SECRET_WORDS) else value
        for name, value in event.items()
    }


def configure(level: str = "INFO") -> None:
    """Sends structlog and the standard library's logging to standard error, one JSON object a line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    wanted = logging.getLevelName(level.upper())
    # At DEBUG libraries write down whole requests, with the addresses of people in them.
    root.setLevel(max(wanted, logging.INFO))
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
