"""ActiveCampaign's answers. Sources: developers.activecampaign.com (reference pages of each call, page rate-limits);
repositories actest4test-sys/AC-Docs, singer-io/tap-activecampaign and mediatoolkit/activecampaign-v3-php (issue 18)."""

from __future__ import annotations

from clients.answer import Json
from clients.table import Rule, Table
from sync.errors import (
    BadCredentials,
    BadRecord,
    Duplicate,
    Missing,
    MissingPermission,
    NotAvailable,
    Stop,
    Throttled,
)

SERVICE = "activecampaign"
FORBIDDEN = f"{SERVICE}.forbidden"
NOT_SERVED = "The plan of this ActiveCampaign account does not offer this. Switch the feature off in ac365."
NO_ADDRESS = "ActiveCampaign doesn't take this e-mail address. Correct it in Dynamics; then it goes by itself."
NOT_LET_IN = (
    "The automation is not active, or lets nobody in who was in it before. Look at its start in ActiveCampaign."
)
NEW_KEY = "Copy the key anew from ActiveCampaign, Settings, Developer, and save it in this connection."

RULES = (
    # A 403 stands where others answer 404: only the words tell.
    Rule(Missing, "missing", statuses=(403, 404), body="no result found"),
    Rule(BadCredentials, "bad_key", statuses=(401,), advice=NEW_KEY),
    Rule(BadRecord, "not_let_in", statuses=(403,), body="could not create subscriberseries", advice=NOT_LET_IN),
    # The client asks /users/me what this one means.
    Rule(MissingPermission, "forbidden", statuses=(403,), advice="Give the API user's group this permission."),
    Rule(Stop, "payment", statuses=(402,), advice="ActiveCampaign reports a problem with the plan or its payment."),
    Rule(Missing, "missing", statuses=(404,)),
    # Over the limit of imports the answer is a 400, over that of calls a 429 or, as older reports say, a 503.
    Rule(Throttled, "import_limit", statuses=(400,), body="rate limit exceeded", after_s=60.0),
    Rule(Throttled, "rate_limit", statuses=(429, 503)),
    Rule(Duplicate, "has_account", statuses=(400, 422), body="already associated with an account"),
    Rule(Duplicate, "duplicate", statuses=(400, 409, 422), code="duplicate"),
    Rule(Duplicate, "duplicate", statuses=(422,), body="already exists"),
    Rule(BadRecord, "email_invalid", (400, 422), "email_invalid|must_be_valid_email_address", advice=NO_ADDRESS),
    Rule(BadRecord, "refused", statuses=(400, 422)),
    Rule(NotAvailable, "not_served", statuses=(405,), advice=NOT_SERVED),
    Rule(BadRecord, "too_large", statuses=(413,)),
)


def _first(data: Json) -> Json:
    errors = data.get("errors") if isinstance(data, dict) else None
    return errors[0] if isinstance(errors, list) and errors else errors


def code_of(data: Json) -> str:
    """`code` of the first error; it is a string, or the number 422."""
    first = _first(data)
    return str(first.get("code") or first.get("error") or "") if isinstance(first, dict) else ""


def words_of(data: Json) -> str:
    """What a person would read. There is no single shape: title and detail, a bare string, or `message`."""
    first = _first(data)
    if isinstance(first, dict):
        return " ".join(str(first[key]) for key in ("title", "detail") if first.get(key))
    if isinstance(first, str):
        return first
    return str(data.get("message") or "") if isinstance(data, dict) else ""


TABLE = Table(
    SERVICE,
    RULES,
    code_of,
    words_of,
    id_headers=("x-request-id", "cf-ray"),
    correlation_header="X-Correlation-Id",
    narrow=(f"{SERVICE}.import_limit",),
)
