"""How things are said on every page: times, numbers, names; and what every page shows around itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import Flask, current_app, request, url_for
from flask_login import current_user
from markupsafe import Markup

from console import navigation
from console.access.roles import Role, may, needed
from console.desk import desk
from store import connections
from store.errors import StoreError
from sync.model import Direction, Entity

UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))
WAYS: Final = {Direction.OUTBOUND: "to ActiveCampaign", Direction.INBOUND: "to Dynamics"}


def register(app: Flask) -> None:
    """Makes the words known to the templates."""
    told = {"when": when, "moment": moment, "duration": duration, "count": count, "way": way, "value": value}
    app.jinja_env.filters |= told
    app.jinja_env.globals |= {"Entity": Entity, "Direction": Direction, "Role": Role, "may": may, "linked": linked}
    app.context_processor(_around)


def linked(endpoint: str, **values: Any) -> str:
    """The address of a page, "" where there is no such page or the one who asks may not open it."""
    role = needed(endpoint) if endpoint in current_app.view_functions else None
    return url_for(endpoint, **values) if role is not None and may(role) else ""


def duration(seconds: float) -> str:
    """A span of time in its largest unit."""
    whole = round(seconds)
    return next((f"{whole // size} {unit}" for size, unit in UNITS if whole >= size), f"{whole} s")


def when(at: datetime | None, otherwise: str = "never") -> str | Markup:
    """A time relative to now, `3 min ago`, with the exact one behind it."""
    if at is None:
        return otherwise
    seconds = (at - desk().services.now()).total_seconds()
    told = f"in {duration(seconds)}" if seconds > 0 else f"{duration(-seconds)} ago"
    exact = at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, told)


def moment(at: datetime | None, otherwise: str = "never") -> str:
    """The exact time, in UTC."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC") if at else otherwise


def count(value: int | None, none: str = "0") -> str:
    """A number with thousands apart."""
    return f"{value:,}" if value else none


def value(of: Any) -> str:
    """A value of a record."""
    if of is None or of in ("", []):
        return "(empty)"
    if isinstance(of, bool):
        return "yes" if of else "no"
    return ", ".join(value(part) for part in of) if isinstance(of, list) else str(of)


def way(direction: str) -> str:
    """A direction in words."""
    return WAYS.get(Direction(direction), direction)


def _around() -> dict[str, Any]:
    """Where one is, and where one can go."""
    connection_id = (request.view_args or {}).get("connection_id")
    if not current_user.is_authenticated:
        return {"menu": (), "connections": (), "here": None}
    try:
        with desk().transaction() as tx:
            rows = connections.listed(tx)
    except StoreError:
        rows = []
    here = next((row for row in rows if row["id"] == connection_id), rows[0] if rows else None)
    return {"menu": navigation.menu(here["id"] if here else None), "connections": rows, "here": here}
