"""How a connection stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from console import desk
from console.access.roles import Role, needs
from console.api.parts import At, EntityName, Way
from engine import status as use_case

blueprint: Final = Blueprint("api_status", __name__, url_prefix="/api/v1", description="How things stand.")


class WayStatus(Schema):
    """An entity in one direction."""

    direction = Way()
    started = fields.String(allow_none=True)
    last_success = At(allow_none=True)
    next_run = At(allow_none=True)
    paused = fields.Boolean()
    paused_until = At(allow_none=True)
    waiting = fields.Integer()
    failed = fields.Integer()


class EntityStatus(Schema):
    """One entity."""

    entity = EntityName()
    enabled = fields.Boolean()
    paused = fields.Boolean()
    in_sync = fields.Integer()
    shadowed = fields.Integer()
    out_of_scope = fields.Integer()
    no_address = fields.Integer()
    awaiting = fields.Integer()
    waiting = fields.Integer()
    failed = fields.Integer()
    ways = fields.List(fields.Nested(WayStatus))


class ActivitiesStatus(Schema):
    """Marketing activities, null while they are off. ready: on their way; news: contacts to read; errors: by line."""

    ready = fields.Integer()
    refused = fields.Integer()
    news = fields.Integer()
    read_at = At(allow_none=True)
    errors = fields.Dict(keys=fields.String(), values=fields.Dict())


class RequestsStatus(Schema):
    """Requests of people, null while the panel is off. answers: of the latest hundred, those of a day, by state; error:
    what keeps Dynamics from being heard."""

    open = fields.Integer()
    oldest = At(allow_none=True)
    answers = fields.Dict(keys=fields.String(), values=fields.Integer())
    answered_at = At(allow_none=True)
    heard_at = At(allow_none=True)
    error = fields.String(allow_none=True)


class Status(Schema):
    """One connection."""

    name = fields.String()
    enabled = fields.Boolean()
    frequency = fields.String()
    next_run = At(allow_none=True)
    entities = fields.List(fields.Nested(EntityStatus))
    backlog = fields.Dict(keys=Way(), values=fields.Integer())
    oldest = At(allow_none=True)
    pauses = fields.List(fields.Dict())
    failures = fields.Dict(keys=fields.String(), values=fields.Integer())
    conflicts = fields.Integer()
    asks = fields.List(fields.Dict())
    budget = fields.Dict(keys=fields.String(), values=fields.Dict(), allow_none=True)
    budget_paused_s = fields.Float()
    activities = fields.Nested(ActivitiesStatus, allow_none=True)
    requests = fields.Nested(RequestsStatus, allow_none=True)


@blueprint.get("/connections/<int:connection_id>/status")
@needs(Role.USER)
@blueprint.response(200, Status)
@blueprint.alt_response(404, description="There is no such connection.")
def show(connection_id: int) -> dict[str, Any]:
    """How a connection stands."""
    row = desk.connection(connection_id)
    _, _, budget = desk.desk().services.clients(row)
    with desk.desk().transaction() as tx:
        return asdict(use_case.of_connection(tx, row, budget))
