"""Events as rows of `ac365_activity` in Dynamics.

The id is made of the account and the event's own id, so that writing an event again meets what was written, from
whichever installation. Source: learn.microsoft.com, page use-upsert-insert-update-record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from mapping import companion, companion_tables
from mapping.companion import Kind
from mapping.text import clean

KEY: Final = f"{companion.ACTIVITY}id"
SPACE: Final = UUID("5b0b6c0e-6f0a-5f5e-9d0f-0f5a3c1c9e65")
ELLIPSIS: Final = "…"
LENGTHS: Final = {
    "ac365_name": companion_tables.NAME_LENGTH,
    **{one.logical: one.length for one in companion_tables.ACTIVITY.columns if one.length},
}
BINDS: Final = {
    one.target: f"{one.schema}@odata.bind" for one in companion_tables.ACTIVITY.columns if one.kind == "Lookup"
}
SETS: Final = {"lead": "leads", "contact": "contacts"}
TITLES: Final = {
    Kind.SENT: "E-mail sent",
    Kind.OPENED: "E-mail opened",
    Kind.CLICKED: "Link clicked",
    Kind.REPLIED: "E-mail replied to",
    Kind.FORWARDED: "E-mail forwarded",
    Kind.BOUNCED: "E-mail bounced",
    Kind.SUBSCRIBED: "Subscribed",
    Kind.UNSUBSCRIBED: "Unsubscribed",
    Kind.AUTOMATION_ENTERED: "Automation entered",
    Kind.AUTOMATION_COMPLETED: "Automation completed",
    Kind.OTHER: "ActiveCampaign activity",
}
BY_WORD: Final = {kind.word: kind for kind in Kind}


def account_of(url: str) -> str:
    """The name of an ActiveCampaign account: the first part of its address, which both of its hosts share."""
    return (urlsplit(url).hostname or url).partition(".")[0].lower()


def record_id(account: str, event_id: str) -> str:
    """The id of an event's row, always the same."""
    return str(uuid5(SPACE, f"{account}/{event_id}"))


def body(account: str, event: Mapping[str, Any], entity: str, owner: str) -> dict[str, Any]:
    """The row of an event: {event_id, ac_id, at, kind, told}. entity, owner: the lead or contact that it is shown on.

    at: UTC as text. Texts that are too long for their column end in an ellipsis.
    """
    told, kind = event["told"], BY_WORD[event["kind"]]
    about = told.get("source") or told.get("subject") or (told.get("detail") if kind is Kind.OTHER else "")
    texts = {
        "ac365_name": f"{TITLES[kind]}: {about}" if about else TITLES[kind],
        "ac365_source": told.get("source"),
        "ac365_sourceid": told.get("source_id"),
        "ac365_subject": told.get("subject"),
        "ac365_detail": told.get("detail"),
        "ac365_enrolmentid": told.get("enrolment"),
        "ac365_activecampaignid": str(event["ac_id"]),
        "ac365_eventid": f"{account}:{event['event_id']}",
    }
    return {
        **{name: shortened(text or "", LENGTHS[name]) or None for name, text in texts.items()},
        "ac365_kind": int(kind),
        "ac365_occurredon": event["at"],
        "ac365_machine": bool(told.get("machine")),
        BINDS[entity]: f"/{SETS[entity]}({owner})",
    }


def shortened(text: str, longest: int) -> str:
    """The text in so many UTF-16 units, which is how Dataverse counts; one that is cut ends in an ellipsis."""
    whole = clean(text)
    units = whole.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return whole
    return units[: 2 * (longest - 1)].decode("utf-16-le", "ignore").rstrip() + ELLIPSIS
