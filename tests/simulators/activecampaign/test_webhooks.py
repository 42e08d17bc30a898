"""Webhooks: who is told what, and what becomes of deliveries that fail."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from flask import Flask, Response, request

from simulators.common.posting import send
from simulators.common.server import Server


class Listener:
    """A server that keeps what it is sent and answers with `status`."""

    def __init__(self):
        self.seen, self.status = [], 200
        app = Flask("listener")
        app.add_url_rule("/<path:_>", view_func=self._take, methods=["GET", "POST"])
        self.server = Server(app)

    def _take(self, _):
        self.seen.append((request.method, request.headers, request.get_data(as_text=True), request.query_string))
        return Response("", self.status)

    def forms(self):
        return [{key: values[0] for key, values in parse_qs(each[2], True).items()} for each in self.seen]


@pytest.fixture(scope="module")
def hearing():
    listener = Listener()
    with listener.server:
        yield listener


@pytest.fixture
def listener(hearing, account):
    hearing.seen.clear()
    hearing.status = 200
    account.switches.update(webhook_https_only=False, webhook_duplicates=0.0)
    return hearing


def listen(api, listener, *events, sources=("public", "admin", "system"), **more):
    hook = {"name": "sync", "url": f"{listener.server.url}/hook", "events": [*events], "sources": [*sources], **more}
    return api("POST", "webhooks", {"webhook": hook})


def told(account, listener):
    """The forms received once everything posted was delivered."""
    assert account.courier.wait_idle(5)
    return listener.forms()


def edit(api, **more):
    return api("POST", "/_sim/edit", {"contact": "ada@contoso.example", **more})


def test_webhook_answers_201_and_is_listed(api, listener):
    hook = listen(api, listener, "update").get_json()["webhook"]
    assert (hook["id"], hook["listid"], hook["events"]) == ("1", "0", ["update"])
    assert api.get("webhooks")["webhooks"] == [hook]
    assert api.get("webhooks", **{"filters[name]": "other"})["webhooks"] == []


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": ""}, "name"), ({"events": []}, "events"), ({"events": ["contact_delete"]}, "events"),
     ({"sources": ["martian"]}, "events"), ({"url": ""}, "url")],
)  # fmt: skip
def test_webhook_is_checked(api, listener, more, field):
    hook = {"name": "x", "url": "https://sync.contoso.example/hook", "events": ["update"], "sources": ["api"], **more}
    answer = api("POST", "webhooks", {"webhook": hook})
    error = answer.get_json()["errors"][0]
    assert (answer.status_code, error["source"]["pointer"]) == (422, f"/data/attributes/{field}")


@pytest.mark.parametrize(
    ("url", "status"),
    [("https://sync.contoso.example/hook", 201), ("https://sync.contoso.example:443/hook", 201),
     ("http://sync.contoso.example/hook", 422), ("https://sync.contoso.example:8443/hook", 422)],
)  # fmt: skip
def test_only_https_on_its_own_port(api, url, status):
    hook = {"name": "x", "url": url, "events": ["update"], "sources": ["admin"]}
    assert api("POST", "webhooks", {"webhook": hook}).status_code == status


def test_events_are_listed_without_those_of_the_prose(reading):
    answer = reading.get("webhook/events")
    assert (len(answer["webhookEvents"]), answer["meta"]["total"]) == (25, 25)
    assert "account_update" not in answer["webhookEvents"]


def test_edit_by_a_person_is_told_as_a_form(account, api, listener):
    listen(api, listener, "update")
    edit(api, set={"firstName": "Augusta & Co"})
    [form] = told(account, listener)
    assert form | {"contact[ip]": ""} == {
        "type": "update", "date_time": "2026-09-01T03:00:00-05:00", "initiated_from": "admin",
        "initiated_by": "admin", "list": "0", "contact[id]": "1", "contact[email]": "ada@contoso.example",
        "contact[first_name]": "Augusta & Co", "contact[last_name]": "Byron", "contact[phone]": "+44 20 7946 0958",
        "contact[tags]": "vip", "contact[orgname]": "", "contact[customer_acct_name]": "", "contact[ip]": "",
        "contact[fields][job_title]": "Countess",
    }  # fmt: skip


@pytest.mark.parametrize(("keys", "name"), [("perstag", "job_title"), ("id", "1")])
def test_fields_are_named_by_perstag_or_id(account, api, listener, keys, name):
    account.switches["webhook_field_keys"] = keys
    listen(api, listener, "update")
    edit(api, set={"phone": ""})
    assert told(account, listener)[0][f"contact[fields][{name}]"] == "Countess"


@pytest.mark.parametrize(("sources", "count"), [(["public", "admin", "system"], 0), (["api"], 1)])
def test_writes_through_the_api_are_told_only_to_who_asked(account, api, listener, sources, count):
    listen(api, listener, "update", sources=sources)
    api.sync(firstName="Augusta")
    assert len(told(account, listener)) == count


def test_mass_import_tells_nobody(account, api, listener):
    listen(api, listener, "update", "subscribe", "contact_tag_added", "account_add", sources=["api", "system", "admin"])
    row = {"email": "ada@contoso.example", "tags": ["x"], "subscribe": [{"listid": 2}], "customer_acct_name": "Contoso"}
    api("POST", "import/bulk_import", {"contacts": [row]})
    account.settle()
    assert (told(account, listener), account.tags_of("ada@contoso.example")) == ([], {"vip", "x"})


def test_deletion_tells_nobody(account, api, listener):
    listen(api, listener, "update", "unsubscribe")
    edit(api, delete=True)
    assert told(account, listener) == []


@pytest.mark.parametrize(
    ("change", "event", "extra"),
    [
        ({"tags": {"add": ["[D365: Lead]"]}}, "contact_tag_added", {"tag": "[D365: Lead]"}),
        ({"tags": {"remove": ["vip"]}}, "contact_tag_removed", {"tag": "vip"}),
        ({"lists": {"2": 1}}, "subscribe", {"list": "2", "form[id]": "0"}),
        ({"lists": {"1": 2}}, "unsubscribe", {"list": "1"}),
    ],
)
def test_other_edits_have_events_of_their_own(account, api, listener, change, event, extra):
    listen(api, listener, event)
    edit(api, **change)
    [form] = told(account, listener)
    assert form | extra | {"type": event} == form


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("open", {"campaign[id]": "1", "campaign[message][subject]": "September news"}),
        ("click", {"link[url]": "https://contoso.example/offer"}),
        ("bounce", {"bounce[type]": "hard", "bounce[code]": "5.1.1"}),
        ("unsubscribe", {"unsubscribe[reason]": "Too many mails", "list": "2"}),
        ("forward", {"forward[count]": "1"}),
        ("share", {"share[network]": "facebook"}),
        ("reply", {"message": "Thank you"}),
    ],
)
def test_mail_events_name_the_contact(account, api, listener, kind, extra):
    listen(api, listener, kind)
    api("POST", "/_sim/events", {"kind": kind, "contact": 1})
    [form] = told(account, listener)
    assert form | extra | {"contact[id]": "1"} == form


def test_sent_names_no_contact(account, api, listener):
    listen(api, listener, "sent")
    api("POST", "/_sim/events", {"kind": "sent", "contact": 1})
    [form] = told(account, listener)
    assert (form["campaign[id]"], any(key.startswith("contact") for key in form)) == ("1", False)


def test_account_events(account, api, listener):
    listen(api, listener, "account_add", "account_update")
    api("POST", "/_sim/edit", {"account": "Contoso", "create": True})
    assert [form["type"] for form in told(account, listener)] == ["account_add", "account_update"]


@pytest.mark.parametrize(("listid", "count"), [(0, 1), (2, 1), (1, 0)])
def test_webhook_of_a_list_hears_of_that_list(account, api, listener, listid, count):
    listen(api, listener, "subscribe", listid=listid)
    edit(api, lists={"2": 1})
    assert len(told(account, listener)) == count


def test_webhook_of_a_list_hears_of_every_tag(account, api, listener):
    listen(api, listener, "contact_tag_added", listid=2)
    edit(api, tags={"add": ["x"]})
    assert len(told(account, listener)) == 1


def test_failed_delivery_is_not_repeated(account, api, listener):
    listener.status = 500
    listen(api, listener, "update")
    edit(api, set={"phone": "1"})
    assert len(told(account, listener)) == 1
    assert api.get("/_sim/deliveries")["deliveries"][0]["status"] == 500


def test_http_410_switches_the_webhook_off(account, api, listener):
    listener.status = 410
    listen(api, listener, "update")
    for _ in range(2):
        edit(api, set={"phone": "1"})
        told(account, listener)
    assert (len(listener.seen), api.get("webhooks/1")["webhook"]["state"]) == (1, "inactive")


@pytest.mark.parametrize(("switch", "count"), [("webhook_duplicates", 2), ("webhook_loss", 0)])
def test_deliveries_double_and_get_lost(account, api, listener, switch, count):
    account.switches[switch] = 1.0
    listen(api, listener, "update")
    edit(api, set={"phone": "1"})
    assert len(told(account, listener)) == count


def test_deliveries_overtake_each_other(account, api, listener, clock):
    account.switches["webhook_disorder_s"] = 60.0
    listen(api, listener, "update")
    for number in range(8):
        edit(api, set={"phone": str(number)})
    clock.advance(60)
    phones = [form["contact[phone]"] for form in told(account, listener)]
    assert phones != sorted(phones)
    assert sorted(phones) == [*"01234567"]


def test_webhook_is_changed_and_deleted(api, listener):
    listen(api, listener, "update")
    assert api("PUT", "webhooks/1", {"webhook": {"name": "other"}}).get_json()["webhook"]["name"] == "other"
    assert api("DELETE", "webhooks/1").get_json() == {}
    assert api("GET", "webhooks/1").status_code == 404


def test_name_and_password_of_an_address_become_a_header(listener):
    assert send(listener.server.url.replace("http://", "http://user:secret@") + "/hook", b"", {}) == 200
    assert listener.seen[0][1]["Authorization"] == "Basic dXNlcjpzZWNyZXQ="


def test_address_where_nobody_listens_is_status_0():
    assert send("http://127.0.0.1:9/hook", b"", {}) == 0


@pytest.mark.parametrize(("kind", "place"), [("POST", 2), ("GET", 3)])
def test_import_calls_back_once(account, api, listener, kind, place):
    callback = {
        "url": f"{listener.server.url}/done", "requestType": kind, "detailed_results": "true",
        "params": [{"key": "job", "value": "42"}], "headers": [{"key": "X-Secret", "value": "s"}],
    }  # fmt: skip
    api("POST", "import/bulk_import", {"contacts": [{"email": "ben@contoso.example"}], "callback": callback})
    told(account, listener)
    [seen] = listener.seen
    assert (seen[0], seen[1]["X-Secret"]) == (kind, "s")
    assert "job=42&success=1&failure=0" in str(seen[place])
