"""The audit log of requests: who asked for what, for whom, and what became of it."""

from __future__ import annotations

from typing import Any, Final

from mapping.companion import Ask
from store import audit
from store.requests import CONSOLE
from store.statements import Row, Tx

ACTIONS: Final = {
    Ask.ADD_TO_AUTOMATION.value: "add to automation",
    Ask.REMOVE_FROM_AUTOMATION.value: "remove from automation",
    Ask.SEND_CAMPAIGN.value: "send campaign",
}


def record(tx: Tx, row: Row) -> None:
    """Writes down a request that is settled."""
    subject = f"{row['entity'] or 'record'} {row['record_id'] or ''}".strip()
    after: dict[str, Any] = {
        name: row[name]
        for name in (
            "request_id",
            "target",
            "name",
            "state",
            "answer",
            "requester",
            "behalf",
            "ac_id",
            "asked_at",
            "origin",
        )
    }
    audit.write(tx, row["connection_id"], author_of(row), ACTIONS.get(row["kind"], "request"), subject, after=after)


def author_of(row: Row) -> str:
    """Who asked, for the audit log."""
    if row["origin"] == CONSOLE:
        return str(row["author"])
    return f"dynamics:{row['who'] or row['requester'] or 'unknown'}"
