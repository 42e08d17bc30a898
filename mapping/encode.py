"""From canonical values to what ActiveCampaign's API takes.

Wire forms: the ActiveCampaign API reference, pages create-fieldvalue (contacts: strings, several options between
double bars) and create-a-custom-field-value (accounts: JSON arrays, currency in cents).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from mapping.fields import MANY_OF, FieldKind
from mapping.labels import Labels
from mapping.pairs import Pair, Shape
from mapping.text import utc

Wire = Any
"""A string; for several options of an account a list of strings; for currency an int in cents."""

Encoder = Callable[[Any], Wire]


def encoder(pair: Pair, labels: Labels, zone: tzinfo) -> Encoder:
    """The function from a canonical value that isn't None to its wire form.

    It raises KeyError or ValueError for a value that can't be written (any more), such as an option that is gone.
    """
    shape, kind = pair.shape, pair.field.kind
    if pair.field.target == "opportunity":
        return _of_object(pair, labels, zone)
    if shape in (Shape.YES_NO, Shape.TICK, Shape.CHOICE, Shape.CHOICES):
        return _options(pair, labels)
    if shape is Shape.MONEY:
        return cents
    if shape is Shape.INSTANT and kind is FieldKind.DATETIME:
        return with_offset
    if shape is Shape.DAY and kind is FieldKind.DATETIME:
        return lambda day: midnight(day, zone)
    return str


def _of_object(pair: Pair, labels: Labels, zone: tzinfo) -> Encoder:
    """Records of a custom object hold JSON numbers and date-times in UTC with a Z."""
    kind, shape = pair.field.kind, pair.shape
    choice = shape in (Shape.YES_NO, Shape.TICK, Shape.CHOICE, Shape.CHOICES)
    plain: Encoder = _options(pair, labels) if choice else str
    if kind is FieldKind.NUMBER:
        return lambda value: json_number(plain(value))
    if shape is Shape.DAY and kind is FieldKind.DATETIME:
        return lambda day: utc(datetime.combine(date.fromisoformat(day), time.min, zone))
    return plain


def json_number(text: str) -> int | float:
    """`12` as a whole number, `12.5` with its fraction; amounts below 10^13 keep their cents."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


def _options(pair: Pair, labels: Labels) -> Encoder:
    written = labels.written
    many = _bars if pair.field.target == "contact" else list
    if pair.shape is Shape.CHOICES:
        join = many if pair.field.kind in MANY_OF else "; ".join
        # The order is that of the column's options, not of their numbers.
        return lambda chosen: join([written[value] for value in _in_order(chosen, labels)])
    if pair.field.kind in MANY_OF:
        return lambda value: many([written[int(value)]])
    return lambda value: written[int(value)]


def _in_order(chosen: list[int], labels: Labels) -> list[int]:
    unknown = [value for value in chosen if value not in labels.written]
    return [*(value for value in labels.written if value in chosen), *unknown]


def _bars(texts: list[str]) -> str:
    return f"||{'||'.join(texts)}||"


def cents(amount: str) -> int:
    """`12.5 EUR` in hundredths: 1250."""
    return int(Decimal(amount.partition(" ")[0]) * 100)


def currency_of(amount: str) -> str:
    """`12.5 EUR` names EUR; an amount without currency names ""."""
    return amount.partition(" ")[2]


def with_offset(instant: str) -> str:
    """ActiveCampaign wants an offset in digits instead of Z."""
    return instant.removesuffix("Z") + "+00:00"


def midnight(day: str, zone: tzinfo) -> str:
    """The beginning of a day in a zone, with that day's offset."""
    return datetime.combine(date.fromisoformat(day), time.min, zone).isoformat()
