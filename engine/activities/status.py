"""How marketing activities stand: when they were last read and written, how many, what waits, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from engine.activities.state import Reading
from store import activities, activity_lines, activity_news
from store.db import Tx
from store.statements import Row
from sync import activities as rules

LATELY: Final = timedelta(days=1)
REASONS: Final = 20
WAYS: Final = {
    "feed": "the feed of the whole account, which has been complete so far",
    "contacts": "contacts with news one by one, because the feed lacks what happened since they were last read",
    "refused": "contacts with news one by one, because the feed does not answer for the whole account",
}


@dataclass(frozen=True, slots=True)
class LineStatus:
    """One of the two lines. begun: it exists; error: what stopped it last, None while it goes well."""

    begun: bool = False
    due_at: datetime | None = None
    moved_at: datetime | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """way: a key of WAYS; last: the last finished reading: began, ended, calls, rows, found, looked, read, unusable;
    kinds: {kind: {lately, written, waiting, unlinked, refused, skipped, dropped}}; news: contacts whose news were not
    fetched yet; calls_today: calls of ActiveCampaign; turn_s: how long looking at every linked contact took last, None
    while it was not done; reasons: why events did not get to Dynamics."""

    enabled: bool
    reading: LineStatus
    writing: LineStatus
    way: str
    under_way: bool
    last: dict[str, Any]
    kinds: dict[str, dict[str, int]]
    news: int
    oldest_news: datetime | None
    linked: int
    calls_today: int
    turn_s: float | None
    reasons: list[dict[str, Any]]

    @property
    def errors(self) -> dict[str, dict[str, Any]]:
        """What stopped a line, by its name."""
        lines = {"reading": self.reading, "writing": self.writing}
        return {name: line.error for name, line in lines.items() if line.error}

    def total(self, column: str) -> int:
        """How many of all kinds."""
        return sum(one[column] for one in self.kinds.values())


def of_connection(tx: Tx, connection_id: int, document: Mapping[str, Any], now: datetime) -> Status:
    """How the activities of a connection stand."""
    read = activity_lines.get(tx, connection_id, activity_lines.READ)
    write = activity_lines.get(tx, connection_id, activity_lines.WRITE)
    state = Reading.of(read["state"]) if read else Reading()
    news = activity_news.waiting(tx, connection_id)
    return Status(
        enabled=bool((document.get("activities") or {}).get("enabled")),
        reading=_line(read),
        writing=_line(write),
        way=way(state, now),
        under_way=bool(state.phase),
        last=state.last,
        kinds=_kinds(activities.counts(tx, connection_id, now - LATELY)),
        news=news["waiting"],
        oldest_news=news["oldest"],
        linked=activity_news.linked(tx, connection_id),
        calls_today=state.days.get(now.date().isoformat(), 0) + (state.calls if state.phase else 0),
        turn_s=state.turn_s,
        reasons=[dict(row) for row in activities.refusals(tx, connection_id, REASONS)],
    )


def brief(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> dict[str, Any] | None:
    """A few numbers that cost little: {ready, refused, news, read_at, errors}; None while activities are off."""
    if not (document.get("activities") or {}).get("enabled"):
        return None
    lines = {name: activity_lines.get(tx, connection_id, name) for name in (activity_lines.READ, activity_lines.WRITE)}
    read = lines[activity_lines.READ]
    last = Reading.of(read["state"]).last if read else {}
    return {
        **activities.waiting(tx, connection_id),
        "news": activity_news.waiting(tx, connection_id)["waiting"],
        "read_at": datetime.fromisoformat(last["ended"]) if last else None,
        "errors": {name: row["error"] for name, row in lines.items() if row and row["error"]},
    }


def way(state: Reading, now: datetime) -> str:
    """How events are found: a key of WAYS."""
    if state.refused_at is not None:
        return "refused"
    return "feed" if rules.alone(state.helped_at, None, now) else "contacts"


def _line(row: Row | None) -> LineStatus:
    return LineStatus(True, row["due_at"], row["moved_at"], row["error"]) if row else LineStatus()


COLUMNS: Final = ("lately", "written", "waiting", "unlinked", "refused", "skipped", "dropped")
_STATES: Final = {"ready": "waiting"}


def _kinds(rows: list[Row]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        kind = found.setdefault(row["kind"], dict.fromkeys(COLUMNS, 0))
        kind[_STATES.get(str(row["state"]), str(row["state"]))] += row["total"]
        kind["lately"] += row["lately"]
    return found
