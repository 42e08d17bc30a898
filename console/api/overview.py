"""What the dashboard shows: what waits for a person, how long the rest takes, what happened lately."""

from __future__ import annotations

from typing import Final

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from console import desk, looking
from console.access.roles import Role, needs
from console.api.cycles import CycleAnswer
from console.api.parts import Way
from console.api.status import Status
from engine.overview import Overview

blueprint: Final = Blueprint("api_overview", __name__, url_prefix="/api/v1", description="The dashboard.")


class MatterFields(Schema):
    """One thing to do. kind: question, stopped, queue, missing, conflicts, failures, first, pause or off; number: how
    many records it is about, 0 where that does not matter; subject: the cycle, the class of failure or the entity."""

    kind = fields.String()
    text = fields.String()
    advice = fields.String()
    number = fields.Integer()
    subject = fields.String()


class PaceFields(Schema):
    """One direction. per_s: records that running streams settle in a second; left_s: seconds to the end, null where
    nobody can tell; at_least: it is what the request budget allows at best."""

    direction = Way()
    waiting = fields.Integer()
    per_s = fields.Float(allow_none=True)
    left_s = fields.Float(allow_none=True)
    at_least = fields.Boolean()


class DayFields(Schema):
    """What one direction did on one day, in UTC."""

    day = fields.Date()
    direction = Way()
    created = fields.Integer()
    updated = fields.Integer()
    failed = fields.Integer()


class OverviewFields(Schema):
    """Everything at once. days: oldest first; cycles: newest first."""

    status = fields.Nested(Status)
    matters = fields.List(fields.Nested(MatterFields))
    paces = fields.List(fields.Nested(PaceFields))
    days = fields.List(fields.Nested(DayFields))
    cycles = fields.List(fields.Nested(CycleAnswer))


@blueprint.get("/connections/<int:connection_id>/overview")
@needs(Role.USER)
@blueprint.response(200, OverviewFields)
@blueprint.alt_response(404, description="There is no such connection, or it was never configured.")
def show(connection_id: int) -> Overview:
    """What waits for a person, how everything stands, how long it takes, and what happened lately."""
    desk.connection(connection_id)
    return looking.overview(connection_id)
