"""From what ActiveCampaign's API answers to canonical values.

Every decoder raises ValueError for a text that the pair can't carry; it never invents a value. Empty forms that occur
(null, "", zero dates) are told apart by `empty` before a decoder is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from mapping.fields import MANY_OF, FieldKind
from mapping.labels import Labels
from mapping.pairs import Pair, Shape
from mapping.text import clean, day_in, number, utc

Decoder = Callable[[Any], Any]

CENTS = 2
"""Digits after the point that ActiveCampaign keeps of an amount."""

_EMPTY = ("", "||", "||||", "0000-00-00", "0000-00-00 00:00:00")
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_MOST_DIGITS = 400
"""Longer numbers are no numbers of anything; Python would refuse to read them with words of its own."""
_DECIMAL = re.compile(r"-?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def empty(wire: Any) -> bool:
    """Whether a wire form stands for no value. An amount comes with its currency even when there is none."""
    if isinstance(wire, dict):
        return empty(wire.get("fieldValue"))
    if isinstance(wire, list):
        return not several(wire)
    return wire is None or (isinstance(wire, str) and wire.strip() in _EMPTY)


def decoder(pair: Pair, labels: Labels, zone: tzinfo) -> Decoder:
    """The function from a wire form that isn't empty to the canonical value."""
    shape, kind = pair.shape, pair.field.kind
    if shape in (Shape.YES_NO, Shape.TICK, Shape.CHOICE, Shape.CHOICES):
        return _options(pair, labels)
    if shape is Shape.NUMBER:
        return lambda wire: decimal(wire, pair.digits)
    if shape is Shape.MONEY:
        digits = CENTS if pair.column.precision is None else min(CENTS, pair.column.precision)
        return lambda wire: money(wire, digits)
    if shape is Shape.DAY:
        return (lambda wire: day_in(moment(wire), zone)) if kind is FieldKind.DATETIME else day
    if shape is Shape.INSTANT:
        return lambda wire: utc(moment(wire))
    return {Shape.WHOLE: whole, Shape.ADDRESS: address}.get(shape, text)


def text(wire: Any) -> str | None:
    """Any scalar as clean text."""
    if isinstance(wire, list | dict):
        raise ValueError("is not one text")
    return clean(str(wire)) or None


def address(wire: Any) -> str | None:
    """An e-mail address without blanks around it."""
    return (text(wire) or "").strip() or None


def whole(wire: Any) -> int:
    """Digits with an optional minus; anything else, such as 1,234, is refused."""
    plain = str(wire).strip()
    if not _WHOLE.fullmatch(plain):
        raise ValueError("is not a whole number")
    if len(plain) > _MOST_DIGITS:
        raise ValueError("has more digits than a number can have")
    return int(plain)


def decimal(wire: Any, digits: int | None) -> str:
    """A number with a point; grouping and exponents are refused."""
    # A JSON number may come with an exponent; a text with one is somebody's.
    plain = format(Decimal(repr(wire)), "f") if isinstance(wire, float) else str(wire).strip()
    if not _DECIMAL.fullmatch(plain):
        raise ValueError("is not a number")
    return number(Decimal(plain), digits)


def money(wire: Any, digits: int = CENTS) -> str:
    """Cents, alone or as {"fieldValue": 1250, "fieldCurrency": "eur"}, as `12.5 EUR`, rounded to the digits."""
    amount, code = (wire.get("fieldValue"), wire.get("fieldCurrency")) if isinstance(wire, dict) else (wire, None)
    plain = number(Decimal(whole(amount)).scaleb(-2), digits)
    return f"{plain} {code.upper()}" if code else plain


def day(wire: Any) -> str:
    """The date as it is shown: a time and an offset behind it are ignored."""
    plain = str(wire).strip()[:10]
    try:
        return date.fromisoformat(plain).isoformat()
    except ValueError:
        raise ValueError("is not a date") from None


def moment(wire: Any) -> datetime:
    """An ISO date-time with offset; one without is taken as UTC, since ActiveCampaign does not say otherwise."""
    try:
        found = datetime.fromisoformat(str(wire).strip())
    except ValueError:
        raise ValueError("is not a date and time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _options(pair: Pair, labels: Labels) -> Decoder:
    if pair.shape is Shape.CHOICES and pair.field.kind in MANY_OF:
        return lambda wire: sorted({labels.read(label) for label in several(wire)}) or None
    if pair.shape is Shape.CHOICES:
        return lambda wire: sorted({labels.read(label.strip()) for label in str(wire).split(";")})
    as_value = bool if pair.shape in (Shape.YES_NO, Shape.TICK) else int
    if pair.field.kind in MANY_OF:
        return lambda wire: as_value(labels.read(_only(several(wire))))
    return lambda wire: as_value(labels.read(str(wire)))


def several(wire: Any) -> list[str]:
    """The options of `||a||b||` or of a JSON array."""
    parts = wire if isinstance(wire, list) else str(wire).split("||")
    return [str(part) for part in parts if str(part).strip()]


def _only(options: list[str]) -> str:
    if len(options) != 1:
        raise ValueError("is more than one option" if options else "is no option")
    return options[0]
