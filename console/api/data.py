"""What can be configured for an entity: its columns and fields, who is in scope, and a record to try it out on."""

from __future__ import annotations

from typing import Any, Final

from flask import abort
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from console import desk
from console.access.roles import Role, needs
from console.api.configuration import ScopedSchema, sound
from console.api.parts import Document
from console.data.base import entity_of, known
from engine import explain, explain_json, offers, scoped
from engine import validate as meaning
from engine.record_key import parsed

blueprint: Final = Blueprint("api_data", __name__, url_prefix="/api/v1", description="Columns, fields and records.")
PLACE: Final = "/connections/<int:connection_id>/entities/<entity>"
UNKNOWN: Final = {"description": "There is no such connection, entity or column, or both sides were never described."}


class OptionSchema(Schema):
    """A choice."""

    value = fields.Integer()
    label = fields.String()


class ColumnSchema(Schema):
    """A column of Dynamics. operators: what criteria can ask of it; required: of a new record."""

    name = fields.String()
    label = fields.String()
    type = fields.String()
    required = fields.Boolean()
    creatable = fields.Boolean()
    updatable = fields.Boolean()
    options = fields.List(fields.Nested(OptionSchema))
    operators = fields.List(fields.String())


class FieldSchema(Schema):
    """A field of ActiveCampaign. key: its name in mappings."""

    key = fields.String()
    label = fields.String()
    kind = fields.String()
    options = fields.List(fields.String())


class OfferSchema(Schema):
    """A field that a column fits into. outbound, inbound: which way the value can travel; taken: the column that fills
    it now; standard: by a standard mapping, which can be switched off."""

    field = fields.Nested(FieldSchema)
    rule = fields.String(attribute="verdict.rule")
    lossless = fields.Boolean(attribute="verdict.lossless")
    outbound = fields.Boolean(attribute="verdict.outbound")
    inbound = fields.Boolean(attribute="verdict.inbound")
    taken = fields.String()
    standard = fields.Boolean()


class Wanted(Schema):
    """Which document counts, the current one where none is said."""

    document = Document(load_default=None, allow_none=True)


class WantedScope(Wanted):
    """first: so many records are shown."""

    first = fields.Integer(load_default=scoped.FIRST, validate=validate.Range(min=0, max=50))


class WantedRecord(Wanted):
    """key: an id in Dynamics, or the e-mail address of a person."""

    key = fields.String(required=True, validate=validate.Length(min=1, max=320))


@blueprint.get(f"{PLACE}/columns")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, ColumnSchema(many=True))
@blueprint.alt_response(404, **UNKNOWN)
def columns(connection_id: int, entity: str) -> list[dict[str, Any]]:
    """The columns of an entity's table in Dynamics."""
    found = meaning.columns_of(entity_of(entity), _described(connection_id))
    names = ("name", "label", "type", "required", "creatable", "updatable", "options")
    return [
        {**{name: getattr(one, name) for name in names}, "operators": offers.operators(one)}
        for one in offers.for_mappings(found)
    ]


@blueprint.get(f"{PLACE}/fields")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, FieldSchema(many=True))
@blueprint.alt_response(404, **UNKNOWN)
def fields_there(connection_id: int, entity: str) -> list[Any]:
    """The fields of ActiveCampaign that an entity is written to; of opportunities also those to be made."""
    one, described = entity_of(entity), _described(connection_id)
    settings = desk.document(connection_id)[1]["entities"][one]
    return list(meaning.fields_to_be(one, settings, described).values())


@blueprint.get(f"{PLACE}/columns/<column>/fields")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, OfferSchema(many=True))
@blueprint.alt_response(404, **UNKNOWN)
def compatible(connection_id: int, entity: str, column: str) -> list[offers.Offer]:
    """The fields that a column fits into, free ones first, with the rule for its values."""
    one, described = entity_of(entity), _described(connection_id)
    found = meaning.columns_of(one, described).get(column)
    if found is None:
        abort(404, "There is no such column.")
    settings = _document(connection_id, None)["entities"][one]
    return offers.for_column(one, settings, found, meaning.fields_to_be(one, settings, described))


@blueprint.post(f"{PLACE}/scope")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(WantedScope)
@blueprint.response(200, ScopedSchema)
@blueprint.alt_response(404, **UNKNOWN)
@blueprint.alt_response(422, description="The document has faults.")
@blueprint.alt_response(503, description="Dynamics can't be asked.")
def in_scope(said: dict[str, Any], connection_id: int, entity: str) -> scoped.Scoped:
    """How many records of Dynamics are in scope, and the first of them."""
    one = entity_of(entity)
    document = _document(connection_id, said["document"])
    return scoped.look(desk.desk().services.drafted(connection_id, document), one, first=said["first"])


@blueprint.post(f"{PLACE}/record")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(WantedRecord)
@blueprint.response(200, fields.Dict())
@blueprint.alt_response(404, **UNKNOWN)
@blueprint.alt_response(422, description="The key names no record, or the document has faults.")
@blueprint.alt_response(503, description="A service has to be asked first and is away.")
def record(said: dict[str, Any], connection_id: int, entity: str) -> dict[str, Any]:
    """What each mapped field of one record would carry both ways, as `ac365 explain --json` tells it."""
    one = entity_of(entity)
    document = _document(connection_id, said["document"])
    try:
        key = parsed(one, said["key"])
    except ValueError as error:
        abort(422, f"{error}.")
    context = desk.desk().services.drafted(connection_id, document)
    try:
        found = explain.by_address(context, key) if isinstance(key, str) else explain.by_id(context, one, str(key))
    except LookupError as error:
        abort(404, f"{error}.")
    return explain_json.document(found)


def _described(connection_id: int) -> dict[str, Any]:
    desk.connection(connection_id)
    found = known(connection_id)
    if found is None:
        abort(404, "Both services were never described; check the connection first.")
    return found


def _document(connection_id: int, said: dict[str, Any] | None) -> dict[str, Any]:
    """The document that counts, without faults. Answers 422 for one with faults."""
    _, present = desk.document(connection_id)
    return sound(connection_id, present if said is None else said, meant=said is not None)
