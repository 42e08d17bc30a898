"""The shape of criteria: groups and conditions. Columns and operators are checked where the columns are known."""

from __future__ import annotations

from math import isfinite
from typing import Any

from marshmallow import ValidationError, fields

from mapping.faults import did_you_mean

_DEPTH = 20
"""Groups inside groups; deeper ones are a mistake, and would exhaust the stack of whoever walks them."""


class Criteria(fields.Field[dict[str, Any]]):
    """A tree of {all: [..]}, {any: [..]} and {field, operator, value}. Only its shape is checked here."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, Any]:  # noqa: ARG002
        faults: dict[str, list[str]] = {}
        _check_node(value, "", faults, _DEPTH)
        if faults:
            raise ValidationError(faults)
        return dict(value)


def _check_node(node: Any, path: str, faults: dict[str, list[str]], depth: int) -> None:
    if not depth:
        _say(faults, path, "is nested too deeply.")
        return
    if not isinstance(node, dict):
        _say(faults, path, "is neither a group (all, any) nor a condition (field, operator, value).")
        return
    groups = [word for word in ("all", "any") if word in node]
    if groups:
        _check_group(node, groups[0], path, faults, depth)
    else:
        _check_condition(node, path, faults)


def _check_group(node: dict[Any, Any], word: str, path: str, faults: dict[str, list[str]], depth: int) -> None:
    for key in node:
        if key != word:
            _say(faults, _join(path, key), f"does not belong beside {word!r}; put it into a group of its own.")
    members = node[word]
    if not isinstance(members, list) or not members:
        _say(faults, _join(path, word), "needs a list with at least one condition.")
        return
    for index, member in enumerate(members):
        _check_node(member, _join(_join(path, word), index), faults, depth - 1)


def _check_condition(node: dict[Any, Any], path: str, faults: dict[str, list[str]]) -> None:
    known = ("field", "operator", "value")
    for key in node:
        if key not in known:
            _say(faults, _join(path, key), f"is not known here.{did_you_mean(key, (*known, 'all', 'any'))}")
    for key in known[:2]:
        if not isinstance(node.get(key), str) or not node[key]:
            _say(faults, _join(path, key), f"a condition needs the name of its {key}.")
    if not _plain(node.get("value")):
        _say(faults, _join(path, "value"), "is not a text, a number, true, false, or a list of them.")


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_plain(item) and not isinstance(item, list) for item in value)
    return value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value))


def _say(faults: dict[str, list[str]], path: str, message: str) -> None:
    faults.setdefault(path, []).append(message)


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
