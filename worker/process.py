"""The one set of services of a process. A prefork child builds its own: sockets don't survive a fork."""

from __future__ import annotations

from functools import cache

from worker import settings
from worker.services import Services


@cache
def services() -> Services:
    """Built on first use from the environment."""
    return Services(settings.read())
