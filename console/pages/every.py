"""Every page that there is."""

from __future__ import annotations

from typing import Final

from flask import Flask

from console.pages import (
    account,
    audit,
    checklist,
    conflicts,
    connections,
    cycles,
    dashboard,
    data,
    failures,
    first_sync,
    flower,
    health,
    marketing,
    person,
    records,
    settings,
    start,
    tokens,
    users,
)

PAGES: Final = (
    account,
    audit,
    checklist,
    conflicts,
    connections,
    cycles,
    dashboard,
    data,
    failures,
    first_sync,
    flower,
    health,
    person,
    marketing,
    records,
    settings,
    start,
    tokens,
    users,
)


def register(app: Flask) -> None:
    """Makes all pages known to the application."""
    for page in PAGES:
        app.register_blueprint(page.blueprint)
