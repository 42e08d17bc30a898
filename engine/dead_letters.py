"""Rows of the failure list: everything needed to judge a record that could not be delivered, no value of a field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from sync.errors import BadRecord, SyncError
from sync.model import Change, Direction, Entity

CODE_VERSION: Final = version("ac365")
NOTHING: Final[Mapping[str, Any]] = {}


def describe(error: SyncError) -> dict[str, Any]:
    """An error as it is kept: class, code, message, advice, status and the service's request id."""
    return {
        "class": error.group,
        "code": error.code,
        "message": error.message,
        "advice": error.advice,
        "status": error.status,
        "request_id": error.request_id,
    }


def letter(
    connection_id: int,
    entity: Entity,
    record_id: str | None,
    error: SyncError,
    *,
    stage: str,
    cycle_id: int | None,
    ac_id: int | None = None,
    request: Mapping[str, Any] = NOTHING,
    due_at: datetime | None = None,
    direction: Direction = Direction.OUTBOUND,
) -> dict[str, Any]:
    """One row for `failures.file`. request: action and names of fields; due_at: None waits for a person.

    record_id: None where only ActiveCampaign has the record so far.
    """
    told = describe(error)
    return {
        **{key: told[key] for key in ("class", "code", "message", "advice")},
        "connection_id": connection_id,
        "entity": entity,
        "direction": direction,
        "record_id": record_id,
        "ac_id": ac_id,
        "stage": stage,
        "request": dict(request),
        "answer": error.body,
        "due_at": due_at,
        "cycle_id": cycle_id,
        "correlation_id": error.request_id,
        "code_version": CODE_VERSION,
    }


def unreadable(connection_id: int, change: Change, cycle_id: int) -> dict[str, Any]:
    """The row for a record of Dynamics that can't be turned into a change."""
    advice = "Look at the record in Dynamics; if nothing is odd about it, report this with the version of ac365."
    error = BadRecord(change.fault, code="record.unreadable", advice=advice)
    return letter(connection_id, change.entity, change.record_id, error, stage="transform", cycle_id=cycle_id)
