"""Which failures somebody means: the words of a filter, of a group and of ticked boxes, for pages and API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from marshmallow import fields, validate

from console.desk import desk
from console.inputs import Number
from console.plain import Text
from engine.failing import Filter
from sync.model import Direction, Entity

YEAR_H: Final = 24 * 366
NO_CODE: Final = "-"
"""How a group of failures without a code is asked for."""


class ChoiceFields:
    """The fields of a filter. hours: the last attempt is no longer ago."""

    entity = fields.Enum(Entity, by_value=True, load_default=None)
    direction = fields.Enum(Direction, by_value=True, load_default=None)
    klass = Text(40, load_default=None)
    code = Text(200, load_default=None)
    text = Text(200, load_default=None)
    hours = fields.Integer(load_default=None, validate=validate.Range(1, YEAR_H))


class MarkedFields(ChoiceFields):
    """A filter with ticked boxes. everything: without any of it everything on the list is meant."""

    ids = fields.List(Number(), load_default=list, validate=validate.Length(max=2000))
    everything = fields.Boolean(load_default=False)


def chosen(connection_id: int, said: Mapping[str, Any]) -> Filter:
    """The filter of the engine."""
    since: datetime | None = desk().services.now() - timedelta(hours=said["hours"]) if said.get("hours") else None
    return Filter(
        connection_id,
        said["entity"],
        said["klass"],
        said["text"],
        tuple(said.get("ids", ())),
        said["direction"],
        "" if said["code"] == NO_CODE else said["code"],
        since,
    )
