"""Rows of `ac365_request` as Dynamics shows them, and as they are filed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mapping.companion import State
from sync.model import Entity

PEOPLE: Final = {Entity.LEAD: "_ac365_leadid_value", Entity.CONTACT: "_ac365_contactid_value"}
SELECT: Final = (
    "ac365_requestid",
    "ac365_name",
    "ac365_kind",
    "ac365_target",
    "ac365_state",
    "createdon",
    "_createdby_value",
    "_createdonbehalfby_value",
    *PEOPLE.values(),
)
WAITING: Final = f"ac365_state eq {State.ASKED.value}"
"""The $filter for what nobody has answered."""


def filed(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is asked for and not answered, as `store.requests.file` takes it: our own answers come back as changes."""
    return [_filed(row) for row in rows if row["ac365_state"] == State.ASKED]


def _filed(row: Mapping[str, Any]) -> dict[str, Any]:
    bound = [(entity, row[column]) for entity, column in PEOPLE.items() if row[column]]
    # One that is bound to both or to none is kept, to be refused in words.
    entity, record_id = bound[0] if len(bound) == 1 else (None, None)
    return {
        "request_id": row["ac365_requestid"],
        "kind": row["ac365_kind"],
        "target": row["ac365_target"] or "",
        "name": row["ac365_name"] or "",
        "entity": entity,
        "record_id": record_id,
        "requester": row["_createdby_value"],
        "behalf": row["_createdonbehalfby_value"],
        "asked_at": row["createdon"],
    }
