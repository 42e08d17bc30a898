"""One condition of criteria in its two forms, made to agree: a test on a raw row, and text for $filter.

An empty column satisfies no comparison, but every negation: "is not Web" holds for a lead without a source. The filter
says so explicitly, because SQL would drop such rows.
"""

from __future__ import annotations

import operator as compare
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from sync import calendars, moments, odata
from sync.operands import ColumnLike, decimal
from sync.operators import Kind

Row: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Any, datetime], bool]

RELATIONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": compare.eq,
    "lt": compare.lt,
    "le": compare.le,
    "gt": compare.gt,
    "ge": compare.ge,
}
SIZES: Final[Mapping[str, tuple[str, ...]]] = {
    "equals": ("eq",),
    "equals_team": ("eq",),
    "less_than": ("lt",),
    "at_most": ("le",),
    "greater_than": ("gt",),
    "at_least": ("ge",),
    "between": ("ge", "le"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """test: raw value and now -> holds; filter: now -> the same for $filter."""

    test: Test
    filter: Callable[[datetime], str]


def build(column: ColumnLike, key: str, kind: Kind, operator: str, value: Any, zone: ZoneInfo) -> Rule:
    """The rule of one condition. key: the column's name in rows and in $filter; value: as `operands.parse` gives it."""
    if operator == "has_value":
        return _fixed(lambda raw: not _empty(raw), f"{key} ne null")
    if operator == "has_no_value":
        return _fixed(_empty, odata.is_null(key))
    if kind is Kind.MOMENT:
        return _moment(column, key, operator, value, zone)
    return BUILDERS[kind](key, operator, value)


def _fixed(holds: Callable[[Any], bool], filter_: str) -> Rule:
    return Rule(lambda raw, _now: holds(raw), lambda _now: filter_)


def _empty(raw: Any) -> bool:
    return raw is None or raw == ""


def _unless(key: str, rule: Rule, filter_: str) -> Rule:
    """The opposite of a rule, empty columns included; filter_: the opposite without them."""
    return Rule(lambda raw, now: not rule.test(raw, now), lambda _now: odata.or_null(key, filter_))


def _text(key: str, operator: str, value: Any) -> Rule:
    """Texts are compared regardless of case, as Dataverse does."""
    if operator == "is_any_of":
        wanted = frozenset(item.casefold() for item in value)
        return _fixed(lambda raw: not _empty(raw) and raw.casefold() in wanted, odata.any_text(key, value))
    folded = value.casefold()
    equal = _fixed(lambda raw: not _empty(raw) and raw.casefold() == folded, odata.is_text(key, value))
    inside = _fixed(lambda raw: not _empty(raw) and folded in raw.casefold(), odata.matching("contains", key, value))
    return {
        "equals": equal,
        "does_not_equal": _unless(key, equal, odata.is_other_text(key, value)),
        "contains": inside,
        "does_not_contain": _unless(key, inside, f"not {odata.matching('contains', key, value)}"),
        "begins_with": _fixed(
            lambda raw: not _empty(raw) and raw.casefold().startswith(folded), odata.matching("startswith", key, value)
        ),
        "ends_with": _fixed(
            lambda raw: not _empty(raw) and raw.casefold().endswith(folded), odata.matching("endswith", key, value)
        ),
    }[operator]


def _compared(key: str, operator: str, values: Sequence[Any], read: Callable[[Any], Any]) -> Rule:
    """Comparisons that don't depend on the time; `values` belong to the relations of the operator, in their order."""
    relations = SIZES["equals" if operator == "does_not_equal" else operator]
    checks = [(RELATIONS[relation], value) for relation, value in zip(relations, values, strict=True)]

    def holds(raw: Any) -> bool:
        found = read(raw)
        return found is not None and all(check(found, value) for check, value in checks)

    pairs = [odata.compare(key, r, _literal(v)) for r, v in zip(relations, values, strict=True)]
    rule = _fixed(holds, odata.every(pairs))
    if operator == "does_not_equal":
        return _unless(key, rule, odata.compare(key, "ne", _literal(values[0])))
    return rule


def _literal(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _number(key: str, operator: str, value: Any) -> Rule:
    return _compared(key, operator, value if operator == "between" else [value], decimal)


def _lookup(key: str, operator: str, value: Any) -> Rule:
    if operator == "is_any_of":
        same = [odata.compare(key, "eq", guid) for guid in value]
        return _fixed(lambda raw: _guid(raw) in value, odata.some(same))
    return _compared(key, operator, [value], _guid)


def _guid(raw: Any) -> str | None:
    return raw.lower() if isinstance(raw, str) else None


def _choice(key: str, operator: str, value: Any) -> Rule:
    if operator not in ("is_any_of", "is_none_of"):
        return _compared(key, operator, [value], lambda raw: raw)
    rule = _fixed(lambda raw: raw in value, odata.function("In", key, value))
    if operator == "is_none_of":
        return _unless(key, rule, odata.every([odata.compare(key, "ne", str(number)) for number in value]))
    return rule


def _choices(key: str, operator: str, value: Any) -> Rule:
    wanted = frozenset(value)
    some = _fixed(lambda raw: not wanted.isdisjoint(_numbers(raw)), odata.function("ContainValues", key, value))
    each = [odata.function("ContainValues", key, [number]) for number in value]
    return {
        "contains_any_of": some,
        "contains_all_of": _fixed(lambda raw: wanted <= _numbers(raw), odata.every(each)),
        "contains_none_of": _unless(key, some, odata.function("DoesNotContainValues", key, value)),
    }[operator]


def _numbers(raw: Any) -> frozenset[int]:
    """A multi-select value, "1,9" on the wire, blanks tolerated."""
    return frozenset(int(part) for part in raw.split(",")) if raw else frozenset()


def _flag(key: str, operator: str, _value: Any) -> Rule:
    wanted = operator == "is_yes"
    return _fixed(lambda raw: raw is wanted, f"{key} eq {'true' if wanted else 'false'}")


def _moment(column: ColumnLike, key: str, operator: str, value: Any, zone: ZoneInfo) -> Rule:
    calendar = calendars.calendar_of(column.type, zone)
    bounds = moments.bounds(calendar, operator, value)

    def test(raw: Any, now: datetime) -> bool:
        found = calendar.read(raw)
        return found is not None and all(RELATIONS[relation](found, bound) for relation, bound in bounds(now))

    def text(now: datetime) -> str:
        return odata.every([odata.compare(key, relation, calendars.literal(bound)) for relation, bound in bounds(now)])

    return Rule(test, text)


BUILDERS: Final[Mapping[Kind, Callable[[str, str, Any], Rule]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.FLAG: _flag,
    Kind.LOOKUP: _lookup,
    Kind.OWNER: _lookup,
}
