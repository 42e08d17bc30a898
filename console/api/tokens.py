"""Tokens of this API."""

from __future__ import annotations

from typing import Any, Final

from flask import abort
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validates

from console.access.roles import Role, needs
from console.api.parts import At, Text
from console.api.user_schemas import RoleName
from console.desk import author, desk
from engine import tokens as use_case
from engine.users import LARGEST
from store import api_tokens

blueprint: Final = Blueprint("api_tokens", __name__, url_prefix="/api/v1/tokens", description="Tokens of this API.")


class ApiToken(Schema):
    """A token, without what it is."""

    id = fields.Integer()
    name = fields.String()
    role = RoleName()
    author = fields.String()
    made_at = At()
    used_at = At(allow_none=True)
    ends_at = At(allow_none=True)


class NewToken(Schema):
    """A token to be made. ends_at: a moment to come, within ten years; null for no end."""

    name = Text(required=True)
    role = RoleName(required=True)
    ends_at = At(load_default=None, allow_none=True)

    @validates("ends_at")
    def _to_come(self, value: Any, **_: Any) -> None:
        wrong = use_case.wrong_end(value, desk().services.now())
        if wrong:
            raise ValidationError(wrong)


class TokenMade(Schema):
    """A token that was made. token: shown this once."""

    id = fields.Integer()
    name = fields.String()
    token = fields.String()


@blueprint.get("")
@needs(Role.ADMINISTRATOR)
@blueprint.response(200, ApiToken(many=True))
def listed() -> list[dict[str, Any]]:
    """All tokens by name."""
    with desk().transaction() as tx:
        return list(api_tokens.listed(tx))


@blueprint.post("")
@needs(Role.ADMINISTRATOR)
@blueprint.arguments(NewToken)
@blueprint.response(201, TokenMade)
@blueprint.alt_response(409, description="There is a token of this name already.")
def make(wanted: dict[str, Any]) -> dict[str, Any]:
    """Makes a token. This answer is the only one that holds it."""
    try:
        with desk().transaction() as tx:
            token_id, secret = use_case.make(tx, wanted["name"], wanted["role"], wanted["ends_at"], author())
    except ValueError as error:
        abort(409, str(error))
    return {"id": token_id, "name": wanted["name"], "token": secret}


@blueprint.delete("/<int:token_id>")
@needs(Role.ADMINISTRATOR)
@blueprint.response(204)
@blueprint.alt_response(404, description="There is no such token.")
def remove(token_id: int) -> None:
    """Makes a token worthless."""
    try:
        with desk().transaction() as tx:
            use_case.remove(tx, token_id if token_id <= LARGEST else 0, author())
    except LookupError:
        abort(404, "There is no such token.")
