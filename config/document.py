"""The configuration document as plain data: defaults, and loading with every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from marshmallow import ValidationError

from config.faults import ConfigFaults, Fault
from config.schema import Document

_SCHEMA = Document()


def defaults() -> dict[str, Any]:
    """A valid document in which nothing is switched on."""
    return load({})


@cache
def _defaults() -> dict[str, Any]:
    """The same, made once and never changed."""
    return defaults()


def load(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document checked, with defaults filled in. Raises ConfigFaults; paths are dotted (`entities.lead.scope`)."""
    try:
        return dict(_SCHEMA.load(document))
    except ValidationError as error:
        raise ConfigFaults(_flat(error.messages, "")) from None


def completed(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document of any version with the defaults of settings that it doesn't have, not checked again.

    Lists and mappings that a person wrote stay whole: only sections and entities are completed.
    """
    default = deepcopy(_defaults())
    found = _over(default, document)
    sections = {name: _over(one, found[name]) for name, one in default.items() if isinstance(one, dict)}
    entities = {name: _over(one, found["entities"].get(name, {})) for name, one in default["entities"].items()}
    return {**found, **sections, "entities": entities}


def _over(default: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {**default, **given}


def _flat(messages: Any, path: str) -> Iterator[Fault]:
    if not isinstance(messages, dict):
        for message in messages:
            yield Fault(path, message)
        return
    for key, inner in messages.items():
        yield from _flat(inner, path if key in ("_schema", "") else f"{path}.{key}" if path else str(key))
