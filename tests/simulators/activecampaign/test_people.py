"""What contacts do themselves, what bounces do to them, and an automation that calls an address."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from flask import Flask, Response, request

from simulators.common.server import Server

ADA = "ada@contoso.example"


def lists_of(api, number=1):
    return {row["list"]: row for row in api.get(f"contacts/{number}/contactLists")["contactLists"]}


def submit(api, email=ADA, lists=(1,), **more):
    return api("POST", "/_sim/form", {"email": email, "lists": list(lists), **more})


def leave(api, contact=ADA, **more):
    return api("POST", "/_sim/unsubscribe", {"contact": contact, **more})


def test_who_leaves_leaves_every_list_with_date_and_reason(api, clock):
    submit(api, lists=[2])
    clock.advance(60)
    assert leave(api, reason="Too many").get_json() == {"lists": [1, 2]}
    rows = lists_of(api)
    assert {number: row["status"] for number, row in rows.items()} == {"1": "2", "2": "2"}
    assert (rows["1"]["unsubreason"], rows["1"]["udate"]) == ("Too many", "2026-09-01T03:01:00-05:00")
    assert api.get("contacts/1")["contact"]["udate"] == "2026-09-01T03:01:00-05:00"


def test_who_left_before_does_not_leave_again(api):
    leave(api)
    assert leave(api).get_json() == {"lists": []}


def test_form_makes_a_contact_and_names_itself(account, api):
    made = submit(api, "dov@contoso.example", lists=[2], form=7, set={"firstName": "Dov"}, fields={"CITY": "Hull"})
    number = made.get_json()["id"]
    row = lists_of(api, number)["2"]
    assert (row["status"], row["form"]) == ("1", "7")
    assert (account.contact("dov@contoso.example").first, account.values_of("dov@contoso.example")) == (
        "Dov",
        {"CITY": "Hull"},
    )


def test_form_subscribes_again_who_had_left(api, clock):
    leave(api)
    clock.advance(60)
    submit(api)
    row = lists_of(api)["1"]
    assert (row["status"], row["sdate"]) == ("1", "2026-09-01T03:01:00-05:00")


def test_double_opt_in_waits_unconfirmed_and_starts_nothing(api):
    submit(api, lists=[2], double_opt_in=True)
    assert lists_of(api)["2"]["status"] == "3"
    assert api.get("contacts/1/contactAutomations")["contactAutomations"] == []


@pytest.mark.parametrize(
    ("path", "given"),
    [("form", {"email": ADA, "lists": [99]}), ("form", {"email": ADA, "lists": [1], "fields": {"SHOE": "1"}}),
     ("unsubscribe", {"contact": "nobody@contoso.example"}), ("run_webhook", {"contact": 99, "url": "http://x"})],
)  # fmt: skip
def test_what_is_unknown_is_404(account, api, path, given):
    assert api("POST", f"/_sim/{path}", given).status_code == 404


def test_form_that_was_refused_makes_nobody(account, api):
    submit(api, "dov@contoso.example", lists=[99])
    assert account.contact("dov@contoso.example") is None


@pytest.mark.parametrize("status", [0, 1, 2, 3, "1"])
def test_states_of_a_list(api, status):
    row = {"list": 2, "contact": 1, "status": status}
    assert api("POST", "contactLists", {"contactList": row}).status_code == 200
    assert lists_of(api)["2"]["status"] == str(status)


@pytest.mark.parametrize("status", [4, -1, "", None, True])
def test_other_states_are_refused(api, status):
    answer = api("POST", "contactLists", {"contactList": {"list": 2, "contact": 1, "status": status}})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("kind", "shown", "switch"), [("bounce", "1", None), ("bounce", "3", 3), ("soft_bounce", "1", 3)]
)
def test_hard_bounce_shows_on_lists_only_where_the_account_says_so(account, api, kind, shown, switch):
    account.switches["hard_bounce_list_status"] = switch
    api("POST", "/_sim/events", {"kind": kind, "contact": 1})
    assert lists_of(api)["1"]["status"] == shown


def test_bounce_leaves_who_left_as_he_was(account, api):
    account.switches["hard_bounce_list_status"] = 3
    leave(api)
    api("POST", "/_sim/events", {"kind": "bounce", "contact": 1})
    assert lists_of(api)["1"]["status"] == "2"


@pytest.mark.parametrize(("causes", "found"), [([], 0), (["bounce"], 1)])
def test_bounce_is_seen_by_date_only_where_it_moves_udate(account, api, clock, causes, found):
    account.switches["udate_moves_on"] = causes
    clock.advance(60)
    api("POST", "/_sim/events", {"kind": "bounce", "contact": 1})
    changed = api.get("contacts", **{"filters[updated_after]": "2026-09-01T08:00:30Z"})["contacts"]
    assert len(changed) == found
    assert [row["bounced_hard"] for row in api.get("contacts", email=ADA)["contacts"]] == ["1"]


@pytest.fixture(scope="module")
def heard():
    """What a server is sent, as forms. It answers with 410."""
    forms, app = [], Flask("hook")

    @app.post("/hook")
    def take():
        forms.append(parse_qs(request.get_data(as_text=True), keep_blank_values=True))
        return Response("", 410)

    with Server(app) as server:
        yield server.url, forms


def test_automation_posts_the_contact_once_and_files_the_answer(account, api, heard):
    url, forms = heard
    api("POST", "/_sim/run_webhook", {"contact": ADA, "url": f"{url}/hook?key=1"})
    assert account.courier.wait_idle(5)
    [form] = forms
    assert (form["type"], form["initiated_from"], form["contact[id]"]) == (["update"], ["system"], ["1"])
    assert form["contact[email]"] == [ADA]
    assert form["contact[fields][job_title]"] == ["Countess"]
    [delivery] = api.get("/_sim/deliveries")["deliveries"]
    assert (delivery["event"], delivery["status"]) == ("automation", 410)


def test_automation_that_reaches_nobody_does_not_try_again(account, api):
    api("POST", "/_sim/run_webhook", {"contact": 1, "url": "http://127.0.0.1:9/hook", "type": "subscribe"})
    assert account.courier.wait_idle(5)
    assert [each["status"] for each in api.get("/_sim/deliveries")["deliveries"]] == [0]
