"""The pages, a module for each."""

from __future__ import annotations

from typing import Final

from flask import Flask

from console.pages import checklist, connections, dashboard, data, first_sync, records, settings, start

PAGES: Final = (checklist, connections, dashboard, data, first_sync, records, settings, start)


def register(app: Flask) -> None:
    """Makes all pages known to the application."""
    for page in PAGES:
        app.register_blueprint(page.blueprint)
