"""What somebody's place in Dynamics gives in the console. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from clients.dynamics_users import User

ADMINISTRATOR: Final = "administrator"
USER: Final = "user"
RANK: Final = {USER: 1, ADMINISTRATOR: 2}
GIVES: Final = {"ActiveCampaign Admin": ADMINISTRATOR, "ActiveCampaign User": USER}
"""Security roles by name, as ActiveCampaign's own app brings them, and what each gives here."""
SYSTEM_ADMINISTRATOR: Final = "627090ff-40a3-4053-8790-584edc5be201"
"""The template of the role System Administrator, whatever it is called in the environment's language."""
WORKS: Final = (0, 1)
"""Access modes of people: read-write and administrative. Others only look, support, or are programs."""


def role_given(user: User, named: Mapping[str, str]) -> str | None:
    """The highest role that the security roles of somebody give. named: what `Users.root_roles` found for GIVES."""
    given = (
        ADMINISTRATOR if r.template == SYSTEM_ADMINISTRATOR else GIVES.get(named.get(r.root, "")) for r in user.roles
    )
    return highest(given)


def highest(roles: Iterable[str | None]) -> str | None:
    """The highest of several roles; None for none."""
    return max((role for role in roles if role), key=RANK.__getitem__, default=None)


def why_not(user: User | None) -> str:
    """Why somebody may not come in whatever roles they have; "" for somebody who may."""
    if user is None:
        return "is not a user of the Dynamics environment. Ask its administrator to add you there"
    if user.disabled:
        return "is disabled in Dynamics. Ask its administrator to enable you there"
    if user.access_mode not in WORKS:
        return "has an access mode in Dynamics that is not for people at work. Ask its administrator for Read-Write"
    return ""
