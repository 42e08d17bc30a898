"""What a change of the document means, in words: where it is, what it is, how it was and how it will be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config import tree as trees
from config.diff import Change, diff
from config.texts import MAPPING, OTHERS, SCOPES, SETTINGS, UNKNOWN_OPTION, Setting, plain
from sync.model import Entity
from sync.operators import WORDS, Takes, takes

Label = Callable[[Entity, str], str]
"""What people call a column of an entity."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change. where: the part of the document; before, after: "" where there was or will be nothing."""

    where: str
    what: str
    before: str
    after: str


_MORE = {
    "scope": Setting("scope", "choice", "Which records", choices=SCOPES),
    "criteria": Setting("criteria", "text", "Criteria"),
    "picked_by": Setting("picked_by", "text", "Column that picks"),
    "unknown_option": Setting("unknown_option", "choice", "Options that the field lacks", choices=UNKNOWN_OPTION),
}
_OF_MAPPINGS = {**{one.name: one for one in MAPPING}, "unknown_option": _MORE["unknown_option"]}


def told(old: Mapping[str, Any], new: Mapping[str, Any], label: Label) -> list[Told]:
    """Every difference of two loaded documents in words, in the order of the new one; criteria as a whole."""
    return [_told(one, label) for one in _whole(old, new)]


def _whole(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    seen = set()
    for one in diff(old, new):
        parts = one.path.split(".")
        if parts[0] != "entities" or parts[2:3] != ["criteria"]:
            yield one
        elif parts[1] not in seen:
            seen.add(parts[1])
            before, after = (side["entities"][parts[1]]["criteria"] for side in (old, new))
            yield Change(".".join(parts[:3]), before, after)


def _told(one: Change, label: Label) -> Told:
    parts = one.path.split(".", 2)
    if parts[0] != "entities" or len(parts) < 3:
        return Told("Everywhere", OTHERS.get(one.path, one.path), plain(one.before), plain(one.after))
    entity, name = Entity(parts[1]), parts[2]
    where = entity.plural.capitalize()
    for begin, tell in (("standard", _standard), ("fields", _fields), ("defaults.", _default)):
        if name.startswith(begin):
            return Told(where, *tell(entity, name, one, label))
    found = _setting(entity, name)
    if name == "criteria":
        before, after = (criteria(side, entity, label) for side in (one.before, one.after))
        return Told(where, found.label, before, after)
    return Told(where, found.label, found.words(one.before), found.words(one.after))


def _setting(entity: Entity, name: str) -> Setting:
    known = {one.name: one for one in SETTINGS[entity]} | _MORE
    return known.get(name) or Setting(name, "text", name)


def _standard(entity: Entity, name: str, one: Change, label: Label) -> tuple[str, str, str]:
    _, column, setting = [*name.split("."), "", ""][:3]
    what = f"Standard mapping of {label(entity, column)}"
    if setting in ("", "enabled"):
        # Nothing said means on.
        return what, _switch(one.before), _switch(one.after)
    found = _OF_MAPPINGS.get(setting) or Setting(setting, "text", setting)
    return f"{what}: {found.label}", found.words(one.before or ""), found.words(one.after or "")


def _switch(value: Any) -> str:
    if isinstance(value, Mapping):
        told = [f"{found.label}: {found.words(value[found.name])}" for found in MAPPING if found.name in value]
        return "; ".join(["off" if value.get("enabled") is False else "on", *told])
    return "off" if value is False else "on"


def _fields(entity: Entity, name: str, one: Change, label: Label) -> tuple[str, str, str]:
    field, _, setting = name.removeprefix("fields").partition("]")
    field, setting = field.removeprefix("["), setting.removeprefix(".")
    if not setting:
        before, after = (_mapping(entity, side, label) for side in (one.before, one.after))
        return f"Mapping to {field}" if field else "Mappings", before, after
    found = _OF_MAPPINGS.get(setting) or Setting(setting, "text", setting)
    if setting == "dynamics":
        return f"Mapping to {field}", label(entity, str(one.before)), label(entity, str(one.after))
    return f"Mapping to {field}: {found.label}", found.words(one.before or ""), found.words(one.after or "")


def _mapping(entity: Entity, value: Any, label: Label) -> str:
    if isinstance(value, list):
        return "; ".join(_mapping(entity, one, label) for one in value)
    return f"from {label(entity, value['dynamics'])}" if isinstance(value, Mapping) else ""


def _default(entity: Entity, name: str, one: Change, label: Label) -> tuple[str, str, str]:
    what = f"Constant of {label(entity, name.removeprefix('defaults.'))}"
    return what, "" if one.before is None else plain(one.before), "" if one.after is None else plain(one.after)


def criteria(node: Any, entity: Entity, label: Label) -> str:
    """Criteria in one line: `all of (Job Title is Nurse; any of (…))`."""
    if not isinstance(node, Mapping):
        return ""
    if word := trees.word_of(node):
        return f"{word} of ({'; '.join(criteria(one, entity, label) for one in trees.members(node))})"
    words = WORDS.get(str(node.get("operator")), str(node.get("operator")) + " {}")
    value = node.get("value")
    pair = value if takes(str(node.get("operator"))) is Takes.PAIR and isinstance(value, list) else None
    told = " and ".join(map(plain, pair)) if pair else plain(value)
    return f"{label(entity, str(node.get('field')))} {words.format(told if value is not None else '…')}"
