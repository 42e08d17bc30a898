"""The body of a webhook: the execution context of the write as JSON.

Source: Microsoft Learn, "Use Webhooks to create external handlers for server events" (fields, header, trimming above
256 KB), and public receivers that show how values are written.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulators.dynamics import seed
from simulators.dynamics.schema.catalog import CHOICES, Column, Table
from simulators.dynamics.store.rows import Row

CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts"
MOST_BYTES = 256 * 1024
HOST = "contoso.crm4.dynamics.com"
TRIMMED = ("ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages")


@dataclass(frozen=True)
class Event:
    """What happened to a row. `message` is Create, Update or Delete; `columns` are those that the write was about, and
    `row` what they hold; `unit` is the user's business unit, `tag` the tag that the request bore."""

    message: str
    table: Table
    row_id: str
    columns: tuple[str, ...]
    row: Row
    user: str
    unit: str
    at: datetime
    tag: str


def body_of(event: Event) -> tuple[bytes, dict[str, str]]:
    """The body and its headers."""
    correlation = str(uuid.uuid4())
    context = _context(event, correlation)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "x-ms-dynamics-organization": HOST,
        "x-ms-dynamics-entity-name": event.table.logical,
        "x-ms-dynamics-request-name": event.message,
        "x-ms-correlation-request-id": correlation,
    }
    body = json.dumps(context, ensure_ascii=False).encode()
    if len(body) > MOST_BYTES:
        headers["x-ms-dynamics-msg-size-exceeded"] = "true"
        body = json.dumps({name: value for name, value in context.items() if name not in TRIMMED}).encode()
    return body, headers


def _context(event: Event, correlation: str) -> dict[str, Any]:
    shared = [{"key": "tag", "value": event.tag}] if event.tag else []
    return {
        "BusinessUnitId": event.unit, "CorrelationId": correlation, "Depth": 1, "InitiatingUserId": event.user,
        "UserId": event.user, "MessageName": event.message, "Mode": 1, "Stage": 40,
        "OperationCreatedOn": _date(event.at), "OperationId": str(uuid.uuid4()), "OrganizationId": seed.ORGANIZATION,
        "OrganizationName": "contoso", "PrimaryEntityId": event.row_id, "PrimaryEntityName": event.table.logical,
        "InputParameters": [{"key": "Target", "value": _target(event)}], "OutputParameters": [],
        "PreEntityImages": [], "PostEntityImages": [], "SharedVariables": shared, "ParentContext": None,
    }  # fmt: skip


def _target(event: Event) -> dict[str, Any]:
    """The row with its columns; of a deleted one the reference alone."""
    if event.message == "Delete":
        return _reference(event.table.logical, event.row_id)
    pairs = [
        {"key": name, "value": _value(event.table.columns[name], event.row)}
        for name in event.columns
        if name != event.table.key and name in event.table.columns
    ]
    pairs.append({"key": event.table.key, "value": event.row_id})
    return {"__type": f"Entity:{CONTRACTS}", "Attributes": pairs, "EntityState": None, "FormattedValues": [],
            "Id": event.row_id, "KeyAttributes": [], "LogicalName": event.table.logical, "RelatedEntities": [],
            "RowVersion": str(event.row.get("versionnumber", ""))}  # fmt: skip


def _value(column: Column, row: Row) -> Any:
    value = row.get(column.name)
    if value is None:
        return None
    if column.lookup:
        return _reference(row.get(f"{column.name}__type") or column.targets[0], value)
    if column.kind in CHOICES:
        return {"__type": f"OptionSetValue:{CONTRACTS}", "Value": value}
    if column.kind == "MultiSelectPicklist":
        return [{"__type": f"OptionSetValue:{CONTRACTS}", "Value": int(part)} for part in str(value).split(",")]
    if column.kind == "Money":
        return {"__type": f"Money:{CONTRACTS}", "Value": value}
    if column.kind == "DateTime":
        moment = datetime.fromisoformat(value)
        return _date(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return bool(value) if column.kind == "Boolean" else value


def _reference(table: str, row_id: str) -> dict[str, Any]:
    return {"__type": f"EntityReference:{CONTRACTS}", "Id": row_id, "KeyAttributes": [], "LogicalName": table,
            "Name": None, "RowVersion": None}  # fmt: skip


def _date(moment: datetime) -> str:
    return f"/Date({int(moment.timestamp() * 1000)})/"
