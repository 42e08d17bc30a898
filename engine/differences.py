"""What differs between two documents, place by place, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

NOTHING: Final = object()
MOST: Final = 200
"""So many places are told of one pair of documents."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place that differs. place: keys with dots between; before, after: None where nothing stood or stands there."""

    place: str
    before: Any
    after: Any


def between(before: Any, after: Any) -> list[Difference]:
    """What was taken away, added or changed, in the order of the older document. Lists of values count as one value,
    lists of objects are compared one by one."""
    if before is None or after is None:
        return _whole(before, after)
    return list(_limited(_walk("", before, after)))


def _whole(before: Any, after: Any) -> list[Difference]:
    """One side only: its first level, which is how whatever was made or removed is told."""
    found, empty = (after, before) if before is None else (before, after)
    if found is None:
        return []
    parts = found.items() if isinstance(found, Mapping) else [("", found)]
    told = (Difference(str(name), *((empty, part) if before is None else (part, empty))) for name, part in parts)
    return list(_limited(told))


def _walk(place: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    pairs = _parts(before, after)
    if pairs is None:
        yield Difference(place, *(None if one is NOTHING else one for one in (before, after)))
        return
    for name, old, new in pairs:
        yield from _walk(f"{place}.{name}" if place else name, old, new)


def _parts(before: Any, after: Any) -> list[tuple[str, Any, Any]] | None:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return [(str(key), before.get(key, NOTHING), after.get(key, NOTHING)) for key in {**before, **after}]
    if _objects(before) and _objects(after):
        length = max(len(before), len(after))
        padded = [[*side, *[NOTHING] * (length - len(side))] for side in (before, after)]
        return [(str(number), *pair) for number, pair in enumerate(zip(*padded, strict=True), 1)]
    return None


def _objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, Mapping) for part in value)


def _limited(found: Iterator[Difference]) -> Iterator[Difference]:
    for number, one in enumerate(found):
        if number == MOST:
            yield Difference("…", None, None)
            return
        yield one
