"""Tolerant reading of ActiveCampaign's scalars: the same id is "7" in one answer and 7 in another.

Source: recordings in repository NangoHQ/integration-templates; repository corsairdev/corsair.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def as_int(value: Any, otherwise: int = 0) -> int:
    """7 from 7, "7", "7.0" and True is 1; `otherwise` from null, "" and what is no number."""
    try:
        return int(value)
    except (TypeError, ValueError):
        pass
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return otherwise


def as_text(value: Any) -> str:
    """Text of any scalar; null is empty, booleans are "1" and "0" as in the rest of the API."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def as_flag(value: Any) -> bool:
    """True from true, 1, "1" and "true"."""
    return as_text(value).strip().lower() in ("1", "true")


def as_moment(value: Any) -> datetime | None:
    """A date-time with its offset; None for null, "" and zero dates. Without an offset it is worthless, so None too."""
    text = as_text(value).strip()
    if not text or text.startswith("0000"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def as_utc(value: Any) -> str | None:
    """A date-time as UTC text with whole seconds, `2026-09-02T15:11:12Z`; None where `as_moment` finds none."""
    moment = as_moment(value)
    try:
        return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
    except OverflowError:
        return None


def rows_of(data: Any, name: str) -> list[dict[str, Any]]:
    """The list `name` of an answer; empty when it is missing, null or not a list."""
    value = data.get(name) if isinstance(data, Mapping) else None
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def row_of(data: Any, name: str) -> dict[str, Any]:
    """The object `name` of an answer, empty when there is none."""
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, dict) else {}


def total_of(data: Any) -> int | None:
    """`meta.total`, a string on most lists, None on those without."""
    total = row_of(data, "meta").get("total")
    return None if total is None else as_int(total)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one, as ActiveCampaign's contacts are told apart: trimmed, without case."""
    return one.strip().lower() == other.strip().lower()
