"""Alerts as they are shown: those that fire, and the latest ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine.alerts.message import place_of
from store import alerts, notices
from store.db import Tx

LATEST: Final = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One alert. connection: its name, "" for one of everything; place: the page that shows it; untold: how many
    notices of it nobody has taken so far."""

    id: int
    rule: str
    severity: str
    connection: str
    text: str
    advice: str
    since: datetime
    recovered: datetime | None
    place: str
    untold: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """firing: the most urgent first; latest: the newest first; untaken: why the latest notice of a way was not."""

    firing: list[Shown]
    latest: list[Shown]
    untaken: dict[str, str]


def firing(tx: Tx, connection_id: int | None = None) -> list[Shown]:
    """Those that fire, of one connection and of everything, or all."""
    return [_shown(row) for row in alerts.firing(tx, connection_id)]


def listing(tx: Tx) -> Listing:
    """Everything that is shown."""
    latest = [_shown(row) for row in alerts.recent(tx, LATEST)]
    return Listing(firing(tx), latest, {row["way"]: row["error"] for row in notices.untaken(tx)})


def _shown(row: dict[str, Any]) -> Shown:
    return Shown(
        id=row["id"],
        rule=row["rule"],
        severity=row["severity"],
        connection=row["connection"] or "",
        text=row["text"],
        advice=row["advice"],
        since=row["firing_at"],
        recovered=row["recovered_at"],
        place=place_of(row),
        untold=row.get("untold", 0),
    )
