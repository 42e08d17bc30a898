"""Criteria and constants as they are typed into forms: texts, made into values as far as they can be read.

What can't be read stays the text that it is, so that nobody loses it; the check says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final

from config.tree import Tree, text_of
from mapping.columns import Column, ColumnType
from sync.operators import ALLOWED, KIND_OF, Kind, Takes, takes

DEEPEST: Final = 12
"""Groups inside groups that are read; more than can be saved."""
_NUMBERS: Final = (Kind.NUMBER, Kind.CHOICE, Kind.CHOICES)
_EXACT: Final = (ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.MONEY)


def tree_of(form: Mapping[str, Sequence[str]], columns: Mapping[str, Column]) -> Tree | None:
    """The criteria of a form; None without any.

    form: `word-PLACE` of a group; `field-PLACE`, `operator-PLACE` and `value-PLACE` of a condition, texts each.
    """
    return _node(form, columns, ()) if "word-" in form else None


def _node(form: Mapping[str, Sequence[str]], columns: Mapping[str, Column], place: tuple[int, ...]) -> Tree:
    text = text_of(place)
    if f"word-{text}" not in form:
        return _condition(form, columns, text)
    word = "any" if "any" in form[f"word-{text}"] else "all"
    below = _below(form, text) if len(place) < DEEPEST else []
    return {word: [_node(form, columns, (*place, index)) for index in below]}


def _below(form: Mapping[str, Sequence[str]], text: str) -> list[int]:
    """The numbers of a group's members, in their order."""
    around = f"{text}." if text else ""
    places = [name.partition("-")[2] for name in form if name.startswith(("word-", "field-"))]
    last = [place.removeprefix(around) for place in places if place.startswith(around)]
    return sorted({int(one) for one in last if one.isdecimal() and len(one) < 5})


def _condition(form: Mapping[str, Sequence[str]], columns: Mapping[str, Column], text: str) -> Tree:
    name, operator = _first(form, f"field-{text}"), _first(form, f"operator-{text}")
    column = columns.get(name)
    if column is not None and column.type in KIND_OF and operator not in ALLOWED[KIND_OF[column.type]]:
        # Another column was chosen: it begins with its first operator.
        operator = ALLOWED[KIND_OF[column.type]][0]
    value = value_of(column, operator, form.get(f"value-{text}") or ())
    return {"field": name, "operator": operator, **({} if value is None else {"value": value})}


def _first(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name) or ()), "").strip()


def value_of(column: Column | None, operator: str, typed: Sequence[str]) -> Any:
    """What an operator takes, from the texts of its inputs; of a list one per line. None for nothing."""
    lines = [line.strip() for text in typed for line in text.splitlines() if line.strip()]
    wanted = takes(operator)
    if wanted is Takes.NOTHING or not lines:
        return None
    if wanted is Takes.DAYS:
        return _whole(lines[0])
    values = [read(column, line) for line in lines]
    return values if wanted in (Takes.SEVERAL, Takes.PAIR) else values[0]


def read(column: Column | None, text: str) -> Any:
    """One value of a column: numbers and options as numbers, everything else as its text."""
    if column is None or KIND_OF.get(column.type) not in _NUMBERS:
        return text
    return _number(text) if column.type in _EXACT else _whole(text)


def constant(column: Column | None, text: str) -> Any:
    """The default of a column for new records; None for nothing."""
    text = text.strip()
    if not text:
        return None
    if column is not None and column.type is ColumnType.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower(), text)
    if column is not None and column.type is ColumnType.MULTI_PICKLIST:
        return text
    return read(column, text)


def _whole(text: str) -> int | str:
    try:
        return int(text) if len(text) < 20 else text
    except ValueError:
        return text


def _number(text: str) -> float | int | str:
    whole = _whole(text)
    if isinstance(whole, int):
        return whole
    try:
        found = float(text)
    except ValueError:
        return text
    return found if isfinite(found) else text


def shown(value: Any) -> list[str]:
    """The texts of a value's inputs."""
    if value is None:
        return []
    return [text for item in value for text in shown(item)] if isinstance(value, list) else [_text(value)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
