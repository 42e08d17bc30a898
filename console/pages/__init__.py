"""The pages, a module for each."""

from __future__ import annotations

from typing import Final

from flask import Flask

from console.pages import dashboard, records, start

PAGES: Final = (start, dashboard, records)


def register(app: Flask) -> None:
    """Makes all pages known to the application."""
    for page in PAGES:
        app.register_blueprint(page.blueprint)
