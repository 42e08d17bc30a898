"""Editing the document: small changes to one entity, each answering with a new document. What is wrong with it is said
by the check, so that half a change can be kept while somebody goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mapping.standard import STANDARD, Standard

Document = dict[str, Any]
TERMS: Final = ("direction", "conflict", "on_empty", "on_empty_inbound")
FRESH: Final[Mapping[str, Any]] = {
    "direction": None,
    "conflict": None,
    "on_empty": "mirror",
    "on_empty_inbound": "keep",
    "options": {},
    "unknown_option": "skip",
    "enabled": True,
}
"""What a new mapping says besides its two ends."""
FRESH_OBJECT: Final[Mapping[str, Any]] = {"options": {}, "enabled": True}


class Fixed(ValueError):
    """A standard mapping that can't be switched off."""


def with_settings(document: Mapping[str, Any], entity: str, values: Mapping[str, Any]) -> Document:
    """The document with these settings of an entity."""
    entities = document["entities"]
    return {**document, "entities": {**entities, entity: {**entities[entity], **values}}}


def standard_of(entity: str, column: str) -> Standard:
    """The standard mapping of a column. Raises LookupError without one."""
    found = next((one for one in STANDARD[entity] if one.dynamics == column), None)
    if found is None:
        raise LookupError(f"{entity} has no standard mapping of {column}")
    return found


def is_on(settings: Mapping[str, Any], standard: Standard) -> bool:
    """Whether a standard mapping is on."""
    return standard.fixed or _section(settings["standard"].get(standard.dynamics)).get("enabled", True) is not False


def terms_of(settings: Mapping[str, Any], column: str) -> dict[str, Any]:
    """What a standard mapping says for itself: direction, conflict, on_empty, on_empty_inbound."""
    said = _section(settings["standard"].get(column))
    return {name: said[name] for name in TERMS if said.get(name)}


def _section(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {} if said is None else {"enabled": said}


def rivals(settings: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    """The administrator's own mappings that fill this field."""
    return [dict(one) for one in settings["fields"] if one["activecampaign"] == field]


def standard_switched(document: Mapping[str, Any], entity: str, column: str, on: bool) -> Document:
    """With a standard mapping on or off. On, it takes its field back: mappings that filled it meanwhile are removed.

    Raises Fixed for one that can't be switched off, LookupError where there is none.
    """
    one, settings = standard_of(entity, column), document["entities"][entity]
    if one.fixed and not on:
        raise Fixed(f"{column} always travels to {one.activecampaign}; it can't be switched off.")
    terms = terms_of(settings, column)
    said = _said(terms, on)
    standard = {name: value for name, value in settings["standard"].items() if name != column}
    fields = [own for own in settings["fields"] if not (on and own["activecampaign"] == one.activecampaign)]
    changed = {"standard": standard if said is None else {**standard, column: said}, "fields": fields}
    return with_settings(document, entity, changed)


def _said(terms: Mapping[str, Any], on: bool) -> Any:
    if on:
        return dict(terms) or None
    return {**terms, "enabled": False} if terms else False


def standard_changed(document: Mapping[str, Any], entity: str, column: str, terms: Mapping[str, Any]) -> Document:
    """With these terms of a standard mapping, "" for what follows the entity. Raises LookupError."""
    settings = document["entities"][entity]
    on = is_on(settings, standard_of(entity, column))
    said = _said({name: value for name, value in terms.items() if value}, on)
    standard = {name: value for name, value in settings["standard"].items() if name != column}
    return with_settings(document, entity, {"standard": standard if said is None else {**standard, column: said}})


def field_added(document: Mapping[str, Any], entity: str, column: str, field: str) -> Document:
    """With one more mapping. A standard mapping that fills the field is switched off: it makes room.

    Raises Fixed where that can't be.
    """
    settings = document["entities"][entity]
    for one in STANDARD[entity]:
        if one.activecampaign == field and is_on(settings, one):
            document = standard_switched(document, entity, one.dynamics, on=False)
    fresh = FRESH_OBJECT if entity == "opportunity" else FRESH
    mapping = {"dynamics": column, "activecampaign": field, **fresh}
    return with_settings(document, entity, {"fields": [*settings["fields"], mapping]})


def field_at(settings: Mapping[str, Any], column: str, field: str) -> int:
    """Where the mapping of these two stands. Raises LookupError when it is gone."""
    for index, one in enumerate(settings["fields"]):
        if (one["dynamics"], one["activecampaign"]) == (column, field):
            return index
    raise LookupError(f"there is no mapping of {column} to {field} any more")


def field_changed(
    document: Mapping[str, Any], entity: str, column: str, field: str, values: Mapping[str, Any]
) -> Document:
    """With this said of a mapping. Raises LookupError when it is gone."""
    settings = document["entities"][entity]
    index = field_at(settings, column, field)
    fields = [{**one, **values} if at == index else one for at, one in enumerate(settings["fields"])]
    return with_settings(document, entity, {"fields": fields})


def field_removed(document: Mapping[str, Any], entity: str, column: str, field: str) -> Document:
    """Without a mapping. Raises LookupError when it is gone already."""
    settings = document["entities"][entity]
    index = field_at(settings, column, field)
    return with_settings(
        document, entity, {"fields": [one for at, one in enumerate(settings["fields"]) if at != index]}
    )


def with_default(document: Mapping[str, Any], entity: str, column: str, value: Any) -> Document:
    """With a default of new records, None for none (or for the ready-made one, once it is loaded)."""
    others = {name: said for name, said in document["entities"][entity]["defaults"].items() if name != column}
    return with_settings(document, entity, {"defaults": others if value is None else {**others, column: value}})
