"""Criteria as rows of a form: each node with its names, its choices and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from config import tree, typed
from mapping.columns import Column, ColumnType
from sync.operators import ALLOWED, KIND_OF, WORDS, Kind, Takes, takes

_POINTERS: Final = (Kind.LOOKUP, Kind.OWNER)
_DAYS: Final = (ColumnType.DATE, ColumnType.DATETIME_AS_DATE)


@dataclass(frozen=True, slots=True)
class Node:
    """A group (word, members) or a condition. place: its name in the form; operators, options: pairs of value and
    words; widget: none, one, lines, pair, days, option or options; kind: of an input; values: as texts; errors: by part
    (field, operator, value, "" for all of it)."""

    place: str
    word: str
    members: tuple[Node, ...] = ()
    field: str = ""
    label: str = ""
    operator: str = ""
    operators: tuple[tuple[str, str], ...] = ()
    widget: str = "none"
    kind: str = "text"
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()
    errors: Mapping[str, str] | None = None

    def error(self, part: str) -> str:
        """What is wrong with a part, in one line."""
        return (self.errors or {}).get(part, "")


def node_of(
    node: Mapping[str, Any],
    columns: Mapping[str, Column],
    told: Mapping[str, list[str]],
    place: tree.Place = (),
    path: str = "",
) -> Node:
    """The node at a place. told: what is wrong, by path below the criteria; path: that of this node."""
    text, word = tree.text_of(place), tree.word_of(node)
    if not word:
        return _condition(node, columns, text, _errors(told, path))
    inner = f"{path}.{word}" if path else word
    members = tuple(
        node_of(one, columns, told, (*place, index), f"{inner}.{index}") for index, one in enumerate(tree.members(node))
    )
    return Node(text, word, members, errors={"": " ".join([*told.get(path, ()), *told.get(inner, ())])})


def _errors(told: Mapping[str, list[str]], path: str) -> dict[str, str]:
    below = {name: f"{path}.{name}" if path else name for name in ("field", "operator", "value")}
    return {"": " ".join(told.get(path, ())), **{name: " ".join(told.get(at, ())) for name, at in below.items()}}


def _plainer(errors: Mapping[str, str], operator: str) -> dict[str, str]:
    """Without the operator's name in the document: its words stand beside it."""
    told = errors["value"].removeprefix(f"{operator} ")
    return {**errors, "value": f"{told[:1].upper()}{told[1:]}"}


def _condition(node: Mapping[str, Any], columns: Mapping[str, Column], place: str, errors: Mapping[str, str]) -> Node:
    column, operator = columns.get(str(node.get("field"))), str(node.get("operator") or "")
    kind = KIND_OF.get(column.type) if column else None
    allowed = ALLOWED[kind] if kind else ()
    return Node(
        place,
        "",
        field=str(node.get("field") or ""),
        label=column.label if column else "",
        operator=operator,
        operators=tuple((one, WORDS[one].format("…")) for one in allowed),
        widget=_widget(column, operator),
        kind=_kind(column, kind, typed.shown(node.get("value"))),
        hint=_hint(column, kind, operator),
        options=tuple((str(one.value), one.label or str(one.value)) for one in column.options) if column else (),
        values=tuple(_shown(column, node.get("value"))),
        errors=_plainer(errors, operator),
    )


def _shown(column: Column | None, value: Any) -> list[str]:
    """Options that are written by their label are shown by their number, as they are listed."""
    by_label = {one.label.casefold(): str(one.value) for one in column.options} if column else {}
    return [by_label.get(text.casefold(), text) for text in typed.shown(value)]


def _widget(column: Column | None, operator: str) -> str:
    wanted = takes(operator) if operator else Takes.NOTHING
    if wanted in (Takes.NOTHING, Takes.PAIR, Takes.DAYS):
        return {Takes.NOTHING: "none", Takes.PAIR: "pair", Takes.DAYS: "days"}[wanted]
    if column is not None and column.options and column.type is not ColumnType.BOOLEAN:
        return "options" if wanted is Takes.SEVERAL else "option"
    return "lines" if wanted is Takes.SEVERAL else "one"


def _kind(column: Column | None, kind: Kind | None, values: Sequence[str]) -> str:
    """The type of the input. Times need their zone, which no input of browsers has, so those are texts; and a browser
    would not show what is no day."""
    if column is not None and column.type in _DAYS and all(map(_is_day, values)):
        return "date"
    return "decimal" if kind is Kind.NUMBER else "text"


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-01-31") and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _hint(column: Column | None, kind: Kind | None, operator: str) -> str:
    if kind in _POINTERS and takes(operator) in (Takes.ONE, Takes.SEVERAL):
        return "The id of the record, such as 5f1b2c3d-0000-4000-8000-000000000001."
    if kind is Kind.MOMENT and column is not None and column.type not in _DAYS and takes(operator) is not Takes.DAYS:
        return "A day such as 2026-01-31, or a time such as 2026-01-31T10:00:00Z."
    return "One in each line." if takes(operator) is Takes.SEVERAL and not (column and column.options) else ""
