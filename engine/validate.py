"""Whether a configuration means something: mappings and criteria against the live metadata of both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from config.faults import Fault
from engine import metadata
from mapping import derived, objects
from mapping.columns import Column, ColumnType, columns_from_metadata
from mapping.compiled import compile_mapping
from mapping.faults import MappingFaults, did_you_mean
from mapping.fields import Field, account_fields, contact_fields
from sync.criteria import CriteriaFaults, compile_criteria
from sync.model import ORDER, PEOPLE, Entity
from sync.requests import named

Check = Callable[[Mapping[str, Any]], list[Fault]]


def against(described: Mapping[str, Any]) -> Check:
    """The check of a document's meaning against these descriptions, as `engine.metadata.load` gives them.

    The answer names every fault of every entity, also of those that are switched off: they are checked before somebody
    relies on them.
    """

    def check(document: Mapping[str, Any]) -> list[Fault]:
        of_entities = (fault for entity in ORDER for fault in _faults(entity, document, described))
        return [*_counting_lists(document, described), *_panel(document, described), *of_entities]

    return check


def columns_of(entity: Entity, described: Mapping[str, Any]) -> dict[str, Column]:
    """The Dynamics columns of an entity's table."""
    found = described[metadata.known(entity)]
    columns = columns_from_metadata(found["definition"], found["details"])
    return {**columns, **derived.COLUMNS} if entity is Entity.OPPORTUNITY else columns


def fields_of(entity: Entity, described: Mapping[str, Any]) -> dict[str, Field]:
    """The ActiveCampaign fields that an entity is written to; of opportunities those there are by now."""
    if entity is Entity.OPPORTUNITY:
        return objects.fields_of(described[metadata.OBJECT])
    if entity is Entity.ACCOUNT:
        return account_fields(described["activecampaign:account_fields"])
    return contact_fields(described["activecampaign:fields"])


def fields_to_be(entity: Entity, settings: Mapping[str, Any], described: Mapping[str, Any]) -> dict[str, Field]:
    """The same with the fields of opportunities that aren't there yet: `ac365 provision activecampaign` makes them."""
    fields = fields_of(entity, described)
    if entity is not Entity.OPPORTUNITY:
        return fields
    return {**objects.planned(objects.attributes(settings, columns_of(entity, described))), **fields}


def _faults(entity: Entity, document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Fault]:
    settings = document["entities"][entity]
    columns = columns_of(entity, described)
    path = f"entities.{entity}"
    if settings["scope"] == "criteria":
        asked = {name: column for name, column in columns.items() if name not in derived.COLUMNS}
        yield from _criteria(f"{path}.criteria", settings["criteria"], asked, str(document["zone"]))
    if entity is Entity.OPPORTUNITY:
        yield from _picker(f"{path}.picked_by", settings, columns)
    fields = fields_to_be(entity, settings, described)
    try:
        compile_mapping(entity, settings, columns, fields, version=0, zone=str(document["zone"]))
    except MappingFaults as error:
        yield from _moved(path, error.faults)
    yield from _list(entity, f"{path}.list", settings, described)


def _picker(path: str, settings: Mapping[str, Any], columns: Mapping[str, Column]) -> Iterator[Fault]:
    name = settings["picked_by"]
    if name is None:
        return
    if name not in columns:
        yield Fault(path, f"Dynamics has no readable column {name!r}.{did_you_mean(name, columns)}")
    elif columns[name].type is not ColumnType.BOOLEAN:
        yield Fault(path, f"{name} is no yes/no column.")


def _criteria(path: str, tree: Any, columns: Mapping[str, Column], zone: str) -> Iterator[Fault]:
    if not tree:
        yield Fault(path, "The scope is `criteria`, but there are none: add criteria, or set the scope to `all`.")
        return
    try:
        compile_criteria(tree, columns, zone=zone, path=path)
    except CriteriaFaults as error:
        yield from (Fault(fault.path, fault.message) for fault in error.faults)


def _list(entity: Entity, path: str, settings: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Fault]:
    wanted = settings["list"] if entity in PEOPLE else None
    if wanted is not None:
        yield from _known_list(path, wanted, described)


def _counting_lists(document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Fault]:
    """The lists whose members count for consent: a name that nobody has would leave its opt-outs unheard."""
    for index, wanted in enumerate(document["consent"]["lists"] or ()):
        yield from _known_list(f"consent.lists[{index}]", wanted, described)


def _panel(document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Fault]:
    """Automations that salespeople may ask for, as far as those of ActiveCampaign are known."""
    rows = described.get(metadata.AUTOMATIONS)
    for key in ("automations", "mailings") if rows is not None else ():
        for index, wanted in enumerate(document["panel"][key] or ()):
            if not any(named([wanted], row["id"], row["name"]) for row in rows or ()):
                near = did_you_mean(wanted, [row["name"] for row in rows or ()])
                yield Fault(f"panel.{key}[{index}]", f"There is no automation {wanted!r} in ActiveCampaign.{near}")


def _known_list(path: str, wanted: Any, described: Mapping[str, Any]) -> Iterator[Fault]:
    rows = described["activecampaign:lists"]
    if str(wanted) not in {str(row[key]) for row in rows for key in ("name", "id")}:
        names = [str(row["name"]) for row in rows]
        yield Fault(path, f"There is no list {wanted!r} in ActiveCampaign.{did_you_mean(wanted, names)}")


def _moved(path: str, faults: Iterable[Any]) -> Iterator[Fault]:
    for fault in faults:
        yield Fault(f"{path}.{fault.path}" if fault.path else path, fault.message)
