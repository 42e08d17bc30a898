"""Every page that there is."""

from __future__ import annotations

from typing import Final

from flask import Flask

from console.pages import account, dashboard, person, start, tokens, users

PAGES: Final = (start, dashboard, users, person, tokens, account)


def register(app: Flask) -> None:
    """Makes all pages known to the application."""
    for page in PAGES:
        app.register_blueprint(page.blueprint)
