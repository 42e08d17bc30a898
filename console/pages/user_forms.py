"""The forms of the pages about users, and what they share."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, redirect, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from console.forms import FormSchema
from engine import users as use_case
from engine.users import SHORTEST

LONGEST: Final = 200
AS_IN_DYNAMICS: Final = "dynamics"
ROLES: Final = (("administrator", "Administrator"), ("user", "User"))
GIVEN: Final = ((AS_IN_DYNAMICS, "As in Dynamics"), *ROLES)
REQUIRED: Final[dict[str, Any]] = {"required": True, "error_messages": {"required": "This is needed."}}
LONG_ENOUGH: Final = validate.Length(min=SHORTEST, error=f"Take {SHORTEST} characters or more.")
SHORT: Final = validate.Length(max=LONGEST)
SECRET: Final = {"secret": True}


class Local(FormSchema):
    """Somebody with a password."""

    login = fields.String(**REQUIRED, validate=SHORT)
    name = fields.String(load_default="", validate=SHORT)
    role = fields.String(load_default="user", validate=validate.OneOf(use_case.ROLES))
    password = fields.String(**REQUIRED, validate=LONG_ENOUGH, metadata=SECRET)


class FromDynamics(FormSchema):
    """Somebody of Dynamics."""

    directory_id = fields.UUID(**REQUIRED)
    role = fields.String(load_default=AS_IN_DYNAMICS, validate=validate.OneOf([value for value, _ in GIVEN]))


class Change(FormSchema):
    """What somebody may do."""

    name = fields.String(load_default="", validate=SHORT)
    role = fields.String(**REQUIRED, validate=validate.OneOf([value for value, _ in GIVEN]))
    active = fields.Boolean(load_default=False)


class Password(FormSchema):
    """A new password."""

    password = fields.String(**REQUIRED, validate=LONG_ENOUGH, metadata=SECRET)


def done(words: str, kind: str = "good", to: str = "") -> Response:
    """Says what was done, and goes on, by default to all users."""
    flash(words, kind)
    return redirect(to or url_for("users.index"), 303)


def role_of(chosen: str) -> str | None:
    """The role that was chosen; None for what Dynamics gives."""
    return None if chosen == AS_IN_DYNAMICS else chosen


def sentence(error: Exception) -> str:
    """What an error says, as a sentence."""
    told = str(error)
    return f"{told[:1].upper()}{told[1:].removesuffix('.')}."
