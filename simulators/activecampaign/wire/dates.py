"""Stored seconds as the service writes them in this account."""

from __future__ import annotations

from simulators.activecampaign.core import dates
from simulators.activecampaign.model.world import World


def iso(world: World, second: int | None) -> str | None:
    """With the offset of the server's zone on that day; None stays None."""
    return None if second is None else dates.iso(second, world.switches["server_zone"])


def plain(world: World, second: int | None) -> str | None:
    """The same wall clock without a zone."""
    return None if second is None else dates.plain(second, world.switches["server_zone"])


def plain_or_zero(world: World, second: int | None) -> str:
    """Like `plain`, with zeros for never."""
    return plain(world, second) or dates.ZERO_TIME
