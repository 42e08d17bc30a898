"""Rows of ActiveCampaign's activity feed as events: what happened, when, to whom, and with which words.

Which types and actions there are is not published (developers.activecampaign.com, page list-contact-activities); the
names are those of its parameter `include`, and the actions those that public clients have seen. So whatever is unknown
becomes an event of the kind OTHER that tells its raw type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from mapping.companion import Kind
from mapping.text import utc

Row: TypeAlias = Mapping[str, Any]
Side: TypeAlias = Mapping[str, Mapping[str, Row]]
"""Rows that came along, by the name of their list and by id."""

CAME_ALONG: Final = (
    *("contacts", "logs", "links", "campaigns", "contactLists", "lists"),
    *("contactAutomations", "automations", "bounceLogs"),
)
MAIL: Final = ("log", "link", "campaign", "message", "campaign-message")
_DEEDS: Final = {
    "open": Kind.OPENED,
    "click": Kind.CLICKED,
    "reply": Kind.REPLIED,
    "forward": Kind.FORWARDED,
    "bounce": Kind.BOUNCED,
    "unsubscribe": Kind.UNSUBSCRIBED,
    "sent": Kind.SENT,
    "send": Kind.SENT,
}
_STAYS: Final = {
    **dict.fromkeys(("", "start", "enter", "entered"), Kind.AUTOMATION_ENTERED),
    **dict.fromkeys(("end", "complete", "completed", "exit"), Kind.AUTOMATION_COMPLETED),
}
KINDS: Final[Mapping[tuple[str, str], Kind]] = {
    **{(model, action): kind for model in MAIL for action, kind in _DEEDS.items()},
    ("log", ""): Kind.SENT,
    ("contact-email", ""): Kind.SENT,
    ("contact-email", "sent"): Kind.SENT,
    ("link", ""): Kind.CLICKED,
    **{(model, "subscribe"): Kind.SUBSCRIBED for model in ("contact-list", "list")},
    **{(model, "unsubscribe"): Kind.UNSUBSCRIBED for model in ("contact-list", "list")},
    **{(model, action): kind for model in ("automation", "contact-automation") for action, kind in _STAYS.items()},
}
PIXEL: Final = "open"
"""The address of the link that stands for the pixel which tells of an open."""
NO_DEALS: Final = "deals don't travel"
NO_NOTES: Final = "notes are what colleagues wrote, not what the person did"
LEFT_OUT: Final = (NO_DEALS, NO_NOTES)
CLOSE_S: Final = 2.0
"""Two dates of one event, noted in two places, differ by no more."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. at: UTC with whole seconds; source: the campaign, automation or list, by id and perhaps name;
    message: the id of the mail; asks: why it bounced is not known yet."""

    event_id: str
    ac_id: int
    at: str
    kind: Kind
    source: str = ""
    source_id: str = ""
    subject: str = ""
    detail: str = ""
    machine: bool = False
    enrolment: str = ""
    campaign: str = ""
    message: str = ""
    automation: str = ""
    asks: bool = False

    def told(self) -> dict[str, Any]:
        """What is kept of it beside the columns of its own, fit for JSON."""
        return {name: value for name, value in asdict(self).items() if name in TOLD and value}


TOLD: Final = ("source", "source_id", "subject", "detail", "machine", "enrolment")


def side_of(answer: Any) -> Side:
    """The rows that came along with an answer."""
    lists = {name: answer.get(name) for name in CAME_ALONG} if isinstance(answer, Mapping) else {}
    return {
        name: {_text(row.get("id")): row for row in found if isinstance(row, Mapping)}
        for name, found in lists.items()
        if isinstance(found, list)
    }


def event_of(row: Row, side: Side) -> Event | str:
    """The event that a row tells of, or the reason why it tells of none."""
    event_id, ac_id, at = _text(row.get("id")), _number(row.get("subscriberid")), moment_of(row.get("tstamp"))
    if not event_id or len(event_id) > 60:
        return "it has no usable id"
    if not ac_id:
        return "it names no contact"
    if at is None:
        return "it has no time"
    model, action = _model(row), _text(row.get("reference_action")).lower()
    if model.startswith("deal"):
        return NO_DEALS
    if model == "note":
        return NO_NOTES
    kind = KINDS.get((model, action), Kind.OTHER)
    made = _referring(Event(event_id, ac_id, at, kind), model, _reference(row), side)
    if made.kind is Kind.OTHER:
        return replace(made, detail=f"{model} {action}".strip() or "unknown")
    person = side.get("contacts", {}).get(str(ac_id), {})
    if made.kind is Kind.OPENED:
        return replace(made, machine=_close(at, person.get("last_mpp_open_date")))
    return replace(made, detail=_bounced(at, person), asks=True) if made.kind is Kind.BOUNCED else made


def _referring(event: Event, model: str, number: str, side: Side) -> Event:
    """The event with what the row that it speaks of says."""
    if model == "link":
        link = _of(side, "links", number)
        opened = event.kind is Kind.CLICKED and _text(link.get("link")) == PIXEL
        event = replace(event, kind=Kind.OPENED) if opened else event
        shown = _text(link.get("link")) if event.kind is Kind.CLICKED else ""
        return _mailed(replace(event, detail=shown), link.get("campaignid"), link.get("messageid"), side)
    if model == "log":
        log = _of(side, "logs", number)
        return _mailed(event, log.get("campaignid"), log.get("messageid"), side)
    if model == "campaign":
        return _mailed(event, number, _of(side, "campaigns", number).get("message_id"), side)
    if model in ("contact-list", "list"):
        return _listed(event, model, number, side)
    if model in ("automation", "contact-automation"):
        return _staying(event, model, number, side)
    return event


def _mailed(event: Event, campaign: Any, message: Any, side: Side) -> Event:
    number = _id(campaign)
    name = _text(_of(side, "campaigns", number).get("name"))
    return replace(event, source=name, source_id=number, campaign=number, message=_id(message))


def _listed(event: Event, model: str, number: str, side: Side) -> Event:
    member = _of(side, "contactLists", number) if model == "contact-list" else {}
    list_id = _id(member.get("list")) if member else ("" if model == "contact-list" else number)
    left = event.kind is Kind.UNSUBSCRIBED
    reason = _text(member.get("unsubreason")) if left else ""
    name = _text(_of(side, "lists", list_id).get("name"))
    return replace(event, source=name, source_id=list_id, detail=reason)


def _staying(event: Event, model: str, number: str, side: Side) -> Event:
    stay = _of(side, "contactAutomations", number) if model == "contact-automation" else {}
    automation = _id(stay.get("automation")) if stay else ("" if model == "contact-automation" else number)
    name = _text(_of(side, "automations", automation).get("name"))
    enrolment = number if model == "contact-automation" else ""
    return replace(event, source=name, source_id=automation, automation=automation, enrolment=enrolment)


def _bounced(at: str, person: Row) -> str:
    """What the contact's own counters say. Which bounce they count last they tell by its date alone."""
    if not _close(at, person.get("bounced_date")):
        return ""
    if _number(person.get("bounced_hard")):
        return HARD
    return SOFT if _number(person.get("bounced_soft")) else ""


