"""Dataverse's answers. Sources: learn.microsoft.com/power-apps/developer/data-platform, pages
webapi/compose-http-requests-handle-errors, api-limits and reference/web-service-error-codes; the meaning of 0x80060888
and 0x80048d19 from repository microsoft/PowerPlatform-DataverseClient-Python."""

from __future__ import annotations

from clients.answer import Json
from clients.faults import TrackingOff, UnknownColumn
from clients.table import Rule, Table
from sync.errors import (
    BadCredentials,
    BadRecord,
    Duplicate,
    Missing,
    MissingPermission,
    NotAvailable,
    Overtaken,
    Resync,
    Throttled,
    Unavailable,
)

SERVICE = "dynamics"
NO_USER = "Create an application user for this client id in the Power Platform admin center and give it a role."
NO_MODE = "Set the access mode of the application user to read-write in the Power Platform admin center."
NO_TABLE = "This environment has no such table. Switch the entity off in ac365."

RULES = (
    Rule(BadCredentials, "not_a_member", code="0x80072560", advice=NO_USER),
    Rule(MissingPermission, "access_mode", code="0x80044502", advice=NO_MODE),
    Rule(MissingPermission, "", code="0x80040220|0x80048306"),
    Rule(TrackingOff, "tracking_off", code="0x80072491"),
    # The status of an expired token is not documented, so the code decides, or the words.
    Rule(Resync, "token_expired", code="0x80044352|0x80044183"),
    Rule(Resync, "token_expired", statuses=(410,)),
    Rule(Resync, "token_expired", statuses=(400,), body=r"(expired|invalid)[\w ]*(delta ?token|version ?stamp|token)"),
    Rule(Throttled, "throttled", code="0x80072321|0x80072322|0x80072326|0x8005f103", after_s=10.0),
    Rule(Throttled, "throttled", statuses=(429,), after_s=10.0),
    Rule(Missing, "missing", code="0x80040217|0x80060891"),
    Rule(Overtaken, "overtaken", code="0x80060882"),
    Rule(Duplicate, "", code="0x80040237|0x80060892|0x80073002|0x80040333"),
    Rule(UnknownColumn, "unknown_column", statuses=(400,), body="could not find a property named"),
    Rule(UnknownColumn, "unknown_column", code="0x80041103"),
    Rule(NotAvailable, "unknown_table", code="0x80041102", advice=NO_TABLE),
    Rule(NotAvailable, "unknown_table", statuses=(404,), body="resource not found for the segment", advice=NO_TABLE),
    Rule(Unavailable, "database_busy", code="0x80044150|0x80044151"),
    Rule(BadCredentials, "token_refused", statuses=(401,)),
    Rule(MissingPermission, "forbidden", statuses=(403,)),
    Rule(Missing, "missing", statuses=(404,)),
    Rule(Overtaken, "overtaken", statuses=(412,)),
    Rule(BadRecord, "too_large", statuses=(413, 414, 431)),
)


def _error(data: Json) -> dict[str, Json]:
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) else {}


def code_of(data: Json) -> str:
    """The code as 0x…; the documents and .NET traces show the same as a signed decimal. Empty for a proxy's page."""
    code = str(_error(data).get("code") or "")
    try:
        return f"0x{int(code) & 0xFFFFFFFF:08x}"
    except ValueError:
        return code


def words_of(data: Json) -> str:
    """The server's own message."""
    return str(_error(data).get("message") or "")


TABLE = Table(
    SERVICE,
    RULES,
    code_of,
    words_of,
    id_headers=("x-ms-service-request-id", "REQ_ID", "x-ms-request-id"),
    correlation_header="x-ms-client-request-id",
)
