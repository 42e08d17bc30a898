"""Everything the references leave open, and the limits. Defaults are the strict reading; tests flip the others.

The marks S1 to S34 number the open questions in the order in which the documentation raises them.
"""

from __future__ import annotations

from typing import Any

DEFAULTS: dict[str, Any] = {
    # Limits; None lifts one. Calls that were refused count too, as in the edge proxy that the service runs.
    "calls_per_second": 5,
    "imports_per_minute": 100,
    "single_imports_per_minute": 20,
    "tracking_calls_per_second": 5,
    "refused_calls_count": True,
    # S1: how a refused call is answered.
    "limit_status": 429,
    "limit_body": "{}",
    "limit_content_type": "application/json",
    "retry_after": "1",
    # S2: "real", "absent", or "misleading" (1000/999 with a Retry-After on every 2xx, seen once).
    "rate_headers": "real",
    # S3: contact/sync answers 201 also for an update.
    "sync_always_201": False,
    # S4, S5, S6: what an empty value does.
    "null_clears": True,
    "empty_value_clears": True,
    "import_blank_clears": False,
    # S7: seconds a batch waits (a range); "interrupted" and "failed" leave the second half of its rows out.
    "import_delay_s": [2, 8],
    "import_ends": "completed",
    # S8, S9: status false for so many seconds; "Success" is the documented spelling, "success" the live one.
    "import_silent_s": 1.0,
    "import_success_key": "success",
    # S11: an unknown customer_acct_name makes an account. Whether a known one moves the association is not published.
    "import_creates_accounts": True,
    "import_moves_association": False,
    # S12: "udate" with >=, or "updated_timestamp" with >. Dates without a zone are read in `naive_zone`.
    "updated_after_compares": "udate",
    "naive_zone": "UTC",
    # S13: "ignored" or "422".
    "unknown_filters": "ignored",
    # S14: None honours any limit.
    "page_limit_max": 100,
    # S15: side-loading on /contacts.
    "include": True,
    # S16: answer to a wrong key.
    "bad_key_status": 403,
    # S17 to S22: custom objects.
    "object_put_status": 405,
    "object_list_lag_s": 5,
    "object_answers_id": False,
    "object_unknown_field": "dropped",
    "custom_objects": True,
    "object_time_filters": False,
    # Deals: whether the plan has them, and seconds after which lists show what was written (not documented).
    "deals": True,
    "deal_list_lag_s": 5,
    # S23, S24: the activity feed is made when the contact is read, of what is older than so many seconds; without the
    # parameter `contact` it is there ("served"), "empty" or "refused"; account-wide sources.
    "activities_need_contact_read": True,
    "activities_lag_s": 5,
    "activities_without_contact": "served",
    # The parameters `after` and `orders[tstamp]` of the feed are heeded.
    "activities_after": True,
    "activities_order": True,
    "message_activities": False,
    "link_data": True,
    # S25: v1 may be gone; the status it answers then.
    "v1": True,
    "v1_gone_status": 404,
    # S26: "json" or "text".
    "event_answer": "json",
    # S27, S28: webhook delivery; `webhook_disorder_s` delays each one by up to so many seconds.
    "webhook_duplicates": 0.01,
    "webhook_loss": 0.0,
    "webhook_disorder_s": 0.0,
    "webhook_field_keys": "perstag",
    "webhook_https_only": True,
    # S29: the share of calls that fail at random with 500, 502, 403 or half a body.
    "glitch_rate": 0.0,
    # S30: the zone of almost every date the service writes.
    "server_zone": "America/Chicago",
    # S31: what moves a contact's udate beside its own fields; "association" and "bounce" may be added.
    "udate_moves_on": ["tag", "list", "value", "note"],
    # A hard bounce leaves the contact's lists as they are (None), or gives them this status.
    "hard_bounce_list_status": None,
    # S32: opens and clicks move udate too.
    "opens_move_udate": False,
    # S33: "stored" or "422".
    "unknown_option": "stored",
    # S34: an automation that allows one entry lets a contact in again.
    "reenter_always": False,
    # Seconds after which reads show that a contact entered an automation (not documented).
    "enrolment_list_lag_s": 0,
    # Values of date-time fields come back in the server's zone ("server") or as written ("verbatim").
    "datetime_read_back": "server",
    # Contacts without an address exist only where the account opted in.
    "allow_null_email": False,
    # First path segments that the plan does not include, for example "accounts": 403.
    "not_in_plan": [],
}
