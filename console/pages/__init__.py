"""The pages, a module for each."""

from __future__ import annotations

from typing import Final

from flask import Flask

from console.pages import audit, conflicts, cycles, dashboard, failures, health, start

PAGES: Final = (start, dashboard, cycles, failures, conflicts, audit, health)


def register(app: Flask) -> None:
    """Makes all pages known to the application."""
    for page in PAGES:
        app.register_blueprint(page.blueprint)
