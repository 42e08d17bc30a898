"""The addresses that a person's browser asks for: record forms, web resources, and the scripts of the forms."""

from __future__ import annotations

from flask import Blueprint

from simulators.dynamics.site.form_page import add_form_page
from simulators.dynamics.site.resources import add_resources
from simulators.dynamics.state import Dynamics


def make_site(state: Dynamics) -> Blueprint:
    """All of them."""
    site = Blueprint("site", __name__, template_folder="templates", static_folder="static", static_url_path="/_static")
    add_form_page(site, state)
    add_resources(site, state)
    return site
