"""The values that people write into criteria, checked against the column and made comparable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Protocol
from uuid import UUID

from mapping.faults import did_you_mean
from sync.operators import Kind, Takes, takes

EARLIEST: Final = date(1753, 1, 1)
LATEST: Final = date(9998, 12, 31)
MOST_DAYS: Final = 36_500


class OptionLike(Protocol):
    """One option of a choice column."""

    @property
    def value(self) -> int:
        """The number that is stored."""

    @property
    def label(self) -> str:
        """What people see."""


class ColumnLike(Protocol):
    """What criteria need to know of a Dynamics column."""

    @property
    def name(self) -> str:
        """Logical name."""

    @property
    def label(self) -> str:
        """What people see."""

    @property
    def type(self) -> str:
        """One of the names in `operators.KIND_OF`."""

    @property
    def options(self) -> Sequence[OptionLike]:
        """Of choice columns; empty for all others."""


class UnfitValue(ValueError):
    """The value doesn't fit the column or the operator; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A checked value: one, a tuple of several, or None; and how it reads in a sentence."""

    value: Any
    text: str


def parse(column: ColumnLike, kind: Kind, operator: str, value: Any) -> Operand:
    """Checks a value against what the operator takes and the column holds. Raises UnfitValue.

    Comparable are: texts (as written), Decimal, date or UTC date-time, option numbers, lower-case GUIDs.
    """
    wanted = takes(operator)
    if wanted is Takes.NOTHING:
        if value is not None:
            raise UnfitValue(f"{operator} takes no value")
        return Operand(None, "")
    if value is None:
        raise UnfitValue(f"{operator} needs a value")
    if wanted is Takes.DAYS:
        return _days(value)
    if wanted is Takes.ONE:
        return _one(column, kind, operator, value)
    return _pair(column, kind, operator, value) if wanted is Takes.PAIR else _several(column, kind, operator, value)


def _one(column: ColumnLike, kind: Kind, operator: str, value: Any) -> Operand:
    operand = PARSERS[kind](column, value)
    if operator == "on" and isinstance(operand.value, datetime):
        raise UnfitValue("on takes a day such as 2026-01-31, without a time")
    return operand


def _several(column: ColumnLike, kind: Kind, operator: str, value: Any) -> Operand:
    if not isinstance(value, list | tuple) or not value:
        raise UnfitValue(f"{operator} needs a list of one or more values")
    operands = [PARSERS[kind](column, item) for item in value]
    return Operand(tuple(o.value for o in operands), ", ".join(o.text for o in operands))


def _pair(column: ColumnLike, kind: Kind, operator: str, value: Any) -> Operand:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise UnfitValue(f"{operator} needs a list of two values, the lower one first")
    low, high = (PARSERS[kind](column, item) for item in value)
    if isinstance(low.value, datetime) != isinstance(high.value, datetime):
        raise UnfitValue("write both values with a time, or neither")
    if low.value > high.value:
        raise UnfitValue(f"the first value is above the second: {low.text}, {high.text}")
    return Operand((low.value, high.value), f"{low.text} and {high.text}")


def _days(value: Any) -> Operand:
    if type(value) is not int or not 1 <= value <= MOST_DAYS:
        raise UnfitValue(f"expected a number of days from 1 to {MOST_DAYS}")
    return Operand(value, str(value))


def _text(column: ColumnLike, value: Any) -> Operand:
    if not isinstance(value, str):
        raise UnfitValue(f"{column.label} is a text: put the value in quotes")
    if not value:
        raise UnfitValue("the text is empty: use has_no_value or has_value")
    return Operand(value, value)


def _number(column: ColumnLike, value: Any) -> Operand:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise UnfitValue(f"{column.label} is a number: write it without quotes, such as 12.5")
    number = decimal(value)
    if number is None:
        raise UnfitValue("not a finite number")
    if column.type in ("integer", "bigint") and number != number.to_integral_value():
        raise UnfitValue(f"{column.label} is a whole number")
    return Operand(number, f"{number:f}")


def decimal(raw: Any) -> Decimal | None:
    """A number of JSON as Decimal, exactly as it is written; None for anything that isn't one."""
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(column: ColumnLike, value: Any) -> Operand:
    moment = _read_moment(value)
    if column.type == "date" and isinstance(moment, datetime):
        raise UnfitValue(f"{column.label} has no time: write a day such as 2026-01-31")
    day = moment.date() if isinstance(moment, datetime) else moment
    if not EARLIEST <= day <= LATEST:
        raise UnfitValue(f"expected a day from {EARLIEST} to {LATEST}")
    if column.type != "datetime_floating" and isinstance(moment, datetime) and moment.tzinfo is None:
        raise UnfitValue("a time needs its zone: 2026-01-31T10:00:00Z or 2026-01-31T10:00:00+01:00")
    return Operand(_in_utc(moment), str(value))


def _read_moment(value: Any) -> date | datetime:
    if isinstance(value, date):
        return value
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(value)
        except (TypeError, ValueError):
            continue
    raise UnfitValue("expected a day such as 2026-01-31, or a time such as 2026-01-31T10:00:00Z")


def _in_utc(moment: date | datetime) -> date | datetime:
    if not isinstance(moment, datetime):
        return moment
    whole = moment.replace(microsecond=0)
    return whole.replace(tzinfo=UTC) if whole.tzinfo is None else whole.astimezone(UTC)


def _choice(column: ColumnLike, value: Any) -> Operand:
    """An option by its number or its label."""
    labels = {option.value: option.label for option in column.options}
    by_label = {label.casefold(): number for number, label in labels.items()}
    number = by_label.get(value.casefold()) if isinstance(value, str) else value
    if type(number) is int and (number in labels or not labels):
        return Operand(number, labels.get(number) or str(number))
    known = ", ".join(f"{number} ({label})" for number, label in labels.items())
    raise UnfitValue(
        f"{column.label} has no option {value!r}.{did_you_mean(value, labels.values())} Its options: {known}"
    )


def _guid(column: ColumnLike, value: Any) -> Operand:
    try:
        return Operand(str(UUID(value)), value)
    except (AttributeError, TypeError, ValueError):
        raise UnfitValue(
            f"{column.label} points to a record: write its id, such as 5f1b2c3d-0000-4000-8000-000000000001"
        ) from None


PARSERS: Final[Mapping[Kind, Callable[[ColumnLike, Any], Operand]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choice,
    Kind.LOOKUP: _guid,
    Kind.OWNER: _guid,
}
"""How one value of each kind is read. Flags take none."""
