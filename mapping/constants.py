"""Constants of the configuration as the JSON of a column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any

from mapping.columns import Column, ColumnType
from mapping.decode import decimal
from mapping.pairs import Shape
from mapping.text import clean, utc
from mapping.wire_dynamics import writer


def takes_constant(column: Column) -> bool:
    """Whether such a column can be given a constant at all."""
    return column.type in _CONSTANTS


def constant(column: Column, value: Any, zone: tzinfo) -> Any:
    """The JSON of a constant. Raises ValueError for one that the column can't hold."""
    if column.type not in _CONSTANTS:
        raise ValueError(f"can't be the default of {column.name}: such a column takes none")
    shape, canonical = _CONSTANTS[column.type]
    return writer(column, shape, zone)(canonical(column, value))


def _as_text(_: Column, value: Any) -> str:
    if isinstance(value, bool) or not clean(str(value)).strip():
        raise ValueError("is not a text")
    return clean(str(value))


def _as_whole(_: Column, value: Any) -> int:
    if type(value) is not int:
        raise ValueError("is not a whole number")
    return value


def _as_number(column: Column, value: Any) -> str:
    return decimal(value, column.precision)


def _as_yes_no(column: Column, value: Any) -> bool:
    option = value if isinstance(value, bool) else _as_option(column, value)
    if option not in (0, 1):
        raise ValueError("is neither true nor false")
    return bool(option)


def _as_option(column: Column, value: Any) -> int:
    """An option by its number or its label."""
    if type(value) is int:
        return value
    for option in column.options:
        if option.label.casefold() == str(value).strip().casefold() and not isinstance(value, bool):
            return option.value
    raise ValueError(f"is no option of {column.name}")


def _as_options(column: Column, value: Any) -> list[int]:
    parts = value.split(",") if isinstance(value, str) else [value]
    numbers = [int(part) if isinstance(part, str) and part.strip().isdecimal() else part for part in parts]
    return sorted({_as_option(column, number) for number in numbers})


def _as_day(_: Column, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError("is not a date such as 2026-01-31") from None


def _as_instant(column: Column, value: Any) -> str:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    # A time of day needs its zone, unless the column shows the same time everywhere.
    zoned = found is not None and (found.tzinfo is not None or column.type is ColumnType.DATETIME_FLOATING)
    if found is None or not zoned or len(str(value)) <= len("2026-01-31"):
        raise ValueError("is not a date and time with its zone, such as 2026-01-31T10:00:00Z")
    return utc(found)


_CONSTANTS: dict[ColumnType, tuple[Shape, Callable[[Column, Any], Any]]] = {
    ColumnType.STRING: (Shape.TEXT, _as_text),
    ColumnType.MEMO: (Shape.TEXT, _as_text),
    ColumnType.INTEGER: (Shape.WHOLE, _as_whole),
    ColumnType.DECIMAL: (Shape.NUMBER, _as_number),
    ColumnType.DOUBLE: (Shape.NUMBER, _as_number),
    ColumnType.MONEY: (Shape.NUMBER, _as_number),
    ColumnType.BOOLEAN: (Shape.YES_NO, _as_yes_no),
    ColumnType.PICKLIST: (Shape.CHOICE, _as_option),
    ColumnType.STATUS: (Shape.CHOICE, _as_option),
    ColumnType.MULTI_PICKLIST: (Shape.CHOICES, _as_options),
    ColumnType.DATE: (Shape.DAY, _as_day),
    ColumnType.DATETIME_AS_DATE: (Shape.DAY, _as_day),
    ColumnType.DATETIME: (Shape.INSTANT, _as_instant),
    ColumnType.DATETIME_FLOATING: (Shape.INSTANT, _as_instant),
}
