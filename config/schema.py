"""The schema of the configuration document, version 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from config.criteria import Criteria
from config.marketing import Activities, Panel
from config.sections import MISSING, Section, section
from config.values import (
    Amount,
    Constant,
    Count,
    FieldId,
    ListName,
    Name,
    Only,
    OptionNumber,
    Switch,
    Table,
    TagName,
    TimeOfDay,
    Word,
    Zone,
)
from mapping.directions import DIRECTIONS
from mapping.standard import DEFAULTS
from sync import quiet
from sync.merge import Policy

VERSION = 1
FREQUENCIES = ("5m", "15m", "1h", "2h", "4h", "6h", "8h", "12h", "daily")


class QuietHours(Section):
    """A stretch in which no cycle starts by itself, on the clock of the document's zone. to: up to the next day."""

    days = fields.List(
        Word(*quiet.DAYS),
        load_default=lambda: list(quiet.DAYS),
        validate=Length(min=1, error="names no day; leave it out for every day."),
        error_messages={"invalid": "is not a list of days."},
    )
    from_ = TimeOfDay(data_key="from", attribute="from", required=True, error_messages=MISSING)
    to = TimeOfDay(end=True, required=True, error_messages=MISSING)


class Sync(Section):
    """When it runs, and whether it runs at all (decisions Q2 and Q18: not before somebody says so)."""

    enabled = Switch(load_default=False)
    frequency = Word(*FREQUENCIES, load_default="1h")
    quiet = fields.List(
        fields.Nested(QuietHours, error_messages=MISSING),
        load_default=list,
        error_messages={"invalid": "is not a list of quiet hours."},
    )

    @validates_schema(skip_on_field_errors=True)
    def _leave_some_time(self, data: Mapping[str, Any], **_: Any) -> None:
        if quiet.always(quiet.read(data["quiet"])):
            told = "leaves no time in which a cycle may start; set sync.enabled to false instead."
            raise ValidationError(told, "quiet")


class Limits(Section):
    """How much of ActiveCampaign's request limit is used. headroom: the share left to others."""

    headroom = Amount(0, 0.9, load_default=0)
    calls_per_second = Amount(1, 5, load_default=5)


class Guards(Section):
    """What a cycle may do unasked: shares of the linked records, looked at from so many records on (guarantee G8)."""

    creates = Amount(0, 1, load_default=0.3)
    changes = Amount(0, 1, load_default=0.5)
    deletes = Amount(0, 1, load_default=0.05)
    from_ = Count(data_key="from", attribute="from", load_default=50)


class Consent(Section):
    """Who may be mailed, on both sides alike (decision Q19). lists: what counts, null for every list."""

    enabled = Switch(load_default=True)
    lists = fields.List(
        ListName(error_messages=MISSING),
        load_default=None,
        allow_none=True,
        validate=Length(min=1, error="names no list; leave it out to count every list."),
        error_messages={"invalid": "is not a list of names or numbers of lists."},
    )
    do_not_email = Switch(load_default=False)
    bounces = Switch(load_default=True)


class StandardMapping(Section):
    """A standard mapping that is more than on or off. What isn't said follows the entity, so it isn't filled in."""

    enabled = Switch()
    direction = Word(*DIRECTIONS)
    conflict = Word(*Policy)
    on_empty = Word("mirror", "keep")
    on_empty_inbound = Word("mirror", "keep")


