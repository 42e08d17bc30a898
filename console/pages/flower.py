"""Flower behind the console's sign-in: administrators see it, and nobody acts through it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, request

from clients.flower import PREFIX, Flower, Page
from console.access.roles import Role, needs, reads_only
from console.desk import desk

blueprint = Blueprint("flower", __name__, url_prefix=PREFIX)
# Flower's pages run their own scripts and no others; the one line of script that stands in a page is named by its hash.
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'sha256-{hash}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
REFRESH: Final = "A0YIP5A+DKoseGAUTHRoMPDkKPK5cKzfYH3mjcCKtj8="
SHOWN: Final = (200, 304, 404)


@blueprint.get("/")
@blueprint.get("/<path:path>")
@needs(Role.ADMINISTRATOR)
def show(path: str = "") -> Response:
    """A page of Flower, or one of its files."""
    return _answer(_flower().read(path, list(request.args.items(multi=True))))


@blueprint.post("/tasks/datatable")
@needs(Role.ADMINISTRATOR)
@reads_only
def tasks() -> Response:
    """The rows of Flower's table of tasks, which it asks for with a form."""
    return _answer(_flower().read("tasks/datatable", list(request.form.items(multi=True))))


def _flower() -> Flower:
    settings = desk().services.settings
    return Flower(settings.flower_url, settings.flower_auth)


def _answer(page: Page) -> Response:
    if page.status not in SHOWN:
        abort(502 if page.status >= 500 else 404, "Flower does not show this here.")
    answer = Response(page.body, page.status, content_type=page.kind)
    answer.headers["Content-Security-Policy"] = POLICY.format(hash=REFRESH)
    return answer
