"""Marketing of leads and contacts: what they received, what may be asked for, and asking for it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final
from uuid import UUID, uuid4

from flask_smorest import Blueprint, abort
from marshmallow import Schema, fields, validate

from console import asking
from console.access.roles import Role, needs
from console.api.parts import At, Text
from console.api.records import AWAY, NO_RECORD, PATH
from engine.requests.asked_here import Refused
from mapping.companion import Ask

blueprint: Final = Blueprint("api_marketing", __name__, url_prefix="/api/v1", description="Marketing of people.")
REFUSED: Final = "It is not asked for; the message says why."


class AskName(fields.String):
    """add_to_automation, remove_from_automation or send_campaign."""

    def __init__(self, **words: Any) -> None:
        super().__init__(validate=validate.OneOf(list(asking.NAMES)), **words)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return Ask(value).name.lower() if value in list(Ask) else None


class Happened(Schema):
    """kind: a word of `activities.kinds`; source: campaign, automation or list; there: it is in Dynamics already."""

    at = At()
    kind = fields.String()
    title = fields.String()
    source = fields.String()
    subject = fields.String()
    detail = fields.String()
    machine = fields.Boolean()
    there = fields.Boolean()


class Stay(Schema):
    """An automation that the person is in."""

    key = fields.String()
    name = fields.String()


class Activities(Schema):
    """The latest 50, the newest first. running: null where that is not known; remarks: what could not be read."""

    activities = fields.List(fields.Nested(Happened))
    running = fields.List(fields.Nested(Stay), allow_none=True)
    remarks = fields.List(fields.String())


class Offered(Schema):
    """What may be picked. key: say it as `target`; subject, sender, preheader: of a campaign, empty where unknown."""

    key = fields.String()
    ask = AskName()
    name = fields.String()
    subject = fields.String()
    sender = fields.String()
    preheader = fields.String()


class Asking(Schema):
    """id: a UUID made once for each request: sending it again with the same asks once; target: the key of a choice, or
    `automation:42` for a removal."""

    id = fields.UUID(load_default=uuid4)
    ask = AskName(required=True)
    target = Text(most=50, required=True)


class Asked(Schema):
    """state: asked, checked, acting, done, refused, failed, unconfirmed or withdrawn; answer: in words, empty until
    there is one; origin: dynamics or console; error: what holds it up."""

    id = fields.UUID(attribute="request_id")
    ask = AskName(attribute="kind", allow_none=True)
    target = fields.String()
    name = fields.String()
    state = fields.String()
    answer = fields.String()
    who = fields.String()
    origin = fields.String()
    asked_at = At()
    settled_at = At(allow_none=True)
    answered_at = At(allow_none=True)
    error = fields.String(allow_none=True)


@blueprint.get(f"{PATH}/activities")
@needs(Role.USER)
@blueprint.response(200, Activities)
@blueprint.alt_response(404, description=NO_RECORD)
def activities(connection_id: int, entity: str, record_id: UUID) -> dict[str, Any]:
    """What a lead or contact received and did, and the automations they are in."""
    named = asking.person(connection_id, entity)
    return asdict(asking.marketing(connection_id, named, record_id))


@blueprint.get(f"{PATH}/choices")
@needs(Role.USER)
@blueprint.response(200, Offered(many=True))
@blueprint.alt_response(404, description=NO_RECORD)
@blueprint.alt_response(503, description=AWAY)
def choices(connection_id: int, entity: str, record_id: UUID) -> Any:  # noqa: ARG001
    """What may be asked for: automations and campaigns, none while `panel.enabled` is off."""
    asking.person(connection_id, entity)
    return asking.choices(connection_id)


@blueprint.get(f"{PATH}/requests")
@needs(Role.USER)
@blueprint.response(200, Asked(many=True))
@blueprint.alt_response(404, description=NO_RECORD)
def asked(connection_id: int, entity: str, record_id: UUID) -> list[dict[str, Any]]:
    """The latest 20 that were asked for, in Dynamics and in the console, the newest first."""
    return asking.asked(connection_id, asking.person(connection_id, entity), record_id)


@blueprint.post(f"{PATH}/requests")
@needs(Role.USER)
@blueprint.arguments(Asking)
@blueprint.response(202, Asked)
@blueprint.alt_response(404, description=NO_RECORD)
@blueprint.alt_response(409, description=REFUSED)
def ask(said: dict[str, Any], connection_id: int, entity: str, record_id: UUID) -> dict[str, Any]:
    """Ask for something, which is carried out within seconds: read how it went with GET."""
    named = asking.person(connection_id, entity)
    try:
        row = asking.ask(connection_id, named, record_id, said)
    except Refused as error:
        abort(409, message=str(error))
    return row
