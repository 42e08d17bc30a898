"""The failure list: what could not be delivered, why, what to do about it, and doing it."""

from __future__ import annotations

from typing import Any, Final

from flask import abort
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from console import desk
from console.access.roles import Role, needs
from console.api.parts import At, EntityName, Way
from console.failure_choice import ChoiceFields, MarkedFields, chosen
from console.inputs import Limit, or_abort
from console.plain import Text
from engine import failing, retries
from engine.failing import Filter

blueprint: Final = Blueprint("api_failures", __name__, url_prefix="/api/v1", description="The failure list.")
PATH: Final = "/connections/<int:connection_id>/failures"
NOTHING: Final = "Say which: ids, a filter, or all."


class Narrowed(ChoiceFields, Schema):
    """Which failures. hours: their last attempt is no longer ago; code: `-` for those without one."""

    klass = Text(40, load_default=None, data_key="class")


class Listed(Narrowed):
    """The same page by page. before: the `next` of the page before."""

    before = fields.String(load_default=None, validate=validate.Regexp(failing.PLACE))
    limit = Limit()


class Meant(MarkedFields, Schema):
    """Which failures are meant: ids, a filter, or all."""

    klass = Text(40, load_default=None, data_key="class")
    everything = fields.Boolean(load_default=False, data_key="all")


class Kind(Schema):
    """A kind of failure. advice: what to do about it."""

    entity = EntityName()
    direction = Way()
    klass = fields.String(data_key="class", attribute="class")
    code = fields.String()
    count = fields.Integer()
    message = fields.String()
    advice = fields.Function(failing.advice)
    first_at = At()
    last_at = At()
    due_at = At(allow_none=True)


class FailureAnswer(Schema):
    """One failure. next_attempt: in words; request: action and names of fields, no values."""

    id = fields.Integer()
    entity = EntityName()
    direction = Way()
    record_id = fields.String(allow_none=True)
    ac_id = fields.Integer(allow_none=True)
    state = fields.String()
    klass = fields.String(data_key="class", attribute="class")
    code = fields.String()
    message = fields.String()
    advice = fields.Function(failing.advice)
    stage = fields.String()
    request = fields.Dict(allow_none=True)
    answer = fields.String()
    attempts = fields.Integer()
    first_at = At()
    last_at = At()
    due_at = At(allow_none=True)
    next_attempt = fields.Function(lambda row: failing.next_attempt(row, desk.desk().services.now()))
    cycle_id = fields.Integer(allow_none=True)
    correlation_id = fields.String()
    code_version = fields.String()


class Page(Schema):
    """A page of failures, the latest first. next: what to send as `before` for the following page, null at the end."""

    failures = fields.List(fields.Nested(FailureAnswer))
    next = fields.String(allow_none=True)


class Done(Schema):
    """How many it was done to."""

    count = fields.Integer()


@blueprint.get(PATH)
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Listed, location="query")
@blueprint.response(200, Page)
@blueprint.alt_response(404, description="There is no such connection.")
def listed(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """What is on the list."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        rows, before = failing.page(tx, chosen(connection_id, said), said["limit"], said["before"])
    return {"failures": rows, "next": before}


@blueprint.get(f"{PATH}/kinds")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Narrowed, location="query")
@blueprint.response(200, Kind(many=True))
@blueprint.alt_response(404, description="There is no such connection.")
def kinds(said: dict[str, Any], connection_id: int) -> list[dict[str, Any]]:
    """What is on the list by kind, the most frequent first: also what a retry with this filter would be about."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        return failing.grouped(tx, chosen(connection_id, said))


@blueprint.get(f"{PATH}/<int:failure_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, FailureAnswer)
@blueprint.alt_response(404, description="There is no such failure.")
def show(connection_id: int, failure_id: int) -> dict[str, Any]:
    """Everything about one failure."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx, or_abort(404, "There is no such failure."):
        return failing.one(tx, connection_id, failure_id)


@blueprint.post(f"{PATH}/retry")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Meant)
@blueprint.response(200, Done)
@blueprint.alt_response(404, description="There is no such connection.")
def retry(said: dict[str, Any], connection_id: int) -> dict[str, int]:
    """Has records read anew where their change came from and mapped with today's configuration."""
    wanted, place = _meant(connection_id, said), desk.desk()
    with place.transaction() as tx:
        number = failing.retry(tx, wanted, desk.author())
    place.send(retries.wake_due(place.services.db, place.services.now()))
    return {"count": number}


@blueprint.post(f"{PATH}/discard")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Meant)
@blueprint.response(200, Done)
@blueprint.alt_response(404, description="There is no such connection.")
def discard(said: dict[str, Any], connection_id: int) -> dict[str, int]:
    """Takes failures off the list without another attempt. A later change of such a record travels as usual."""
    wanted = _meant(connection_id, said)
    with desk.desk().transaction() as tx:
        return {"count": failing.discard(tx, wanted, desk.author())}


def _meant(connection_id: int, said: dict[str, Any]) -> Filter:
    desk.connection(connection_id)
    wanted = chosen(connection_id, said)
    if wanted.open_to_all and not said["everything"]:
        abort(422, NOTHING)
    return wanted
