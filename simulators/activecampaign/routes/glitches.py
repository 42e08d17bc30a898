"""Failures by chance (S29): now and then 500, 502, a 403 that means nothing, or half a body."""

from __future__ import annotations

from flask import Flask, Response, request

from simulators.activecampaign.routes.api import V3, here


def add_glitches(app: Flask) -> None:
    """Registers the chances. The account's generator is seeded, so a run can be repeated."""
    app.before_request(_fail)
    app.after_request(_cut)


def _strikes() -> bool:
    world = here()
    return request.path.startswith(V3) and world.random.random() < world.switches["glitch_rate"]


def _fail() -> Response | None:
    if not _strikes():
        return None
    return Response("", here().random.choice((500, 502, 403)))


def _cut(response: Response) -> Response:
    if response.status_code < 300 and _strikes():
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
    return response
