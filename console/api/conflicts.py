"""Conflicts: fields that both sides changed, and who wins."""

from __future__ import annotations

from typing import Any, Final

from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from console import desk
from console.access.roles import Role, needs
from console.api.parts import At, EntityName
from console.inputs import Limit, Number, or_abort
from console.plain import Text
from engine import choices
from engine.choices import State, Winner
from sync.model import Entity

blueprint: Final = Blueprint("api_conflicts", __name__, url_prefix="/api/v1", description="Conflicts.")
PATH: Final = "/connections/<int:connection_id>/conflicts"


class Listed(Schema):
    """Which conflicts. before: the number behind which to go on."""

    state = fields.Enum(State, by_value=True, load_default=State.OPEN)
    entity = fields.Enum(Entity, by_value=True, load_default=None)
    key = Text(load_default=None)
    before = Number(load_default=None)
    limit = Limit()


class ConflictAnswer(Schema):
    """One conflict. agreed: what both sides last agreed on; ours: Dynamics' value; theirs: ActiveCampaign's."""

    id = fields.Integer()
    entity = EntityName()
    record_id = fields.String()
    ac_id = fields.Integer(allow_none=True)
    key = fields.String()
    agreed = fields.Raw(allow_none=True)
    ours = fields.Raw(allow_none=True)
    theirs = fields.Raw(allow_none=True)
    policy = fields.String()
    winner = fields.String()
    state = fields.String()
    cycle_id = fields.Integer(allow_none=True)
    at = At()
    decided_by = fields.String()
    decided_at = At(allow_none=True)


class Alike(Schema):
    """How many conflicts of a field are open."""

    entity = EntityName()
    key = fields.String()
    count = fields.Integer()


class Choice(Schema):
    """Which open conflicts are decided, by ids or by entity and key, and who wins."""

    ids = fields.List(Number(), load_default=list, validate=validate.Length(max=2000))
    entity = fields.Enum(Entity, by_value=True, load_default=None)
    key = Text(load_default=None)
    winner = fields.Enum(Winner, by_value=True, required=True)

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data["ids"]) == bool(data["entity"] and data["key"]):
            raise ValidationError("Say which: ids, or entity and key.")


class Ended(Schema):
    """The conflicts that were open and are decided now."""

    resolved = fields.List(fields.Integer())


@blueprint.get(PATH)
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Listed, location="query")
@blueprint.response(200, ConflictAnswer(many=True))
@blueprint.alt_response(404, description="There is no such connection.")
def listed(said: dict[str, Any], connection_id: int) -> list[dict[str, Any]]:
    """Conflicts, the newest first; those that are open unless another state is asked for."""
    desk.connection(connection_id)
    narrowed = {name: said[name] for name in ("before", "entity", "key")}
    with desk.desk().transaction() as tx:
        return choices.page(tx, connection_id, [said["state"]], said["limit"], **narrowed)


@blueprint.get(f"{PATH}/alike")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, Alike(many=True))
@blueprint.alt_response(404, description="There is no such connection.")
def alike(connection_id: int) -> list[dict[str, Any]]:
    """How many conflicts are open by entity and field: what choosing by entity and key would decide."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        return choices.open_fields(tx, connection_id)


@blueprint.get(f"{PATH}/<int:conflict_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, ConflictAnswer)
@blueprint.alt_response(404, description="There is no such conflict.")
def show(connection_id: int, conflict_id: int) -> dict[str, Any]:
    """Everything about one conflict."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx, or_abort(404, "There is no such conflict."):
        return choices.one(tx, connection_id, conflict_id)


@blueprint.post(f"{PATH}/choose")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Choice)
@blueprint.response(200, Ended)
@blueprint.alt_response(404, description="There is no such connection.")
def choose(said: dict[str, Any], connection_id: int) -> dict[str, list[int]]:
    """Decides open conflicts. The winner's record is read anew at once and written to the other side."""
    desk.connection(connection_id)
    with desk.desk().transaction() as tx:
        ids = said["ids"] or choices.open_of_field(tx, connection_id, said["entity"], said["key"])
        ended, wakes = choices.choose(tx, connection_id, ids, said["winner"], desk.author())
    desk.desk().send(wakes)
    return {"resolved": ended}
