"""What is sound of a faulty document, so that one look finds faults of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    for path, section, name in _lists(part):
        items = section[name]
        before = kept.get(path, range(len(items)))
        kept[path] = [place for place, item in zip(before, items, strict=True) if item is not None]
        section[name] = [item for item in items if item is not None]
        if not section[name]:
            # A list that lost everything counts as not said: empty, it could be a fault of its own.
            del section[name]


def _lists(part: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The lists that can lose an item: path, the section around it, and its name there."""
    entities = part.get("entities")
    sections = {f"entities.{name}": section for name, section in entities.items()} if isinstance(entities, dict) else {}
    for path, section in {**sections, "consent": part.get("consent")}.items():
        name = "lists" if path == "consent" else "fields"
        if isinstance(section, dict) and isinstance(section.get(name), list):
            yield f"{path}.{name}", section, name


def _original(path: str, kept: Mapping[str, list[int]]) -> str:
    for around, places in kept.items():
        place, _, rest = path.removeprefix(f"{around}.").partition(".")
        if path.startswith(f"{around}.") and place.isdigit() and int(place) < len(places):
            return ".".join(part for part in (around, str(places[int(place)]), rest) if part)
    return path
