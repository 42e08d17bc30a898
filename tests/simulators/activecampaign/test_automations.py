"""Entering and leaving automations."""

import pytest

NURTURE, WELCOME = "1", "2"


def enrol(api, automation=NURTURE, contact="1"):
    return api("POST", "contactAutomations", {"contactAutomation": {"contact": contact, "automation": automation}})


def test_automations_are_listed_with_strings(reading):
    answer = reading.get("automations")
    row = answer["automations"][0]
    assert (row["id"], row["name"], row["status"], row["multientry"]) == ("1", "Nurture", "1", "1")
    assert (answer["meta"]["total"], answer["meta"]["starts"][0]["series"]) == ("2", "1")
    assert reading.get("automations/1")["automation"]["name"] == "Nurture"


def test_entry_answers_201_with_its_progress(api):
    answer = enrol(api)
    row = answer.get_json()["contactAutomation"]
    assert (answer.status_code, row["contact"], row["seriesid"]) == (201, "1", "1")
    assert (row["status"], row["completed"], row["completeValue"]) == (1, 0, 50)


@pytest.mark.parametrize(
    ("automation", "again_always", "status"), [(NURTURE, False, 201), (WELCOME, False, 403), (WELCOME, True, 201)]
)
def test_second_entry(account, api, automation, again_always, status):
    account.switches["reenter_always"] = again_always
    enrol(api, automation)
    assert enrol(api, automation).status_code == status


@pytest.mark.parametrize(("automation", "contact"), [("99", "1"), (NURTURE, "99")])
def test_entry_that_cannot_be_is_403(api, automation, contact):
    answer = enrol(api, automation, contact)
    assert (answer.status_code, answer.get_json()) == (403, {"message": "Could not create SubscriberSeries"})


def test_inactive_automation_lets_nobody_in(account, api):
    account.automations.rows[1]["status"] = 2
    assert enrol(api).status_code == 403


def test_leaving_keeps_the_row(api, clock):
    enrol(api)
    clock.advance(60)
    assert api("DELETE", "contactAutomations/1").get_json() == {}
    row = api.get("contacts/1/contactAutomations")["contactAutomations"][0]
    assert (row["status"], row["completed"], row["remdate"]) == ("2", 1, "2026-09-01T03:01:00-05:00")


def test_unknown_entry_is_403_for_delete(api):
    answer = api("DELETE", "contactAutomations/9")
    message = {"message": "No Result found for SubscriberSeries with id 9"}
    assert (answer.status_code, answer.get_json()) == (403, message)


def test_entries_are_counted_per_automation(api):
    for _ in range(2):
        enrol(api)
    counts = api.get("contacts/1/automationEntryCounts")["automationEntryCounts"]
    assert counts == [{"id": "1", "name": "Nurture", "status": "1", "hidden": "0", "contactEntryCount": "2"}]


def test_entries_of_the_account_ignore_filters(api):
    enrol(api)
    assert api.get("contactAutomations", **{"filters[contact]": 99})["meta"]["total"] == "1"


def test_joining_a_list_starts_what_waits_for_it(api):
    api("POST", "contactLists", {"contactList": {"list": 2, "contact": 1, "status": 1}})
    assert api.get("contacts/1/contactAutomations")["contactAutomations"][0]["automation"] == WELCOME


def test_contacts_of_an_automation_are_found(api):
    enrol(api)
    assert [row["id"] for row in api.get("contacts", seriesid=1)["contacts"]] == ["1"]


def build(api, **given):
    return api("POST", "/_sim/automations", {"name": "Invitation", "multientry": 1, "sends": 1, **given}).get_json()[
        "id"
    ]


def outbox(api):
    return api("GET", "/_sim/outbox").get_json()["outbox"]


def test_an_automation_that_sends_puts_one_mail_into_the_outbox_and_is_over(api):
    number = build(api)
    assert enrol(api, number).status_code == 201
    assert [(row["email"], row["automation"]) for row in outbox(api)] == [("ada@contoso.example", number)]
    assert api.get("contacts/1/contactAutomations")["contactAutomations"][0]["status"] == "2"


@pytest.mark.parametrize("away", ["unsubscribe", "bounce"])
def test_nothing_is_sent_to_somebody_who_left_or_bounced(api, away):
    number = build(api)
    if away == "bounce":
        api("POST", "/_sim/events", {"kind": "bounce", "contact": 1})
    else:
        api("POST", "/_sim/unsubscribe", {"contact": 1})
    assert enrol(api, number).status_code == 201
    assert outbox(api) == []


def test_an_inactive_automation_lets_nobody_in(api):
    assert enrol(api, build(api, status=2)).status_code == 403


def test_an_entry_may_show_late(account, api, clock):
    account.switches["enrolment_list_lag_s"] = 5
    enrol(api)
    assert api.get("contacts/1/contactAutomations")["contactAutomations"] == []
    clock.advance(5)
    assert len(api.get("contacts/1")["contactAutomations"]) == 1
