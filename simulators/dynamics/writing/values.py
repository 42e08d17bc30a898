"""JSON values as the database keeps them, refused where the service refuses them.

Wire forms: Microsoft Learn, "Web API types and operations"; codes: "Web service error codes".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from simulators.dynamics.errors import ApiError, bad_payload, invalid
from simulators.dynamics.odata.address import guid
from simulators.dynamics.odata.dates import STAMP
from simulators.dynamics.schema.catalog import Column, Table
from simulators.dynamics.sql.pieces import edm

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
FIRST_YEAR = 1753
MOST_SELECTED = 150
# What the platform allows where a column sets no range of its own.
MOST = {"Money": 922_337_203_685_477.0, "Decimal": 100_000_000_000.0}


def stored_value(table: Table, column: Column, value: Any) -> Any:
    """The value to keep. Raises ApiError (400)."""
    if value is None:
        if column.required == "SystemRequired":
            raise invalid(f"Attribute '{column.name}' cannot be set to NULL")
        return None
    kept = CONVERTERS[column.kind](table, column, value)
    return stored_value(table, column, None) if kept is None else kept


def _mistyped(table: Table, column: Column, value: Any) -> ApiError:
    return bad_payload(table.set, f"Cannot convert the literal '{value}' to the expected type '{edm(column)}'.")


def _text(table: Table, column: Column, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _mistyped(table, column, value)
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if column.length is not None and units > column.length:
        raise ApiError(
            400,
            "0x80044331",
            f"A validation error occurred. The length of the '{column.name}' attribute of the '{table.logical}' entity "
            f"exceeded the maximum allowed length of '{column.length}'. A string value provided is too long.",
        )
    return value or None


def _whole(table: Table, column: Column, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mistyped(table, column, value)
    low, high = (
        column.low if column.low is not None else -(2**31),
        column.high if column.high is not None else 2**31 - 1,
    )
    if not -(2**31) <= value < 2**31:
        raise _mistyped(table, column, value)
    if not low <= value <= high:
        raise _outside(table, column, "0x8004432f")
    return value


def _number(table: Table, column: Column, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mistyped(table, column, value)
    most = MOST.get(column.kind, MOST["Decimal"])
    low, high = (
        -most if column.low is None else column.low,
        most if column.high is None else column.high,
    )
    if not low <= value <= high:
        raise _outside(table, column, "0x80044330")
    step = Decimal(1).scaleb(-(column.precision if column.precision is not None else 10))
    return float(Decimal(repr(value)).quantize(step, ROUND_HALF_EVEN))


def _outside(table: Table, column: Column, code: str) -> ApiError:
    return ApiError(
        400,
        code,
        f"A validation error occurred. The value of '{column.name}' on record of type '{table.logical}' is outside the "
        "valid range.",
    )


def _boolean(table: Table, column: Column, value: Any) -> int:
    if not isinstance(value, bool):
        raise _mistyped(table, column, value)
    return int(value)


def _choice(table: Table, column: Column, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mistyped(table, column, value)
    if value not in {option.value for option in column.options}:
        raise ApiError(
            400,
            "0x8004431a",
            f"A validation error occurred. The value {value} of '{column.name}' on record of type '{table.logical}' is "
            f"outside the valid range. Accepted Values: {','.join(str(option.value) for option in column.options)}",
        )
    return value


def _choices(table: Table, column: Column, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _mistyped(table, column, value)
    if not re.fullmatch(r"\s*(-?\d+\s*(,\s*-?\d+\s*)*)?", value):
        raise _mistyped(table, column, value)
    numbers = sorted({_choice(table, column, int(part)) for part in value.split(",") if part.strip()})
    if len(numbers) > MOST_SELECTED:
        raise invalid(f"At most {MOST_SELECTED} values may be selected for '{column.name}'.")
    return ",".join(map(str, numbers)) or None


def _moment(table: Table, column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise _mistyped(table, column, value)
    if column.behavior == "DateOnly":
        return _day(table, column, value)
    if not MOMENT.fullmatch(value):
        raise _mistyped(table, column, value)
    try:
        moment = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _mistyped(table, column, value) from None
    _not_too_early(moment.year, value)
    return moment.strftime(STAMP)


def _day(table: Table, column: Column, value: str) -> str:
    if not DAY.fullmatch(value):
        raise _mistyped(table, column, value)
    try:
        _not_too_early(date.fromisoformat(value).year, value)
    except ValueError:
        raise _mistyped(table, column, value) from None
    return value


def _not_too_early(year: int, value: str) -> None:
    if year < FIRST_YEAR:
        raise ApiError(
            400,
            "0x80040239",
            f"DateTime is less than minumum value supported by CrmDateTime. Actual value: {value}, Minimum value "
            "supported: 01/01/1753 00:00:00",
        )


def _id(table: Table, column: Column, value: Any) -> str:
    found = guid(value) if isinstance(value, str) else None
    if found is None:
        raise _mistyped(table, column, value)
    return found


CONVERTERS: dict[str, Callable[[Table, Column, Any], Any]] = {
    "String": _text, "Memo": _text, "Integer": _whole, "BigInt": _whole, "Decimal": _number, "Double": _number,
    "Money": _number, "Boolean": _boolean, "Picklist": _choice, "State": _choice, "Status": _choice,
    "MultiSelectPicklist": _choices, "DateTime": _moment, "Uniqueidentifier": _id,
}  # fmt: skip
