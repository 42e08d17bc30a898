"""Dataverse's answers. Sources: learn.microsoft.com/power-apps/developer/data-platform, pages
webapi/compose-http-requests-handle-errors, api-limits and reference/web-service-error-codes; the meaning of 0x80060888
and 0x80048d19 from repository microsoft/PowerPlatform-DataverseClient-Python."""

from __future__ import annotations

import re

from clients.answer import Json
from clients.faults import Customizing, TrackingOff, UnknownColumn
from clients.privileges import advice
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
NO_BULK = "This table takes no bulk messages here; it is written in batches instead. Nothing to do."
NO_VERSIONS = "This table keeps no versions (optimistic concurrency), so ac365 does not write to it."
NO_REACH = "The role of the application user reaches some records of this table only. Widen it to the organisation."
TWIN = "A rule against duplicates in Dynamics found a similar record. Merge the two in Dynamics, then retry."
CLOSED = "The record is closed in Dynamics and can't be changed. Reopen it there, or leave it as it is."
PLUG_IN = "A plug-in or workflow in Dynamics refused this change, in its own words. Ask whoever looks after it."
TOO_LONG = "The text is longer than the column in Dynamics allows. Shorten it in ActiveCampaign, or widen the column."
OUT_OF_RANGE = "The value is outside the range of the column in Dynamics. Correct it in ActiveCampaign."
NO_OPTION = "The column in Dynamics has no such option. Correct the mapping of its values."
BAD_STATE = "This status reason does not belong to the record's status in Dynamics. Correct the mapping."
BAD_PAYLOAD = "A column does not exist in Dynamics or takes other values. Refresh the columns and check the mapping."
REFUSED_VALUE = "Dynamics does not take this value in this column. Correct it in ActiveCampaign, or the mapping."

WAY_ROUND = re.compile(r"^Error identified in Payload.*?InnerException : (?:[\w.]+: )?", re.DOTALL)

RULES = (
    Rule(BadCredentials, "not_a_member", code="0x80072560", advice=NO_USER),
    Rule(MissingPermission, "access_mode", code="0x80044502", advice=NO_MODE),
    Rule(MissingPermission, "", code="0x80040220"),
    Rule(MissingPermission, "", code="0x80048306", advice=NO_REACH),
    Rule(TrackingOff, "tracking_off", code="0x80072491"),
    # One customization at a time: it answers 429 or 503, which has nothing to do with the rate of calls. Sources:
    # MicrosoftDocs/SupportArticles-docs (CustomizationLockException), and the code as seen in public repositories.
    Rule(Customizing, "customizing", code="0x80071151"),
    Rule(Customizing, "customizing", body="CustomizationLockException"),
    # The status of an expired token is not documented, so the code decides, or the words.
    Rule(Resync, "token_expired", code="0x80044352|0x80044183"),
    Rule(Resync, "token_expired", statuses=(410,)),
    Rule(Resync, "token_expired", statuses=(400,), body=r"(expired|invalid)[\w ]*(delta ?token|version ?stamp|token)"),
    Rule(Throttled, "throttled", code="0x80072321|0x80072322|0x80072326|0x8005f103", after_s=10.0),
    Rule(Throttled, "throttled", statuses=(429,), after_s=10.0),
    Rule(Missing, "missing", code="0x80040217|0x80060891"),
    Rule(Overtaken, "overtaken", code="0x80060882"),
    Rule(Duplicate, "duplicate_detected", code="0x80040333", advice=TWIN),
    Rule(Duplicate, "", code="0x80040237|0x80060892|0x80073002"),
    Rule(NotAvailable, "no_versions", code="0x80060883|0x8006088d", advice=NO_VERSIONS),
    Rule(BadRecord, "read_only", code="0x80040233|0x8004022e", advice=CLOSED),
    # Closed records answer 400 or 405, by the family of the code.
    Rule(BadRecord, "read_only", statuses=(405,), body=r"\b(closed|read.?only|inactive|state)\b", advice=CLOSED),
    Rule(BadRecord, "plugin_refused", code="0x80040265", advice=PLUG_IN),
    Rule(BadRecord, "too_long", code="0x80044331|0x80073001", advice=TOO_LONG),
    Rule(BadRecord, "out_of_range", code="0x8004432f|0x80044330|0x80040239", advice=OUT_OF_RANGE),
    Rule(BadRecord, "unknown_option", code="0x8004431a", advice=NO_OPTION),
    Rule(BadRecord, "bad_state", code="0x80048408", advice=BAD_STATE),
    Rule(BadRecord, "bad_payload", code="0x80048d19", advice=BAD_PAYLOAD),
    Rule(BadRecord, "refused_value", code="0x80040203", advice=REFUSED_VALUE),
    Rule(
        NotAvailable, "no_bulk", statuses=(404,), body=r"segment '[\w.]*(Create|Update|Upsert)Multiple'", advice=NO_BULK
    ),
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
    """The server's own message; of a refused body the part that says why, behind a long way round."""
    return WAY_ROUND.sub("", str(_error(data).get("message") or ""))


TABLE = Table(
    SERVICE,
    RULES,
    code_of,
    words_of,
    id_headers=("x-ms-service-request-id", "REQ_ID", "x-ms-request-id"),
    correlation_header="x-ms-client-request-id",
    grant=advice,
)
