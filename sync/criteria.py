"""Criteria: which records of an entity are in scope. Evaluated on Dynamics' side, on Dynamics' columns, for both ways.

A tree is {"all": [..]}, {"any": [..]} or {"field": .., "operator": .., "value": ..}. It is compiled once per version of
the configuration; the result tests raw rows and writes the same condition as an OData $filter, for counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from mapping.faults import Fault, did_you_mean
from sync import operands, rules
from sync.conditions import Condition, Every, Node, Some, Verdict
from sync.operands import ColumnLike
from sync.operators import ALLOWED, KIND_OF, UNAVAILABLE, WORDS, Kind

Columns: TypeAlias = Mapping[str, ColumnLike]

DEEPEST: Final = 10
KNOWN_WORDS: Final = ("field", "operator", "value")
POINTERS: Final = ("lookup", "customer", "owner")


class CriteriaFaults(Exception):
    """The criteria can't be compiled; `faults` lists everything that is wrong with them, as Fault(path, message)."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in self.faults))


@dataclass(frozen=True)
class Criteria:
    """Compiled criteria. columns: the $select names that a row must have to be tested."""

    root: Node | None
    columns: tuple[str, ...]

    def matches(self, row: rules.Row, now: datetime) -> Verdict:
        """Tests a raw row as the Web API sends it. Without criteria every record is in scope."""
        return self.root.judge(row, now) if self.root else EVERYTHING

    def to_filter(self, now: datetime) -> str:
        """The same as an OData $filter, not percent-encoded; "" without criteria."""
        return self.root.filter(now) if self.root else ""


EVERYTHING: Final = Verdict(True, "")


def compile_criteria(
    tree: Mapping[str, Any] | None, columns: Columns, *, zone: str = "UTC", path: str = "criteria"
) -> Criteria:
    """Checks a tree against the columns of its table and compiles it; None means no criteria.

    zone: IANA name, whose days date-times belong to; path: where the tree stands in its document, for the faults.
    Raises CriteriaFaults with every fault at once.
    """
    if tree is None:
        return Criteria(None, ())
    compiler = _Compiler(columns, ZoneInfo(zone))
    root = compiler.node(tree, path, 1)
    if compiler.faults or root is None:
        raise CriteriaFaults(compiler.faults)
    return Criteria(root, tuple(dict.fromkeys(compiler.keys)))


class _Flaw(Exception):
    """One condition or group can't be compiled; its siblings are still looked at."""


class _Compiler:
    """Walks the tree and collects what is wrong on the way."""

    def __init__(self, columns: Columns, zone: ZoneInfo) -> None:
        self.columns = columns
        self.zone = zone
        self.faults: list[Fault] = []
        self.keys: list[str] = []

    def node(self, tree: Any, path: str, depth: int) -> Node | None:
        """Compiles a group or a condition; None when a fault was noted in it."""
        try:
            return self._node(tree, path, depth)
        except _Flaw as flaw:
            self.faults.append(Fault(*flaw.args))
            return None

    def _node(self, tree: Any, path: str, depth: int) -> Node | None:
        groups = [word for word in ("all", "any") if isinstance(tree, Mapping) and word in tree]
        if depth > DEEPEST:
            raise _Flaw(path, f"groups are nested more than {DEEPEST} deep")
        if len(groups) == 1 and len(tree) == 1:
            return self._group(tree[groups[0]], f"{path}.{groups[0]}", groups[0], depth)
        if isinstance(tree, Mapping) and tree and not groups:
            return self._condition(tree, path)
        raise _Flaw(path, "expected a group, {all: [..]} or {any: [..]}, or a condition {field, operator, value}")

    def _group(self, children: Any, path: str, word: str, depth: int) -> Node | None:
        if not isinstance(children, list | tuple) or not children:
            raise _Flaw(path, "the group is empty: add a condition or remove the group")
        nodes = [self.node(child, f"{path}.{index}", depth + 1) for index, child in enumerate(children)]
        sound = [node for node in nodes if node is not None]
        if len(sound) < len(nodes):
            return None
        return Every(sound) if word == "all" else Some(sound)

    def _condition(self, tree: Mapping[str, Any], path: str) -> Node:
        for word in tree:
            if word not in KNOWN_WORDS:
                fault = f"unknown word {word!r}.{did_you_mean(word, KNOWN_WORDS)}"
                self.faults.append(Fault(f"{path}.{word}", fault))
        column = _column(self.columns, tree.get("field"), f"{path}.field")
        kind = KIND_OF[column.type]
        operator = _operator(tree.get("operator"), column, kind, f"{path}.operator")
        try:
            operand = operands.parse(column, kind, operator, tree.get("value"))
        except operands.UnfitValue as unfit:
            raise _Flaw(f"{path}.value", str(unfit)) from unfit
        key = f"_{column.name}_value" if column.type in POINTERS else column.name
        self.keys.append(key)
        rule = rules.build(column, key, kind, operator, operand.value, self.zone)
        return Condition(key, f"{column.label} {WORDS[operator].format(operand.text)}", rule)


def _column(columns: Columns, name: Any, path: str) -> ColumnLike:
    if not name or not isinstance(name, str):
        raise _Flaw(path, "name a column")
    column = columns.get(name)
    if column is None:
        by_label = {column.label: column.name for column in columns.values()}
        hint = f" Did you mean {by_label[name]!r}?" if name in by_label else did_you_mean(name, columns)
        raise _Flaw(path, f"there is no column {name!r}.{hint}")
    if column.type not in KIND_OF:
        raise _Flaw(path, f"{column.label} can't be used in criteria: its type is {column.type}")
    return column


def _operator(operator: Any, column: ColumnLike, kind: Kind, path: str) -> str:
    allowed = ALLOWED[kind]
    if operator in allowed:
        return str(operator)
    if kind is Kind.OWNER and operator in tuple(UNAVAILABLE):
        raise _Flaw(path, f"{operator} {UNAVAILABLE[operator]}")
    told = f"{operator!r} does not fit {column.label} ({column.type})" if operator else "name an operator"
    raise _Flaw(path, f"{told}.{did_you_mean(operator, allowed)} Possible: {', '.join(allowed)}")
