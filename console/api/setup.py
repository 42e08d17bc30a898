"""What there is to do before a connection runs by itself: the checklist, the check, and what ActiveCampaign needs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask_smorest import Blueprint, abort
from marshmallow import Schema, fields, validate

from console import desk
from console.access.roles import Role, needs
from console.api.connections import GONE, Tested, told
from console.pages import checklist as page
from engine import check as use_case
from engine import provision
from engine.checklist import Name, State
from sync.errors import BadRecord, NotAvailable

blueprint: Final = Blueprint(
    "api_setup", __name__, url_prefix="/api/v1/connections/<int:connection_id>", description="From nothing to a sync."
)
AWAY: Final = "A service does not answer, or refuses; `message` says what to do."


class Step(Schema):
    """One step. told: its state in words."""

    name = fields.String(validate=validate.OneOf([one.value for one in Name]))
    state = fields.String(validate=validate.OneOf([one.value for one in State]))
    told = fields.String()


class Checklist(Schema):
    """All steps. next_step: the first one that is not done."""

    steps = fields.List(fields.Nested(Step))
    next_step = fields.String(allow_none=True)


class Provision(Schema):
    """What ActiveCampaign lacks for opportunities, or what was made."""

    shown_as = fields.String()
    complete = fields.Boolean()
    made = fields.Boolean()
    clashes = fields.List(fields.String())
    create = fields.Boolean()
    pipeline = fields.Boolean()
    relationship = fields.Boolean()
    relabel = fields.String()
    fields_ = fields.List(fields.Dict(), data_key="fields", attribute="fields")
    hidden = fields.List(fields.Integer())
    tags = fields.List(fields.String())
    events = fields.List(fields.String())


@blueprint.get("/checklist")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Checklist)
@blueprint.alt_response(404, description=GONE)
def checklist(connection_id: int) -> dict[str, Any]:
    """Every step with its state, as it is known without asking a service."""
    found = page.read(connection_id)
    return {"steps": [asdict(step) for step in found.steps], "next_step": found.next_step}


@blueprint.post("/check")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Tested)
@blueprint.alt_response(404, description=GONE)
def check(connection_id: int) -> dict[str, Any]:
    """Checks the connection and its configuration against both services, line by line."""
    return told(use_case.current(desk.desk().services, desk.connection(connection_id)))


@blueprint.get("/provision")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Provision)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(503, description=AWAY)
def look(connection_id: int) -> dict[str, Any]:
    """What would be made in ActiveCampaign for opportunities."""
    return provision.look(desk.context(connection_id)).as_json()


@blueprint.post("/provision")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Provision)
@blueprint.alt_response(404, description=GONE)
@blueprint.alt_response(409, description="Something is in the way, or the plan has no custom objects.")
@blueprint.alt_response(503, description=AWAY)
def make(connection_id: int) -> dict[str, Any]:
    """Makes it. A second time there is nothing to do."""
    try:
        return provision.carry_out(desk.context(connection_id), desk.author()).as_json()
    except (BadRecord, NotAvailable) as error:
        abort(409, message=f"{error.message}. {error.advice}")
        raise AssertionError from error
