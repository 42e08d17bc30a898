"""What is wrong with the installation, and what was."""

from __future__ import annotations

from typing import Final

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from console.access.roles import Role, needs
from console.api.parts import At
from console.desk import desk
from engine.alerts.listing import Listing, listing

blueprint: Final = Blueprint("api_alerts", __name__, url_prefix="/api/v1", description="What is wrong.")


class AlertAnswer(Schema):
    """One alert. connection: "" for one of the installation; recovered: null while it fires; place: the page of the
    console that shows it; untold: notices of it that nobody has taken so far."""

    id = fields.Integer()
    rule = fields.String()
    severity = fields.String()
    connection = fields.String()
    text = fields.String()
    advice = fields.String()
    since = At()
    recovered = At(allow_none=True)
    place = fields.String()
    untold = fields.Integer()


class Alerts(Schema):
    """firing: the most urgent first; latest: the last 50 that fired, the newest first; untaken: why notices of a way
    were not taken."""

    firing = fields.List(fields.Nested(AlertAnswer))
    latest = fields.List(fields.Nested(AlertAnswer))
    untaken = fields.Dict(keys=fields.String(), values=fields.String())


@blueprint.get("/alerts")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Alerts)
def show() -> Listing:
    """Alerts that fire, and the last 50."""
    with desk().transaction() as tx:
        return listing(tx)
