"""Counts over a whole account, remembered while nothing changed and else for a moment: the service caches them too."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from simulators.activecampaign.model.world import World

_KEPT_S = 2.0
_MOST_KEPT = 200
Found = TypeVar("Found")


def remembered(world: World, key: Hashable, count: Callable[[], Found]) -> Found:
    """What `count` answers, or answered a moment ago. Only for counts that take too long to repeat per request."""
    known = world.counts.get(key)
    if known and (known[0] == world.contacts.version or time.monotonic() < known[1]):
        found: Found = known[2]
        return found
    if len(world.counts) > _MOST_KEPT:
        world.counts.clear()
    result = count()
    world.counts[key] = (world.contacts.version, time.monotonic() + _KEPT_S, result)
    return result
