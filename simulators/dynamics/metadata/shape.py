"""$select, $filter and $expand over definitions, which are plain objects here."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from simulators.dynamics.errors import bad_query
from simulators.dynamics.odata.filters import Both, Compare, Literal, Negated, Node, Path, Text, parse

Shown = dict[str, Any]
ENUMS = {
    "AttributeType": "AttributeTypeCode", "OwnershipType": "OwnershipTypes",
    "EntityKeyIndexStatus": "EntityKeyIndexStatus",
    "RelationshipType": "RelationshipType", "RequiredLevel/Value": "AttributeRequiredLevel",
}  # fmt: skip
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text, "startswith": str.startswith, "endswith": str.endswith,
}  # fmt: skip


def chosen(item: Shown, select: list[str] | None, known: Iterable[str], kind: str) -> Shown:
    """The selected properties; the id and the type come along always. Raises ApiError (400) for unknown ones."""
    if not select:
        return item
    allowed = set(known)
    for name in select:
        if name not in allowed:
            raise bad_query(f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{kind}'.")
    kept = [name for name in ("@odata.type", "MetadataId") if name in item]
    return {name: item[name] for name in dict.fromkeys([*kept, *select]) if name in item}


def matching(items: list[Shown], text: str | None, kind: str) -> list[Shown]:
    """The items that a filter lets through. Raises ApiError (400)."""
    if text is None:
        return items
    node = parse(text)
    return [item for item in items if _holds(node, item, kind)]


def _holds(node: Node, item: Shown, kind: str) -> bool:
    if isinstance(node, Both):
        results = [_holds(part, item, kind) for part in node.parts]
        return any(results) if node.either else all(results)
    if isinstance(node, Negated):
        return not _holds(node.inner, item, kind)
    if isinstance(node, Compare):
        return _compared(node, item, kind)
    if isinstance(node, Text) and isinstance(node.left, Path) and isinstance(node.right, Literal):
        return TEXTS[node.function](str(_value(node.left, item, kind) or ""), str(node.right.value))
    raise bad_query("This filter is not supported on metadata.")


def _compared(node: Compare, item: Shown, kind: str) -> bool:
    if not isinstance(node.left, Path) or not isinstance(node.right, Literal):
        raise bad_query("A filter on metadata compares a property with a literal.")
    enum = ENUMS.get("/".join(node.left.parts))
    if enum and node.right.kind not in ("enum", "null"):
        raise bad_query(
            "A binary operator with incompatible types was detected. Found operand types "
            f"'Microsoft.Dynamics.CRM.{enum}' and 'Edm.String' for operator kind 'Equal'."
        )
    value = _value(node.left, item, kind)
    if value is None or node.right.value is None:
        return OPERATORS[node.operator](value, node.right.value) if node.operator in ("eq", "ne") else False
    return OPERATORS[node.operator](value, node.right.value)


def _value(path: Path, item: Shown, kind: str) -> Any:
    value: Any = item
    for part in path.parts:
        if not isinstance(value, dict) or part not in value:
            raise bad_query(f"Could not find a property named '{part}' on type 'Microsoft.Dynamics.CRM.{kind}'.")
        value = value[part]
    return value
