"""The schema of the configuration document, version 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema

from config.criteria import Criteria
from config.values import Amount, Direction, ListName, Name, Only, OptionNumber, Switch, Table, Word, Zone
from mapping.faults import did_you_mean

VERSION = 1
FREQUENCIES = ("5m", "15m", "1h", "2h", "4h", "6h", "8h", "12h", "daily")
_MISSING: dict[str, Any] = {"required": "is missing.", "null": "is empty."}


class Section(Schema):
    """A part of the document. What is left empty counts as not said; an unknown word is a fault with a suggestion."""

    error_messages = {"type": "is not a section with names and values."}  # noqa: RUF012 marshmallow's own name

    class Meta:
        """Marshmallow's options. Unknown words are refused below, where their neighbours are known."""

        unknown = EXCLUDE

    @pre_load
    def _drop_empty(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if value is not None}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _refuse_unknown(self, _data: Any, original: Any, **_: Any) -> None:
        known = [field.data_key or name for name, field in self.fields.items()]
        unknown = [key for key in original if key not in known] if isinstance(original, Mapping) else []
        if unknown:
            raise ValidationError({str(key): [f"is not known here.{did_you_mean(key, known)}"] for key in unknown})


def _section(schema: type[Section]) -> fields.Nested:
    return fields.Nested(schema, load_default=lambda: schema().load({}))


class Sync(Section):
    """When it runs, and whether it runs at all (decisions Q2 and Q18: not before somebody says so)."""

    enabled = Switch(load_default=False)
    frequency = Word(*FREQUENCIES, load_default="1h")


class Limits(Section):
    """How much of ActiveCampaign's request limit is used. headroom: the share left to others."""

    headroom = Amount(0, 0.9, load_default=0)
    calls_per_second = Amount(1, 5, load_default=5)


class FieldMapping(Section):
    """One mapping of the administrator's own (decisions Q9 and Q25)."""

    dynamics = Name(required=True, error_messages=_MISSING)
    activecampaign = Name(required=True, error_messages=_MISSING)
    on_empty = Word("mirror", "keep", load_default="mirror")
    options = Table(keys=OptionNumber(), values=Name(), load_default=dict)
    unknown_option = Word("skip", "text", "add", load_default="skip")
    enabled = Switch(load_default=True)


class Entity(Section):
    """What all entities have."""

    enabled = Switch(load_default=False)
    direction = Direction(load_default="outbound")
    scope = Word("all", "criteria", load_default="all")
    criteria = Criteria(load_default=None, allow_none=True)
    standard = Table(keys=Name(), values=Switch(), load_default=dict)
    fields_ = fields.List(
        fields.Nested(FieldMapping, error_messages=_MISSING),
        data_key="fields",
        attribute="fields",
        load_default=list,
        error_messages={"invalid": "is not a list of mappings."},
    )

    @validates_schema(skip_on_field_errors=True)
    def _criteria_are_there(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["scope"] == "criteria" and data["criteria"] is None:
            raise ValidationError("the scope is criteria, but there are none.", "criteria")


class Person(Entity):
    """Contacts and leads. list: the ActiveCampaign list that new people are subscribed to (decision Q8)."""

    list_ = ListName(data_key="list", attribute="list", load_default=None, allow_none=True)
    on_deleted = Word("tag", "nothing", load_default="tag")


class Account(Entity):
    """Accounts. ActiveCampaign can neither tag nor subscribe them, so these two have one value only."""

    list_ = Only(None, "an account can't be subscribed to a list.", data_key="list", attribute="list")
    on_deleted = Only("nothing", "an account can't be tagged; write nothing.")


class Entities(Section):
    """What is synced. Nothing is switched on by itself."""

    account = _section(Account)
    contact = _section(Person)
    lead = _section(Person)


class Document(Section):
    """The whole. zone: where the dates of date-times are read."""

    version = Only(VERSION, f"this release reads version {VERSION} of the document.")
    sync = _section(Sync)
    limits = _section(Limits)
    zone = Zone(load_default="UTC")
    entities = _section(Entities)
