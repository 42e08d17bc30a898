"""What changed between two documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One changed value. path: dotted, own mappings by their field (`fields[JOB_TITLE]`); None: not there."""

    path: str
    before: Any
    after: Any


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every value that differs, in the order of the new document; a mapping that only moved is no change."""
    return list(_changes("", old, new))


def _changes(path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    old, new = _as_sections(old, new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*new, *old)):
            yield from _changes(f"{path}.{key}" if path else str(key), old.get(key), new.get(key))
    elif _by_field(old) is not None and _by_field(new) is not None:
        yield from _mappings(path, _by_field(old) or {}, _by_field(new) or {})
    else:
        yield Change(path, old, new)


def _as_sections(old: Any, new: Any) -> tuple[Any, Any]:
    """A switch beside a section says what the section calls `enabled`."""
    if isinstance(old, bool) and isinstance(new, Mapping):
        return {"enabled": old}, {"enabled": True, **new}
    if isinstance(old, Mapping) and isinstance(new, bool):
        return {"enabled": True, **old}, {"enabled": new}
    return old, new


def _mappings(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*new, *old)):
        yield from _changes(f"{path}[{key}]", old.get(key), new.get(key))


def _by_field(value: Any) -> dict[str, Any] | None:
    """A list of mappings by the field they fill, None for anything else and where a field occurs twice."""
    if not isinstance(value, list) or not all(isinstance(item, Mapping) and "activecampaign" in item for item in value):
        return None
    found = {item["activecampaign"]: item for item in value}
    return found if len(found) == len(value) else None
