"""What somebody is told: one mail or one post for all notices of a minute, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sync.alerts.course import Notice
from sync.alerts.every import BY_NAME

BEGIN: Final = {
    Notice.FIRING: "",
    Notice.REMINDER: "Still so: ",
    Notice.RECOVERED: "Over: ",
}
RUNBOOK: Final = "docs/operations.md, What each alert means and what to do"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. document: the same as JSON, see docs/operations.md."""

    subject: str
    text: str
    document: Mapping[str, Any]


def of_notices(rows: Sequence[Mapping[str, Any]], console: str, now: datetime) -> Message:
    """The message for these notices (`store.notices.claim`). console: its address."""
    parts = [_paragraph(row, console) for row in rows]
    return Message(
        subject=_subject(rows),
        text="\n\n".join([*parts, f"What each alert means: {RUNBOOK}."]) + "\n",
        document={
            "version": 1,
            "sent": _instant(now),
            "console": console,
            "text": "\n".join(_line(row) for row in rows),
            "alerts": [_as_json(row, console) for row in rows],
        },
    )


def trial(console: str, now: datetime) -> Message:
    """What `ac365 alerts test` sends."""
    told = "This is a test: ac365 reaches you. Nothing is wrong."
    document: dict[str, Any] = {"version": 1, "sent": _instant(now), "console": console, "text": told, "alerts": []}
    return Message("[ac365] Test", f"{told}\n\nConsole: {console}\n", document)


def place_of(row: Mapping[str, Any]) -> str:
    """The page of the console that shows what an alert is about, as a path."""
    rule = BY_NAME.get(row["rule"])
    return rule.place.format(id=row["connection_id"]) if rule else "/health/"


def _subject(rows: Sequence[Mapping[str, Any]]) -> str:
    first = _line(rows[0])
    more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
    return f"[ac365] {first}{more}"


def _line(row: Mapping[str, Any]) -> str:
    return f"{BEGIN[Notice(row['kind'])]}{row['text']}"


def _paragraph(row: Mapping[str, Any], console: str) -> str:
    over = row["kind"] == Notice.RECOVERED
    lines = [
        _line(row),
        f"Alert: {row['rule']} ({row['severity']})",
        f"Since: {_instant(row['firing_at'])}",
        f"Over since: {_instant(row['recovered_at'])}" if over else f"What to do: {row['advice']}",
        f"See: {console}{place_of(row)}",
    ]
    return "\n".join(lines)


def _as_json(row: Mapping[str, Any], console: str) -> dict[str, Any]:
    return {
        "notice": row["id"],
        "kind": row["kind"],
        "alert": row["alert_id"],
        "rule": row["rule"],
        "subject": row["subject"],
        "severity": row["severity"],
        "text": row["text"],
        "advice": row["advice"],
        "since": _instant(row["firing_at"]),
        "recovered": _instant(row["recovered_at"]),
        "url": f"{console}{place_of(row)}",
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
