"""Campaigns, sending one to one contact, and what contacts do with it."""

import pytest


def send(api, **more):
    body = {"email": "ada@contoso.example", "campaignid": 2, "messageid": 2, "type": "mime", "action": "send", **more}
    return api("POST", "/admin/api.php", api_action="campaign_send", api_output="json", **body).get_json()


def happen(api, kind, contact="ada@contoso.example"):
    assert api("POST", "/_sim/events", {"kind": kind, "contact": contact}).status_code == 200


def feed(api, **more):
    """The feed of Ada once her contact was read."""
    api.get("contacts/1")
    return api.get("activities", contact=1, **more)


def test_campaigns_hold_strings_and_texts_for_the_eye_only_in_lists(reading):
    listed, single = reading.get("campaigns")["campaigns"][0], reading.get("campaigns/1")["campaign"]
    assert (listed["status"], listed["type"], listed["statusString"]) == ("5", "single", "Completed")
    assert (single["message_id"], "statusString" in single) == ("1", False)


def test_newest_campaign_first_on_demand(reading):
    found = reading.get("campaigns", **{"orders[sdate]": "DESC"})["campaigns"]
    assert [row["id"] for row in found] == ["2", "1"]


def test_campaign_has_links_lists_and_messages(reading):
    assert [row["link"] for row in reading.get("campaigns/1/links")["links"]] == [
        "open",
        "https://contoso.example/offer",
    ]
    assert [row["listid"] for row in reading.get("campaigns/2/campaignLists")["campaignLists"]] == ["1", "2"]
    assert reading.get("campaigns/1/campaignMessages")["campaignMessages"][0]["subject"] == "September news"
    assert reading.get("messages/1")["message"]["html"] == "<p>September news</p>"


@pytest.mark.parametrize("path", ["campaigns/1/send", "campaign"])
def test_v3_cannot_send(api, path):
    assert api("POST", path, {}).status_code in (404, 405)


@pytest.mark.parametrize("message", [2, 0])
def test_v1_sends_and_keeps_a_copy_in_the_outbox(api, message):
    assert send(api, messageid=message) == {
        "result_code": 1, "result_message": "Message sent", "result_output": "json",
    }  # fmt: skip
    sent = api.get("/_sim/outbox")["outbox"][0]
    assert (sent["email"], sent["campaign"], sent["message"], sent["action"]) == ("ada@contoso.example", 2, 2, "send")


@pytest.mark.parametrize(("action", "count"), [("send", "1"), ("copy", "0")])
def test_only_a_real_send_counts(api, action, count):
    send(api, action=action)
    assert api.get("campaigns/2")["campaign"]["send_amt"] == count
    assert api.get("contacts/1")["contact"]["sentcnt"] == count


@pytest.mark.parametrize(
    "more",
    [{"email": "dov@contoso.example"}, {"campaignid": 99}, {"messageid": 1}, {"type": "fax"}, {"action": "shout"},
     {"email": "cleo@fabrikam.example"}, {"campaignid": 1, "messageid": 1}],
)  # fmt: skip
def test_v1_fails_with_http_200(api, more):
    assert send(api, **more)["result_code"] == 0
    assert api.get("/_sim/outbox")["outbox"] == []


@pytest.mark.parametrize("kind", ["unsubscribe", "bounce"])
def test_nothing_is_sent_to_who_left_or_bounced(account, api, kind):
    account.campaigns.rows[1]["lists"] = [1]
    happen(api, kind)
    assert send(api)["result_code"] == 0


def test_v1_takes_the_key_as_a_parameter(client):
    answers = [client.get(f"/admin/api.php?api_action=user_me&api_key={key}") for key in ("simulated-key", "wrong")]
    assert [each.get_json()["result_code"] for each in answers] == [1, 0]


@pytest.mark.parametrize("status", [404, 410])
def test_v1_may_be_gone(account, api, status):
    account.switches.update(v1=False, v1_gone_status=status)
    assert api("GET", "/admin/api.php", api_action="user_me").status_code == status


@pytest.mark.parametrize(("kind", "date"), [("open", "last_open_date"), ("click", "last_click_date")])
@pytest.mark.parametrize("moves", [False, True])
def test_opens_and_clicks_move_other_dates_than_udate(account, api, clock, kind, date, moves):
    account.switches["opens_move_udate"] = moves
    clock.advance(60)
    happen(api, kind)
    row, now = api.get("contacts/1")["contact"], "2026-09-01T03:01:00-05:00"
    assert (row[date], row["edate"], row["updated_timestamp"]) == (now, now, "2026-09-01 03:01:00")
    assert (row["udate"] == now) is moves


@pytest.mark.parametrize(("kind", "hard", "soft"), [("bounce", "1", "0"), ("soft_bounce", "0", "1")])
def test_bounces_are_counted_and_logged(api, kind, hard, soft):
    happen(api, kind)
    row = api.get("contacts/1")["contact"]
    assert (row["bounced_hard"], row["bounced_soft"], row["bounced_date"]) == (hard, soft, "2026-09-01T03:00:00-05:00")
    log = api.get("contacts/1/bounceLogs")["bounceLogs"][0]
    assert (log["contact"], log["campaignid"], log["email"]) == ("1", "1", "ada@contoso.example")
    assert api.get("bounceLogs")["meta"]["total"] == "1"


