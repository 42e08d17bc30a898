"""From canonical values to the JSON that a Dynamics row takes, refused where the service would refuse or change it.

Wire forms: the Dataverse developer guide, pages on column types, behaviour of date-time columns and choices columns.
Every writer raises ValueError in plain words, without the value: it may be personal data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any, Final

from mapping.columns import Column, ColumnType
from mapping.pairs import Shape
from mapping.text import day_in, number, utc

Write = Callable[[Any], Any]

LONGEST_ADDRESS: Final = 100
MOST_CHOICES: Final = 150
FIRST_YEAR: Final = "1753"
_INT32: Final = (-(2**31), 2**31 - 1)
_LOCAL: Final = (ColumnType.DATETIME, ColumnType.DATETIME_AS_DATE)


def writer(column: Column, shape: Shape, zone: tzinfo) -> Write:
    """The function from a canonical value of this shape, which isn't None, to the column's JSON.

    It raises ValueError for a value that the column can't hold, or would not give back as it is.
    """
    if shape in (Shape.DAY, Shape.INSTANT):
        return _moments(column, shape, zone)
    return lambda value: _WRITERS[shape](column, value)


def units(text: str) -> int:
    """The length of a text as Dynamics counts it, in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(column: Column, value: str) -> str:
    if column.type is not ColumnType.MEMO and "\n" in value:
        raise ValueError(f"has several lines, and {column.name} keeps one")
    if column.max_length is not None and units(value) > column.max_length:
        raise ValueError(f"is longer than the {column.max_length} characters of {column.name}")
    return value


def _address(column: Column, value: str) -> str:
    if units(value) > LONGEST_ADDRESS:
        raise ValueError(f"is longer than the {LONGEST_ADDRESS} characters of an e-mail address")
    return _text(column, value)


def _whole(column: Column, value: int) -> int:
    _in_range(column, Decimal(value), column.minimum, column.maximum)
    _in_range(column, Decimal(value), *_INT32)
    return value


def _number(column: Column, value: str) -> int | float:
    exact = Decimal(value)
    _in_range(column, exact, column.minimum, column.maximum)
    # JSON numbers are read as doubles: one that a double can't hold would come back as another number.
    if number(Decimal(repr(float(exact))), None) != value:
        raise ValueError("has more digits than Dynamics takes over exactly")
    return float(exact) if "." in value else int(exact)


def _money(column: Column, value: str) -> int | float:
    return _number(column, value.partition(" ")[0])


def _in_range(column: Column, value: Decimal, low: float | None, high: float | None) -> None:
    below = low is not None and value < Decimal(str(low))
    if below or (high is not None and value > Decimal(str(high))):
        raise ValueError(f"is outside the range of {column.name}")


def _yes_no(_: Column, value: bool) -> bool:
    return value


def _choice(column: Column, value: int) -> int:
    if all(option.value != value for option in column.options):
        raise ValueError(f"is no option of {column.name}")
    return value


def _choices(column: Column, values: list[int]) -> str:
    if len(values) > MOST_CHOICES:
        raise ValueError(f"has more than the {MOST_CHOICES} options that {column.name} takes")
    return ",".join(str(_choice(column, value)) for value in sorted(values))


_WRITERS: dict[Shape, Callable[[Column, Any], Any]] = {
    Shape.ADDRESS: _address,
    Shape.TEXT: _text,
    Shape.WHOLE: _whole,
    Shape.NUMBER: _number,
    Shape.MONEY: _money,
    Shape.YES_NO: _yes_no,
    Shape.TICK: _yes_no,
    Shape.CHOICE: _choice,
    Shape.CHOICES: _choices,
}


def _moments(column: Column, shape: Shape, zone: tzinfo) -> Write:
    if shape is Shape.INSTANT or column.type is ColumnType.DATE:
        return _not_too_early
    # A floating date-time shows the same day everywhere, so its midnight knows no zone.
    return lambda day: _not_too_early(_midnight(day, zone if column.type in _LOCAL else UTC))


def _midnight(day: str, zone: tzinfo) -> str:
    start = utc(datetime.combine(date.fromisoformat(day), time.min, zone))
    if day_in(datetime.fromisoformat(start), zone) != day:
        # Samoa had no 30 December 2011.
        raise ValueError("is a day that did not exist in the configured zone")
    return start


def _not_too_early(value: str) -> str:
    if value[:4] < FIRST_YEAR:
        raise ValueError(f"is before {FIRST_YEAR}, where the calendar of Dynamics begins")
    return value
