"""How the installation is."""

from __future__ import annotations

from typing import Final

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from console import condition
from console.access.roles import Role, needs
from console.condition import Condition

blueprint: Final = Blueprint("api_health", __name__, url_prefix="/api/v1", description="The installation.")


class BeatAnswer(Schema):
    """A queue. age_s: of the last heartbeat that came through, null when there was none; fresh: it is served."""

    queue = fields.String()
    age_s = fields.Float(allow_none=True)
    fresh = fields.Boolean()
    worker = fields.String()
    version = fields.String()


class ServerAnswer(Schema):
    """A server. took_s: how long its answer took, null when there was none; waiting: messages by queue."""

    name = fields.String()
    answers = fields.Boolean()
    took_s = fields.Float(allow_none=True)
    fault = fields.String()
    waiting = fields.Dict(keys=fields.String(), values=fields.Integer())


class BudgetAnswer(Schema):
    """The request budget of a connection."""

    connection = fields.String()
    limits = fields.Dict(keys=fields.String(), values=fields.Dict(), allow_none=True)
    paused_s = fields.Float()


class Health(Schema):
    """The installation. migrations: those that the database lacks, null when that can't be told."""

    well = fields.Boolean()
    version = fields.String()
    beats = fields.List(fields.Nested(BeatAnswer))
    servers = fields.List(fields.Nested(ServerAnswer))
    migrations = fields.List(fields.String(), allow_none=True)
    budgets = fields.List(fields.Nested(BudgetAnswer))


@blueprint.get("/health")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Health)
def show() -> Condition:
    """Workers, queues, servers, versions and budgets."""
    return condition.now()
