"""Records: found, explained, their stories, and a sync at once."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask_smorest import Blueprint, abort
from marshmallow import Schema, fields, validate

from console import desk, looking
from console.access.roles import Role, needs
from console.api.parts import EntityName, Way
from engine import explain_json, find, story
from engine.request import Refused

blueprint: Final = Blueprint("api_records", __name__, url_prefix="/api/v1", description="Single records.")
PATH: Final = "/connections/<int:connection_id>/records/<entity>/<uuid:record_id>"
NO_CONNECTION: Final = "There is no such connection."
NO_RECORD: Final = "There is no such connection, kind of record or record."
AWAY: Final = "A service has to be asked first, and is away."


class Said(fields.String):
    """Text that PostgreSQL can hold, of a sensible length."""

    def __init__(self, **words: Any) -> None:
        fits = [validate.Length(max=400), validate.ContainsNoneOf("\0")]
        super().__init__(validate=fits, **words)


class Search(Schema):
    """search: an id, a number in ActiveCampaign, an address or the name of an account, or how one of these two begins;
    after: `next` of the page before."""

    search = Said(required=True)
    after = Said(load_default="")


class FoundRecord(Schema):
    """One record. state: where it stands, null where only the other side is known; name: as it was last agreed."""

    entity = EntityName()
    record = fields.String(attribute="record_id")
    state = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    activecampaign_id = fields.Integer(attribute="ac_id", allow_none=True)
    name = fields.String()


class FoundRecords(Schema):
    """A page of them. next: say it as `after` to see what follows; empty at the end."""

    records = fields.List(fields.Nested(FoundRecord), attribute="rows")
    next = fields.String()


class Ask(Schema):
    """ask: both services are asked now; without it only what ac365 remembers is told."""

    ask = fields.Boolean(load_default=True)


class Address(Schema):
    """A person's e-mail address."""

    address = fields.Email(required=True, validate=[validate.Length(max=320), validate.ContainsNoneOf("\0")])


class Explanation(Schema):
    """The same as `ac365 explain --json`."""

    records = fields.List(fields.Dict())
    stranger = fields.Dict(allow_none=True)
    remarks = fields.List(fields.String())


class Before(Schema):
    """before: `earlier` of the page before."""

    before = fields.AwareDateTime(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=story.AT_ONCE, validate=validate.Range(1, 500))


class Event(Schema):
    """kind: outcome, failure or conflict; what: the outcome, or how the other two stand; text: the reason, the message
    or the field; id: of a failure or conflict."""

    at = fields.AwareDateTime()
    kind = fields.String()
    what = fields.String()
    direction = Way()
    text = fields.String()
    cycle = fields.Integer(attribute="cycle_id", allow_none=True)
    id = fields.Integer(allow_none=True)
    version = fields.Integer(allow_none=True)
    detail = fields.Dict(allow_none=True)


class Story(Schema):
    """Newest first. earlier: say it as `before` to see what came before; null at the beginning."""

    events = fields.List(fields.Nested(Event))
    earlier = fields.AwareDateTime(allow_none=True)


class Started(Schema):
    """The cycle that reads the record."""

    cycle = fields.Integer()


class Retried(Schema):
    """How many failures are tried again."""

    retrying = fields.Integer()


@blueprint.get("/connections/<int:connection_id>/records")
@needs(Role.USER)
@blueprint.arguments(Search, location="query")
@blueprint.response(200, FoundRecords)
@blueprint.alt_response(404, description=NO_CONNECTION)
def search(said: dict[str, Any], connection_id: int) -> find.Found:
    """Find records by what is known of them."""
    desk.connection(connection_id)
    try:
        find.place(said["after"])
    except ValueError:
        abort(422, message="`after` is no page of the list.")
    with desk.desk().transaction() as tx:
        return find.find(tx, connection_id, said["search"], said["after"])


@blueprint.get("/connections/<int:connection_id>/explanations")
@needs(Role.USER)
@blueprint.arguments(Address, location="query")
@blueprint.response(200, Explanation)
@blueprint.alt_response(404, description="There is no such connection, or nobody has this address.")
@blueprint.alt_response(503, description=AWAY)
def address(said: dict[str, Any], connection_id: int) -> dict[str, Any]:
    """Everybody who has an address, and why ActiveCampaign's contact has a record in Dynamics or has none."""
    desk.connection(connection_id)
    found, told = looking.address(connection_id, said["address"])
    if told:
        abort(404, message=told)
    return explain_json.document(found)


@blueprint.get(PATH)
@needs(Role.USER)
@blueprint.arguments(Ask, location="query")
@blueprint.response(200, Explanation)
@blueprint.alt_response(404, description=NO_RECORD)
@blueprint.alt_response(503, description=AWAY)
def show(said: dict[str, Any], connection_id: int, entity: str, record_id: UUID) -> dict[str, Any]:
    """Why a record is or is not where it should be."""
    desk.connection(connection_id)
    found, told = looking.record(connection_id, looking.entity_of(entity), record_id, ask=said["ask"])
    if told:
        abort(404, message=told)
    return explain_json.document(found)


@blueprint.get(f"{PATH}/story")
@needs(Role.USER)
@blueprint.arguments(Before, location="query")
@blueprint.response(200, Story)
@blueprint.alt_response(404, description=NO_RECORD)
def told(said: dict[str, Any], connection_id: int, entity: str, record_id: UUID) -> story.Story:
    """What happened to a record. Ask for what came before with `before`."""
    desk.connection(connection_id)
    named = looking.entity_of(entity)
    if not looking.sound(said["before"]):
        abort(422, message="`before` is out of range.")
    with desk.desk().transaction() as tx:
        return story.of_record(tx, connection_id, named, str(record_id), said["before"], said["limit"])


@blueprint.post(f"{PATH}/sync")
@needs(Role.USER)
@blueprint.response(202, Started)
@blueprint.alt_response(404, description=NO_RECORD)
@blueprint.alt_response(409, description="It can't be synced now; the message says why.")
def sync(connection_id: int, entity: str, record_id: UUID) -> dict[str, int]:
    """Read a record anew on both sides, ahead of everything else."""
    desk.connection(connection_id)
    try:
        cycle_id = looking.sync(connection_id, looking.entity_of(entity), record_id)
    except Refused as error:
        abort(409, message=str(error.args[0]))
    return {"cycle": cycle_id}


@blueprint.post(f"{PATH}/retry")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Retried)
@blueprint.alt_response(404, description=NO_RECORD)
def retry(connection_id: int, entity: str, record_id: UUID) -> dict[str, int]:
    """Try again what failed for a record."""
    return {"retrying": looking.retry(connection_id, looking.entity_of(entity), record_id)}