class StandardSwitch(Switch):
    """true, false or a section; each stays what it is."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, Mapping):
            return dict(StandardMapping().load(value))
        return super()._deserialize(value, attr, data, **kwargs)


class FieldMapping(Section):
    """One mapping of the administrator's own (decisions Q9 and Q25). direction, conflict: null for the entity's."""

    dynamics = Name(required=True, error_messages=MISSING)
    activecampaign = Name(required=True, error_messages=MISSING)
    direction = Word(*DIRECTIONS, load_default=None, allow_none=True)
    conflict = Word(*Policy, load_default=None, allow_none=True)
    on_empty = Word("mirror", "keep", load_default="mirror")
    on_empty_inbound = Word("mirror", "keep", load_default="keep")
    options = Table(keys=OptionNumber(), values=Name(), load_default=dict)
    unknown_option = Word("skip", "text", "add", load_default="skip")
    enabled = Switch(load_default=True)


class ObjectMapping(Section):
    """One further field of an opportunity. activecampaign: its id in the custom object; `ac365 provision` makes it."""

    dynamics = Name(required=True, error_messages=MISSING)
    activecampaign = FieldId(required=True, error_messages=MISSING)
    options = Table(keys=OptionNumber(), values=Name(), load_default=dict)
    enabled = Switch(load_default=True)


def _demand_criteria(data: Mapping[str, Any]) -> None:
    if data["scope"] == "criteria" and data["criteria"] is None:
        raise ValidationError("the scope is criteria, but there are none.", "criteria")


class Entity(Section):
    """What all entities have. on_removed: the record was deleted in ActiveCampaign (decision Q6)."""

    ready_made: ClassVar[Mapping[str, Any]] = {}

    enabled = Switch(load_default=False)
    direction = Word(*DIRECTIONS, load_default="outbound")
    conflict = Word(*Policy, load_default=Policy.DYNAMICS_WINS.value)
    scope = Word("all", "criteria", load_default="all")
    criteria = Criteria(load_default=None, allow_none=True)
    standard = Table(keys=Name(), values=StandardSwitch(), load_default=dict)
    fields_ = fields.List(
        fields.Nested(FieldMapping, error_messages=MISSING),
        data_key="fields",
        attribute="fields",
        load_default=list,
        error_messages={"invalid": "is not a list of mappings."},
    )
    defaults = Table(keys=Name(), values=Constant(allow_none=True), load_default=dict)
    on_removed = Word("nothing", "recreate", "deactivate", load_default="nothing")

    @validates_schema(skip_on_field_errors=True)
    def _criteria_are_there(self, data: Mapping[str, Any], **_: Any) -> None:
        _demand_criteria(data)

    @post_load
    def _add_ready_made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        said = {column: value for column, value in data["defaults"].items() if value is not None}
        return {**data, "defaults": {**self.ready_made, **said}}


class Person(Entity):
    """Contacts and leads. list: the ActiveCampaign list that new people are subscribed to (decision Q8)."""

    list_ = ListName(data_key="list", attribute="list", load_default=None, allow_none=True)
    create = Word("requested", "never", load_default="requested")
    on_deleted = Word("tag", "unsubscribe", "nothing", load_default="tag")
    tag_out_of_scope = TagName(load_default=None, allow_none=True)


class Contact(Person):
    """Contacts."""

    ready_made = DEFAULTS["contact"]


class Lead(Person):
    """Leads. The two tags are set beside `[D365: Contact]` and `[D365: Lead]` (decision Q5)."""

    ready_made = DEFAULTS["lead"]

    tag_qualified = Switch(load_default=False)
    tag_disqualified = Switch(load_default=False)


class Account(Entity):
    """Accounts. ActiveCampaign can neither tag nor subscribe them, so these have one value only."""

    list_ = Only(None, "an account can't be subscribed to a list.", data_key="list", attribute="list")
    create = Word("all", "never", load_default="all")
    on_deleted = Only("nothing", "an account can't be tagged; write nothing.")
    tag_out_of_scope = Only(None, "an account can't be tagged.")


class Opportunity(Section):
    """Opportunities travel to ActiveCampaign only: as records of a custom object, fields of their contacts, or deals.

    shown_as: which of the three, since not every plan has custom objects (decision Q21); contacts: which relation may
    name the contact, the first that is there counts (decision Q11); picked_by: the yes/no column of the scope `manual`,
    null for the list of `ac365 opportunities pick`; history: whether somebody is asked before those are loaded that are
    there already, since each starts automations; on_deleted: decision Q13.
    """

    enabled = Switch(load_default=False)
    direction = Only("outbound", "opportunities travel to ActiveCampaign only.")
    shown_as = Word("object", "contact_fields", "deals", load_default="object")
    scope = Word("all", "criteria", "manual", load_default="all")
    criteria = Criteria(load_default=None, allow_none=True)
    picked_by = Name(load_default=None, allow_none=True)
    contacts = fields.List(
        Word("primary", "customer", "account", "stakeholder"),
        load_default=lambda: ["primary", "customer"],
        validate=Length(min=1, error="names no relation."),
        error_messages={"invalid": "is not a list of relations."},
    )
    history = Word("ask", "load", load_default="ask")
    on_deleted = Word("status", "delete", "nothing", load_default="status")
    standard = Table(keys=Name(), values=Switch(), load_default=dict)
    fields_ = fields.List(
        fields.Nested(ObjectMapping, error_messages=MISSING),
        data_key="fields",
        attribute="fields",
        load_default=list,
        error_messages={"invalid": "is not a list of mappings."},
    )

    @validates_schema(skip_on_field_errors=True)
    def _criteria_are_there(self, data: Mapping[str, Any], **_: Any) -> None:
        _demand_criteria(data)


class Entities(Section):
    """What is synced. Nothing is switched on by itself."""

    account = section(Account)
    contact = section(Contact)
    lead = section(Lead)
    opportunity = section(Opportunity)


class Document(Section):
    """The whole. zone: where the dates of date-times are read."""

    version = Only(VERSION, f"this release reads version {VERSION} of the document.")
    sync = section(Sync)
    limits = section(Limits)
    guards = section(Guards)
    consent = section(Consent)
    zone = Zone(load_default="UTC")
    entities = section(Entities)
    activities = section(Activities)
    panel = section(Panel)
