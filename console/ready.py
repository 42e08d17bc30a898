"""Whether this process lives, and whether the installation can do its work, for whoever watches. Without sign-in, and
without a word about people."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from console.access.roles import Role, needs
from console.desk import desk
from worker import readiness

blueprint: Final = Blueprint("ready", __name__)


@blueprint.get("/healthz")
@needs(Role.ANYBODY)
def alive() -> Response:
    """The process answers; nothing else is looked at."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@needs(Role.ANYBODY)
def ready() -> Response:
    """PostgreSQL, Redis and every queue: 200 when all are well, else 503."""
    services = desk().services
    text, status = readiness.told(readiness.parts(services.db, services.redis, services.now()))
    return Response(text, status, mimetype="text/plain")