HARD: Final = "Hard bounce"
SOFT: Final = "Soft bounce"


def side_with(side: Side, name: str, rows: Iterable[Row]) -> Side:
    """The same with more rows."""
    return {**side, name: {**side.get(name, {}), **{_text(row.get("id")): row for row in rows}}}


def moment_of(value: Any) -> str | None:
    """A date-time with an offset in UTC, None where there is none; zero dates are none."""
    text = _text(value).strip()
    try:
        moment = datetime.fromisoformat(text) if text else None
        return utc(moment) if moment and moment.tzinfo else None
    except ValueError:
        return None


def _close(at: str, other: Any) -> bool:
    moment = moment_of(other)
    return moment is not None and abs(_seconds(at) - _seconds(moment)) <= CLOSE_S


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _model(row: Row) -> str:
    reference = row.get("reference")
    named = reference.get("type") if isinstance(reference, Mapping) else ""
    return _text(row.get("referenceModelName") or named or row.get("reference_type")).strip().lower()


def _reference(row: Row) -> str:
    reference = row.get("reference")
    return _id(row.get("reference_id")) or (_id(reference.get("id")) if isinstance(reference, Mapping) else "")


def _of(side: Side, name: str, number: str) -> Row:
    return side.get(name, {}).get(number, {})


def _id(value: Any) -> str:
    """An id; "0" and null are none."""
    text = _text(value).strip()
    return "" if text == "0" else text


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _number(value: Any) -> int:
    text = _text(value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
