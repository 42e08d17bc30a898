"""Which column travels into which field: the standard mappings, those of one's own, and constants of new records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flask import flash, request
from werkzeug.wrappers import Response

from config import editing, typed
from config.texts import MAPPING, UNKNOWN_OPTION, WAYS
from console.access.roles import Role, needs
from console.data.base import Work, back, blueprint, change, entity_of, page, work
from console.forms import Form
from engine import offers
from mapping.columns import Column, ColumnType
from mapping.fields import MANY_OF, ONE_OF
from sync.model import Entity

SWITCHED: Final = "The mapping of yours that filled {} is removed: the standard mapping fills it again."
BINARY: Final = (("true", "yes"), ("false", "no"))


@blueprint.get("/<entity>/mappings")
@needs(Role.ADMINISTRATOR)
def mappings(connection_id: int, entity: str) -> str:
    """All mappings of an entity, and what a chosen column could be mapped to."""
    one, at = entity_of(entity), work(connection_id)
    settings, columns, fields = at.settings(one), at.columns(one), at.fields(one)
    chosen, filled = (columns.get(request.args.get(name, "")) for name in ("column", "constant"))
    return page(
        "mappings",
        at,
        entity=one,
        standards=offers.standards(one, settings, columns, fields),
        own=offers.own(one, settings, columns, fields),
        needs=offers.needs(one, settings, columns, fields),
        told=at.about(f"entities.{one}"),
        columns=_named(offers.for_mappings(columns)),
        constants=_named(offers.for_constants(settings, columns)),
        chosen=chosen,
        filled=filled,
        offered=offers.for_column(one, settings, chosen, fields) if chosen else [],
        suggestion=_suggested(chosen) if chosen else "",
        terms=MAPPING if one is not Entity.OPPORTUNITY else (),
        unknown_option=UNKNOWN_OPTION,
        ways=dict(WAYS),
        choices={*ONE_OF, *MANY_OF},
        options_of=options_of,
        Form=Form,
    )


def options_of(column: Column | None) -> list[tuple[str, str]]:
    """What a constant of a column is chosen from; nothing where it is typed."""
    if column is None or column.type is ColumnType.MULTI_PICKLIST:
        return []
    if column.type is ColumnType.BOOLEAN:
        return list(BINARY)
    return [(str(one.value), one.label) for one in column.options]


def _named(columns: list[Column]) -> list[tuple[str, str]]:
    return [("", "choose a column"), *((one.name, f"{one.label} ({one.name})") for one in columns)]


def _suggested(column: Column) -> str:
    """An id for a new field of the custom object."""
    return re.sub(r"[^a-z0-9]+", "-", column.label.lower()).strip("-")[:64] or column.name


def _back(connection_id: int, entity: Entity, anchor: str = "") -> Response:
    return back("mappings", connection_id, entity=entity, **({"_anchor": anchor} if anchor else {}))


@blueprint.post("/<entity>/mappings/standard")
@needs(Role.ADMINISTRATOR)
def set_standard(connection_id: int, entity: str) -> Response:
    """Switches a standard mapping, or takes over what it says for itself."""
    one, column = entity_of(entity), request.form.get("column", "")
    switch = request.form.get("switch", "")
    before = work(connection_id).settings(one)

    def edit(document: dict[str, Any]) -> Mapping[str, Any]:
        if switch:
            return editing.standard_switched(document, one, column, on=switch == "on")
        terms = {name: request.form.get(name, "") for name in editing.TERMS}
        return editing.standard_changed(document, one, column, {} if one is Entity.OPPORTUNITY else terms)

    if change(connection_id, edit) and switch == "on":
        field = editing.standard_of(one, column).activecampaign
        if editing.rivals(before, field):
            flash(SWITCHED.format(field), "warn")
    return _back(connection_id, one, "standard")


@blueprint.post("/<entity>/mappings/add")
@needs(Role.ADMINISTRATOR)
def add_field(connection_id: int, entity: str) -> Response:
    """Adds a mapping of one's own; a standard mapping that fills the field makes room."""
    one, at = entity_of(entity), work(connection_id)
    column, field = request.form.get("column", ""), request.form.get("field", "").strip()
    why = _hindrance(at, one, column, field)
    if why:
        flash(why, "bad")
        return back("mappings", connection_id, entity=one, column=column, _anchor="add")
    change(connection_id, lambda document: editing.field_added(document, one, column, field))
    return _back(connection_id, one, "own")


def _hindrance(at: Work, entity: Entity, column: str, field: str) -> str:
    if column not in at.columns(entity) or not field:
        return "Choose a column and a field."
    taken = [one for one in at.settings(entity)["fields"] if one["activecampaign"] == field]
    return f"{field} is already filled from {taken[0]['dynamics']}: remove that mapping first." if taken else ""


@blueprint.post("/<entity>/mappings/own")
@needs(Role.ADMINISTRATOR)
def set_field(connection_id: int, entity: str) -> Response:
    """Takes over what one's own mapping says, or removes it."""
    one, at = entity_of(entity), work(connection_id)
    column, field = request.form.get("column", ""), request.form.get("field", "")
    if request.form.get("do") == "remove":
        change(connection_id, lambda document: editing.field_removed(document, one, column, field))
    else:
        said = _said(one, at.columns(one).get(column))
        change(connection_id, lambda document: editing.field_changed(document, one, column, field, said))
    return _back(connection_id, one, "own")


def _said(entity: Entity, column: Column | None) -> dict[str, Any]:
    options = {
        name.removeprefix("option-"): text.strip()
        for name, text in request.form.items()
        if name.startswith("option-") and text.strip()
    }
    said: dict[str, Any] = {"enabled": request.form.get("enabled") == "true"}
    if column is not None and column.options:
        said["options"] = options
    if entity is Entity.OPPORTUNITY:
        return said
    for name in ("on_empty", "on_empty_inbound", "unknown_option"):
        if name in request.form:
            said[name] = request.form[name]
    return said | {name: request.form.get(name) or None for name in ("direction", "conflict")}


@blueprint.post("/<entity>/mappings/constant")
@needs(Role.ADMINISTRATOR)
def set_constant(connection_id: int, entity: str) -> Response:
    """Gives new records a constant, or takes it away."""
    one, at = entity_of(entity), work(connection_id)
    name = request.form.get("column", "")
    if one is not Entity.OPPORTUNITY and name:
        removed = request.form.get("do") == "remove"
        value = None if removed else typed.constant(at.columns(one).get(name), request.form.get("value", ""))
        change(connection_id, lambda document: editing.with_default(document, one, name, value))
    return _back(connection_id, one, "constants")