def test_who_unsubscribes_leaves_the_lists_of_the_campaign_with_a_reason(api):
    happen(api, "unsubscribe")
    row = next(row for row in api.get("contacts/1/contactLists")["contactLists"] if row["list"] == "2")
    assert (row["status"], row["campaign"], row["message"], row["unsubreason"]) == ("2", "1", "1", "Too many mails")
    assert [each["id"] for each in api.get("contacts", listid=2, status=2)["contacts"]] == ["1"]


@pytest.mark.parametrize(
    ("kind", "model", "action"),
    [("sent", "log", ""), ("open", "link", "open"), ("click", "link", "click"), ("bounce", "log", "bounce"),
     ("unsubscribe", "contact-list", "unsubscribe"), ("forward", "campaign", "forward"), ("share", "campaign", "share"),
     ("reply", "campaign", "reply")],
)  # fmt: skip
def test_feed_names_what_happened(api, kind, model, action):
    happen(api, kind)
    row = feed(api)["activities"][0]
    assert (row["referenceModelName"], row["reference_action"], row["subscriberid"]) == (model, action, "1")
    assert row["reference"] == {"type": model, "id": row["reference_id"]}


@pytest.mark.parametrize(("needed", "total"), [(True, "0"), (False, "1")])
def test_feed_is_made_when_the_contact_is_read(account, api, needed, total):
    account.switches["activities_need_contact_read"] = needed
    happen(api, "open")
    assert api.get("activities", contact=1)["meta"]["total"] == total
    assert feed(api)["meta"]["total"] == "1"


def test_what_happens_after_the_reading_waits_for_the_next(api):
    happen(api, "open")
    feed(api)
    happen(api, "click")
    assert api.get("activities", contact=1)["meta"]["total"] == "1"
    assert feed(api)["meta"]["total"] == "2"


def test_feed_without_contact_is_that_of_all_who_were_read(api):
    happen(api, "open")
    happen(api, "open", "cleo@fabrikam.example")
    feed(api)
    assert [row["subscriberid"] for row in api.get("activities")["activities"]] == ["1"]


def test_feed_is_cut_by_time_and_turned_round(api, clock):
    for kind in ("sent", "open", "click"):
        happen(api, kind)
        clock.advance(60)
    rows = feed(api, after="2026-09-01T03:00:00-05:00", **{"orders[tstamp]": "DESC"})["activities"]
    assert [row["reference_action"] for row in rows] == ["click", "open"]


def test_feed_brings_its_references_along(api):
    send(api)
    happen(api, "click")
    happen(api, "unsubscribe")
    answer = feed(api, include="reference,reference.log.campaign,reference.link,reference.contactList.list")
    assert (answer["logs"][0]["campaignid"], answer["links"][0]["link"]) == ("2", "https://contoso.example/offer")
    # No include leads from a link to its campaign.
    assert [row["id"] for row in answer["campaigns"]] == ["2"]
    assert (answer["contactLists"][0]["status"], answer["lists"][0]["name"]) == ("2", "Newsletter")


def test_a_bounce_speaks_of_its_mail_and_the_log_says_why(api):
    send(api)
    api("POST", "/_sim/events", {"kind": "soft_bounce", "contact": 1, "campaign": 2})
    answer = feed(api, include="reference,reference.log,reference.log.campaign")
    sent, bounced = answer["activities"]
    assert (bounced["reference_action"], bounced["reference_id"]) == ("bounce", sent["reference_id"])
    assert "Status: 4.2.2" in api.get("bounceLogs")["bounceLogs"][0]["source"]


def test_a_machine_s_open_has_a_date_of_its_own(api):
    happen(api, "machine_open")
    row = api.get("contacts/1")["contact"]
    assert (row["last_mpp_open_date"], row["last_open_date"]) == ("2026-09-01T03:00:00-05:00", None)
    assert feed(api)["activities"][0]["reference_action"] == "open"


def test_what_is_too_young_is_not_in_the_feed_that_a_reading_makes(account, api, clock):
    account.switches["activities_lag_s"] = 5
    happen(api, "open")
    assert feed(api)["meta"]["total"] == "0"
    clock.advance(5)
    assert api.get("activities", contact=1)["meta"]["total"] == "0"
    assert feed(api)["meta"]["total"] == "1"


@pytest.mark.parametrize(("how", "status"), [("served", 200), ("empty", 200), ("refused", 422)])
def test_the_feed_of_everybody_may_be_empty_or_refused(account, api, how, status):
    account.switches["activities_without_contact"] = how
    happen(api, "open")
    feed(api)
    answer = api("GET", "activities")
    assert answer.status_code == status
    assert len(answer.get_json().get("activities", [])) == (how == "served")


def test_feed_without_include_brings_contacts_only(api):
    happen(api, "click")
    assert sorted(feed(api)) == ["activities", "activityRecipients", "contacts", "meta"]


@pytest.mark.parametrize(("path", "switch"), [("linkData", "link_data"), ("messageActivities", "message_activities")])
@pytest.mark.parametrize("present", [True, False])
def test_logs_that_some_accounts_lack(account, api, path, switch, present):
    account.switches[switch] = present
    happen(api, "sent")
    happen(api, "click")
    answer = api("GET", path)
    assert answer.status_code == (200 if present else 404)
    assert not present or answer.get_json()[path][0]["contact"] == "1"


def test_unknown_event_or_contact_is_told(api):
    assert api("POST", "/_sim/events", {"kind": "telepathy", "contact": 1}).status_code == 404
    assert api("POST", "/_sim/events", {"kind": "open", "contact": "dov@contoso.example"}).status_code == 404
