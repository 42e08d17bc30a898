"""The activity feed: every row is an event or says why it is none, and no word is lost on the way to Dynamics."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping import activity_rows, bounces
from mapping.activities import Event, event_of, moment_of, side_of
from mapping.companion import Kind

AT = "2026-09-01T10:00:00-05:00"
ANSWER = {
    "contacts": [
        {"id": "7", "last_mpp_open_date": "2026-09-01T10:00:01-05:00", "bounced_soft": "1", "bounced_date": AT}
    ],
    "logs": [{"id": "88", "campaignid": "123", "messageid": "456"}],
    "links": [
        {"id": "5", "campaignid": 123, "messageid": 456, "link": "https://contoso.example/offer"},
        {"id": "6", "campaignid": "123", "messageid": "456", "link": "open"},
    ],
    "campaigns": [{"id": "123", "name": "September news", "message_id": "456"}],
    "contactLists": [{"id": "9", "list": "2", "unsubreason": "Too many mails"}],
    "lists": [{"id": 2, "name": "Newsletter"}],
    "contactAutomations": [{"id": "31", "automation": "42"}],
    "automations": [{"id": "42", "name": "Nurture"}],
}  # fmt: skip
SIDE = side_of(ANSWER)
NEWS, NEWSLETTER, NURTURE = ("September news", "123"), ("Newsletter", "2"), ("Nurture", "42")


def a_row(model: str, action: str, reference: object = "88", **more: object) -> dict[str, Any]:
    """A row of the feed."""
    plain = {"id": "865", "tstamp": AT, "subscriberid": "7", "reference_id": reference, "reference_action": action}
    return {**plain, "referenceModelName": model, **more}


def read(*what: Any, **more: Any) -> Event:
    found = event_of(a_row(*what, **more), SIDE)
    assert isinstance(found, Event), found
    return found


@pytest.mark.parametrize(
    ("what", "kind", "source", "detail"),
    [
        (("log", ""), Kind.SENT, NEWS, ""),
        (("log", "sent"), Kind.SENT, NEWS, ""),
        (("link", "open", "6"), Kind.OPENED, NEWS, ""),
        (("link", "", 6), Kind.OPENED, NEWS, ""),
        (("log", "open"), Kind.OPENED, NEWS, ""),
        (("link", "click", 5), Kind.CLICKED, NEWS, "https://contoso.example/offer"),
        (("link", "", "5"), Kind.CLICKED, NEWS, "https://contoso.example/offer"),
        (("campaign", "reply", "123"), Kind.REPLIED, NEWS, ""),
        (("campaign", "Forward", 123), Kind.FORWARDED, NEWS, ""),
        (("log", "bounce"), Kind.BOUNCED, NEWS, "Soft bounce"),
        (("contact-list", "subscribe", "9"), Kind.SUBSCRIBED, NEWSLETTER, ""),
        (("contact-list", "unsubscribe", "9"), Kind.UNSUBSCRIBED, NEWSLETTER, "Too many mails"),
        (("contact-automation", "start", "31"), Kind.AUTOMATION_ENTERED, NURTURE, ""),
        (("contact-automation", "end", "31"), Kind.AUTOMATION_COMPLETED, NURTURE, ""),
        (("automation", "", "42"), Kind.AUTOMATION_ENTERED, NURTURE, ""),
        (("contact-email", "", "13"), Kind.SENT, ("", ""), ""),
        (("campaign", "share", "123"), Kind.OTHER, NEWS, "campaign share"),
        (("sms", "", "1"), Kind.OTHER, ("", ""), "sms"),
        (("", ""), Kind.OTHER, ("", ""), "unknown"),
    ],
)  # fmt: skip
def test_a_row_tells_what_happened_with_names(what: Any, kind: Kind, source: tuple[str, str], detail: str) -> None:
    found = read(*what)
    assert (found.kind, (found.source, found.source_id), found.detail) == (kind, source, detail)
    assert (found.event_id, found.ac_id, found.at) == ("865", 7, "2026-09-01T15:00:00Z")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": None}, "it has no usable id"),
        ({"subscriberid": "0"}, "it names no contact"),
        ({"tstamp": "0000-00-00 00:00:00"}, "it has no time"),
        ({"tstamp": "2026-09-01 10:00:00"}, "it has no time"),
        ({"referenceModelName": "deal-task"}, "deals don't travel"),
        ({"referenceModelName": "note"}, "notes are what colleagues wrote, not what the person did"),
    ],
)
def test_a_row_that_tells_of_no_event_says_why(changed: dict[str, Any], reason: str) -> None:
    assert event_of(a_row("log", "", **changed), SIDE) == reason


@pytest.mark.parametrize(("seconds", "machine"), [(1, True), (2, True), (4, False)])
def test_an_open_at_the_moment_of_the_machine_s_open_is_its(seconds: int, machine: bool) -> None:
    row = a_row("link", "open", "6", tstamp=f"2026-09-01T10:00:{1 + seconds:02}-05:00")
    found = event_of(row, SIDE)
    assert isinstance(found, Event)
    assert found.machine is machine


def test_both_ends_of_a_stay_are_joined() -> None:
    assert (
        read("contact-automation", "start", "31").enrolment == read("contact-automation", "end", "31").enrolment == "31"
    )


def test_what_did_not_come_along_leaves_its_id() -> None:
    found = event_of(a_row("campaign", "reply", "77"), side_of({}))
    assert isinstance(found, Event)
    assert (found.source, found.source_id, found.campaign) == ("", "77", "77")


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
keys = st.sampled_from([*a_row("", ""), "reference", "reference_type"])
models = st.sampled_from(["log", "link", "campaign", "contact-list", "contact-automation", "deal", "contact-email"])


@given(st.dictionaries(keys, values), st.dictionaries(st.sampled_from(list(ANSWER)), values), models)
def test_any_row_gives_an_event_or_a_reason(row: dict[str, Any], answer: dict[str, Any], model: str) -> None:
    for given_ in (row, {**a_row(model, ""), **row}, a_row(model, "") | {"reference_id": row.get("id")}):
        found = event_of(given_, side_of(answer))
        assert isinstance(found, str) or _fits(found)
        assert found == event_of(given_, side_of(answer))


def _fits(event: Event) -> bool:
    kept = {"event_id": event.event_id, "ac_id": event.ac_id, "at": event.at, "kind": event.kind.word}
    row = activity_rows.body("contoso", {**kept, "told": event.told()}, "lead", "1")
    json.dumps(row)
    return all(len((row[name] or "").encode("utf-16-le")) <= 2 * most for name, most in activity_rows.LENGTHS.items())


def test_a_row_of_dynamics_has_all_the_words() -> None:
    event = read("contact-list", "unsubscribe", "9")
    kept = {"event_id": "865", "ac_id": 7, "at": event.at, "kind": "unsubscribed", "told": event.told()}
    assert activity_rows.body("contoso", kept, "contact", "c1") == {
        "ac365_name": "Unsubscribed: Newsletter",
        "ac365_kind": 365_000_007,
        "ac365_occurredon": "2026-09-01T15:00:00Z",
        "ac365_source": "Newsletter",
        "ac365_sourceid": "2",
        "ac365_subject": None,
        "ac365_detail": "Too many mails",
        "ac365_machine": False,
        "ac365_enrolmentid": None,
        "ac365_activecampaignid": "7",
        "ac365_eventid": "contoso:865",
        "ac365_ContactId@odata.bind": "/contacts(c1)",
    }


@given(st.text(max_size=60), st.integers(1, 40))
def test_texts_are_cut_by_utf16_units_and_say_so(text: str, longest: int) -> None:
    found = activity_rows.shortened(text, longest)
    assert len(found.encode("utf-16-le")) <= 2 * longest
    assert activity_rows.shortened(found, longest) == found


def test_an_event_has_one_id_per_account() -> None:
    hosts = ("https://contoso.api-us1.com", "https://contoso.activehosted.com/", "https://fabrikam.api-us1.com")
    ids = [activity_rows.record_id(activity_rows.account_of(host), "865") for host in hosts]
    assert ids[0] == ids[1] != ids[2]


REPORT = "Return-Path: <>\r\nSubject: Back\r\n\r\nStatus: {}\r\nDiagnostic-Code: smtp; {}\r\n"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"source": REPORT.format("5.1.1", "550 User unknown")}, "Hard bounce: 550 User unknown"),
        ({"source": REPORT.format("4.2.2", "452 Mailbox full")}, "Soft bounce: 452 Mailbox full"),
        ({"code": "5.1.1", "error": "No such user"}, "Hard bounce: No such user"),
        ({"code": "48", "error": "", "source": "Return-Path: <>"}, "Soft bounce"),
    ],
)
def test_a_bounce_tells_its_type_and_reason(row: dict[str, str], told: str) -> None:
    assert bounces.reason_of(row, "Soft bounce") == told


def test_the_nearest_log_of_the_same_contact_counts() -> None:
    rows = [{"contact": "7", "tstamp": AT, "id": 1}, {"contact": "8", "tstamp": AT, "id": 2}]
    near = datetime(2026, 9, 1, 15, 0, 20, tzinfo=UTC)
    assert bounces.nearest(8, near, rows) == rows[1]
    assert bounces.nearest(9, near, rows) is None


@pytest.mark.parametrize("text", ["", None, "soon", "0000-00-00 00:00:00", "2026-09-01", 12])
def test_a_time_without_an_offset_is_none(text: object) -> None:
    assert moment_of(text) is None
