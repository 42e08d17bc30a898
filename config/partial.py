"""What is sound of a faulty document, so that one look finds faults of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from config.document import defaults, load
from config.faults import ConfigFaults, Fault

Origin = Callable[[str], str]
"""From a path in the sound part to the path in the text: mappings behind a faulty one have moved up."""

_ROUNDS = 5
"""Taking a value away can uncover another fault, such as a missing one; each round goes one step further out."""


def valid_part(document: Mapping[str, Any], faults: Iterable[Fault]) -> tuple[dict[str, Any], Origin]:
    """The document without what is faulty, loaded; the defaults when nothing of it can be used."""
    part = deepcopy(dict(document))
    kept: dict[str, list[int]] = {}
    for _ in range(_ROUNDS):
        for fault in faults:
            _take_away(part, fault.path.split("."))
        _close_gaps(part, kept)
        try:
            return load(part), lambda path: _original(path, kept)
        except ConfigFaults as error:
            faults = error.faults
    return defaults(), str


def _take_away(node: Any, path: list[str]) -> bool:
    """Removes the value at the path, or the nearest thing around it that can go; False when there is nothing."""
    if isinstance(node, dict):
        return _from_section(node, path)
    if isinstance(node, list) and path[0].isdigit() and int(path[0]) < len(node):
        index = int(path[0])
        if len(path) == 1 or not _take_away(node[index], path[1:]):
            node[index] = None
        return True
    return False


def _from_section(node: dict[Any, Any], path: list[str]) -> bool:
    if path[0] == "criteria":
        # Half a tree of criteria would match the wrong records; without it the scope can't stay either.
        node.pop("criteria", None)
        node.pop("scope", None)
        return True
    whole = ".".join(path)
    key = next((key for key in node if str(key) in (path[0], whole)), None)
    if key is None:
        return False
    if len(path) == 1 or str(key) == whole or not _take_away(node[key], path[1:]):
        del node[key]
    return True


def _close_gaps(part: Mapping[str, Any], kept: dict[str, list[int]]) -> None:
    entities = part.get("entities")
    for name, entity in (entities if isinstance(entities, dict) else {}).items():
        mappings = entity.get("fields") if isinstance(entity, dict) else None
        if isinstance(mappings, list):
            path = f"entities.{name}.fields"
            before = kept.get(path, range(len(mappings)))
            kept[path] = [place for place, item in zip(before, mappings, strict=True) if item is not None]
            entity["fields"] = [item for item in mappings if item is not None]


def _original(path: str, kept: Mapping[str, list[int]]) -> str:
    parts = path.split(".")
    places = kept.get(".".join(parts[:3]))
    if places is not None and len(parts) > 3 and parts[3].isdigit() and int(parts[3]) < len(places):
        parts[3] = str(places[int(parts[3])])
    return ".".join(parts)
