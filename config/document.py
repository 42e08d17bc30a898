"""The configuration document as plain data: defaults, and loading with every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from config.faults import ConfigFaults, Fault
from config.schema import Document

_SCHEMA = Document()


def defaults() -> dict[str, Any]:
    """A valid document in which nothing is switched on."""
    return load({})


def load(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document checked, with defaults filled in. Raises ConfigFaults; paths are dotted (`entities.lead.scope`)."""
    try:
        return dict(_SCHEMA.load(document))
    except ValidationError as error:
        raise ConfigFaults(_flat(error.messages, "")) from None


def _flat(messages: Any, path: str) -> Iterator[Fault]:
    if not isinstance(messages, dict):
        for message in messages:
            yield Fault(path, message)
        return
    for key, inner in messages.items():
        yield from _flat(inner, path if key in ("_schema", "") else f"{path}.{key}" if path else str(key))
