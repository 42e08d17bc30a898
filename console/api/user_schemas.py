"""What the API takes and tells about users."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from console.api.parts import At, Text
from engine import users as use_case
from engine.users import SHORTEST


class RoleName(fields.String):
    """administrator or user; for people who sign in with Microsoft also null, for what Dynamics gives."""

    def __init__(self, **words: Any) -> None:
        super().__init__(validate=validate.OneOf(use_case.ROLES), **words)


class User(Schema):
    """A user. with_microsoft: signs in at Microsoft Entra ID, otherwise with a password."""

    id = fields.Integer()
    login = fields.String()
    name = fields.String()
    role = RoleName(allow_none=True)
    with_microsoft = fields.Function(lambda row: row["directory_id"] is not None, metadata={"type": "boolean"})
    active = fields.Boolean()
    locked_until = At(allow_none=True)
    author = fields.String()
    created_at = At()
    signed_in_at = At(allow_none=True)


class UserPage(Schema):
    """A part of the list. after: the login at which the part before ended."""

    after = Text(load_default="", least=0)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class UserList(Schema):
    """A part of the list. after: ask with it for the next part, null at the end."""

    users = fields.List(fields.Nested(User))
    after = fields.String(allow_none=True)


class NewUser(Schema):
    """Somebody with a password; or somebody of Dynamics, by the object id in the directory."""

    login = Text(load_default="")
    name = Text(load_default="", least=0)
    password = fields.String(load_default="", load_only=True, validate=validate.Length(max=1000))
    directory_id = fields.UUID(load_default=None, allow_none=True)
    role = RoleName(load_default=None, allow_none=True)


class UserChange(Schema):
    """What is to be different."""

    name = Text(least=0)
    role = RoleName(allow_none=True)
    active = fields.Boolean()


class NewPassword(Schema):
    """A new password."""

    password = fields.String(required=True, load_only=True, validate=validate.Length(min=SHORTEST, max=1000))


class EndedSessions(Schema):
    """How many sessions ended."""

    ended = fields.Integer()


class PeopleSearch(Schema):
    """A part of a name or an address."""

    q = Text(required=True, least=2)


class PersonFound(Schema):
    """Somebody in Dynamics. role: what the security roles there give; added: is a user here already."""

    directory_id = fields.String()
    login = fields.String()
    name = fields.String()
    role = RoleName(allow_none=True)
    added = fields.Boolean()
