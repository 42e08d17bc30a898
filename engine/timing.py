"""When a configuration lets cycles start by themselves: its frequency, and its quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mapping.text import zone_of
from sync import quiet, schedule


def next_due(document: Mapping[str, Any], previous_due: datetime | None, now: datetime) -> datetime:
    """The next slot, see `sync.schedule.next_due`. document: may be one from before there were quiet hours."""
    hours = quiet.read(document["sync"].get("quiet", ()))
    return schedule.next_due(document["sync"]["frequency"], previous_due, now, hours, zone_of(document["zone"]))


def allowed(document: Mapping[str, Any], now: datetime) -> datetime:
    """`now`, or the end of the quiet hours that it falls into."""
    return quiet.until(now, quiet.read(document["sync"].get("quiet", ())), zone_of(document["zone"]))


def differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether cycles start at other times with the second document."""
    return _said(before) != _said(after)


def _said(document: Mapping[str, Any]) -> tuple[Any, ...]:
    hours = document["sync"].get("quiet") or []
    return document["sync"]["frequency"], hours, document["zone"] if hours else ""
