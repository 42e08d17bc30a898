"""The menu: every page that can be reached from every page, for those who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app, request, url_for

from console.access.roles import may as allowed
from console.access.roles import needed


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu."""

    title: str
    url: str
    current: bool


# Title, endpoint, whether it belongs to a connection. An endpoint's blueprint counts as the place one is at.
_PAGES: Final = (
    ("Dashboard", "dashboard.show", True),
    ("Records", "records.search", True),
    ("Cycles", "cycles.index", True),
    ("Failures", "failures.index", True),
    ("Conflicts", "conflicts.index", True),
    ("Connection", "connections.show", True),
    ("Data", "data.index", True),
    ("Sync settings", "settings.show", True),
    ("Users", "users.index", False),
    ("Audit log", "audit.index", False),
    ("Health", "health.show", False),
)

_BELONGS: Final = {"person": "users", "tokens": "users", "marketing": "records"}
"""Pages without a line of their own, and the one that leads to them."""


def menu(connection_id: int | None) -> list[Item]:
    """The lines for the one who asks; those of a connection only where there is one."""
    return [
        _item(title, endpoint, connection_id if owned else None)
        for title, endpoint, owned in _PAGES
        if endpoint in current_app.view_functions and (connection_id or not owned) and _open(endpoint)
    ]


def _open(endpoint: str) -> bool:
    role = needed(endpoint)
    return role is not None and allowed(role)


def _item(title: str, endpoint: str, connection_id: int | None) -> Item:
    place = endpoint.partition(".")[0]
    url = url_for(endpoint, connection_id=connection_id) if connection_id else url_for(endpoint)
    return Item(title, url, _BELONGS.get(request.blueprint or "", request.blueprint) == place)
