"""Rows as a pipeline files them: failures and conflicts."""

from __future__ import annotations

from typing import Any

from support.cast import ADA


def failure(
    connection_id: int,
    record_id: str | None,
    klass: str = "bad_record",
    entity: str = "contact",
    message: str = "the address is not valid",
) -> dict[str, Any]:
    """One row of the failure list."""
    return {
        "connection_id": connection_id,
        "entity": entity,
        "direction": "outbound",
        "record_id": record_id,
        "ac_id": None,
        "stage": "upsert",
        "class": klass,
        "code": "activecampaign.email_invalid",
        "message": message,
        "advice": "Correct the address in Dynamics, then retry.",
        "request": {"fields": ["email"]},
        "answer": "",
        "due_at": None,
        "cycle_id": None,
        "correlation_id": "c-1",
        "code_version": "0.1",
    }


def conflict(connection_id: int, record_id: str = ADA, key: str = "JOB_TITLE", **more: Any) -> dict[str, Any]:
    """A conflict that waits for a person, unless `winner` names a side."""
    values = {"agreed": "Countess", "ours": "Engineer", "theirs": "Admiral"}
    facts = {"entity": "contact", "ac_id": 17, "policy": "ask", "winner": "", "cycle_id": None}
    return {"connection_id": connection_id, "record_id": record_id, "key": key, **values, **facts, **more}
