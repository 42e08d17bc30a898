"""Who changed what."""

from __future__ import annotations

from typing import Any, Final

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from console import audit_lines
from console.access.roles import Role, needs
from console.api.parts import At
from console.desk import desk
from console.inputs import Limit, Number
from console.plain import Text

blueprint: Final = Blueprint("api_audit", __name__, url_prefix="/api/v1", description="The audit log.")


class Listed(Schema):
    """Which lines. author, action: a part of them; before: the number behind which to go on."""

    connection = Number(load_default=None)
    author = Text(load_default=None)
    action = Text(load_default=None)
    before = Number(load_default=None)
    limit = Limit()


class Change(Schema):
    """One place that differs. place: keys with dots between."""

    place = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class Line(Schema):
    """One line of the log. connection: the connection's name, null for what belongs to none."""

    id = fields.Integer()
    at = At()
    connection_id = fields.Integer(allow_none=True)
    connection = fields.String(allow_none=True)
    author = fields.String()
    action = fields.String()
    subject = fields.String()
    changes = fields.List(fields.Nested(Change))


@blueprint.get("/audit")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(Listed, location="query")
@blueprint.response(200, Line(many=True))
def listed(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines of the log, the newest first, with what each changed."""
    with desk().transaction() as tx:
        return audit_lines.of(tx, said, said["limit"])
