"""Two people changed one document: what the second one did, put on top of what the first one saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rebased:
    """Both changes in one document. both: paths that both changed apart; what stands there is the second one's."""

    document: dict[str, Any]
    both: list[str] = field(default_factory=list)


def rebased(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Rebased:
    """What I changed since `base`, put on top of what they made of it meanwhile. Lists of mappings by their field."""
    both: list[str] = []
    return Rebased(dict(_merged("", base, mine, theirs, both)), both)


def _merged(path: str, base: Any, mine: Any, theirs: Any, both: list[str]) -> Any:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return _by_name(path, base if isinstance(base, Mapping) else {}, mine, theirs, both)
    keyed = [_keyed(one) for one in (base, mine, theirs)]
    if all(one is not None for one in keyed):
        return list(_by_name(path, keyed[0] or {}, keyed[1] or {}, keyed[2] or {}, both).values())
    both.append(path)
    return mine


_GONE = object()


def _by_name(
    path: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], both: list[str]
) -> dict[str, Any]:
    found = {}
    for name in dict.fromkeys((*theirs, *mine)):
        inner = f"{path}.{name}" if path else str(name)
        was, my, their = (side.get(name, _GONE) for side in (base, mine, theirs))
        one = _merged(inner, was, my, their, both)
        if one is not _GONE:
            found[name] = one
    return found


def _keyed(value: Any) -> dict[str, Any] | None:
    """A list of mappings by the field each fills; None for anything else."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) and "activecampaign" in one for one in value):
        return None
    found = {str(one["activecampaign"]): one for one in value}
    return found if len(found) == len(value) else None
