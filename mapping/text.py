"""Plain text and numbers in their one agreed spelling."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from unicodedata import normalize
from zoneinfo import ZoneInfo

_SURROGATES = re.compile("[\ud800-\udfff]")
_WIDE = Context(prec=400, rounding=ROUND_HALF_EVEN)


def clean(text: str) -> str:
    """NFC, line feeds only, no blanks at the end. NUL and lone surrogates, which UTF-8 stores refuse, are replaced."""
    if not text.isascii():
        text = normalize("NFC", _SURROGATES.sub("\ufffd", text))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text.rstrip()


def cut(text: str, characters: int) -> str:
    """The beginning of a clean text, clean again."""
    return text[:characters].rstrip()


def number(value: Decimal, digits: int | None) -> str:
    """A decimal without exponent and trailing zeros, rounded half-even to digits after the point (None: not at all).

    Raises ValueError for what is no number (NaN, infinity).
    """
    if not value.is_finite():
        raise ValueError("is not a number")
    rounded = value if digits is None else _rounded(value, digits)
    plain = format(rounded, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def _rounded(value: Decimal, digits: int) -> Decimal:
    try:
        return value.quantize(Decimal(1).scaleb(-digits), context=_WIDE)
    except InvalidOperation:
        raise ValueError("has more digits than a number can have") from None


def utc(moment: datetime) -> str:
    """The instant in UTC with seconds, fractions dropped; a naive one is taken as UTC.

    Raises ValueError beyond the calendar.
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"
    except OverflowError:
        raise ValueError("is beyond the calendar") from None


def day_in(moment: datetime, zone: tzinfo) -> str:
    """The date of an instant in a zone. Raises ValueError beyond the calendar."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date().isoformat()
    except OverflowError:
        raise ValueError("is beyond the calendar") from None


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name. Raises ValueError for anything else. UTC works on machines without a zone database."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not the name of a time zone, such as Europe/Berlin.") from None
