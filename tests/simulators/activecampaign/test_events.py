"""Event tracking: everything is answered with 200, little of it is kept."""

import json

import pytest

from simulators.activecampaign.routes.events import ACCOUNT_ID, EVENT_KEY

NAME = "D365 Opportunity Updated"


@pytest.fixture
def tracking(api):
    api("PUT", "eventTracking", {"eventTracking": {"enabled": True}})
    api("POST", "eventTrackingEvents", {"eventTrackingEvent": {"name": NAME}})
    return api


def spawn(client, email="ada@contoso.example", **more):
    visit = json.dumps({"email": email})
    return client.post("/event", data={"actid": ACCOUNT_ID, "key": EVENT_KEY, "event": NAME, "visit": visit, **more})


def kept(api):
    return api.get("contacts/1/trackingLogs")["trackingLogs"]


def test_fresh_account_tracks_nothing(api, client):
    assert api.get("eventTracking") == {"eventTracking": {"enabled": False}}
    assert (spawn(client).get_json()["success"], kept(api)) == (1, [])


def test_event_is_kept_with_its_data(tracking, client):
    assert spawn(client, eventdata="x" * 300).get_json() == {"success": 1, "message": "Event spawned"}
    row = kept(tracking)[0]
    assert (row["type"], row["value"], row["contact"]) == (NAME, "x" * 255, "1")
    assert tracking.get("trackingLogs/1/contact")["contact"]["email"] == "ada@contoso.example"


def test_every_call_makes_another_event(tracking, client):
    for _ in range(2):
        spawn(client)
    assert len(kept(tracking)) == 2


@pytest.mark.parametrize(
    "more",
    [{"key": "simulated-key"}, {"actid": "1"}, {"event": ""}, {"event": "x" * 33}, {"visit": "ada@contoso.example"},
     {"email": "dov@contoso.example"}],
)  # fmt: skip
@pytest.mark.parametrize(("kind", "failed"), [("json", '"success":0'), ("text", "0")])
def test_failure_is_a_200_too(account, tracking, client, more, kind, failed):
    account.switches["event_answer"] = kind
    answer = spawn(client, **more)
    assert (answer.status_code, failed in answer.get_data(as_text=True), kept(tracking)) == (200, True, [])


def test_answer_may_be_plain_text(account, tracking, client):
    account.switches["event_answer"] = "text"
    assert spawn(client).get_data() == b"1"


@pytest.mark.parametrize("name", ["Unregistered", NAME.lower()])
def test_name_that_was_not_registered_is_dropped_in_silence(tracking, client, name):
    assert (spawn(client, event=name).get_json()["success"], kept(tracking)) == (1, [])


def test_names_are_registered_once_and_forgotten(tracking):
    tracking("POST", "eventTrackingEvents", {"eventTrackingEvent": {"name": NAME}})
    answer = tracking.get("eventTrackingEvents")
    assert answer == {"eventTrackingEvents": [{"name": "__pagevisit"}, {"name": NAME}], "meta": {"total": 2}}
    assert tracking("DELETE", f"eventTrackingEvents/{NAME}").get_json() == {}
    assert tracking("DELETE", f"eventTrackingEvents/{NAME}").status_code == 404


def test_endpoint_has_a_limit_of_its_own(account, tracking, client, clock):
    assert [spawn(client).status_code for _ in range(6)] == [200] * 5 + [429]
    clock.advance(1)
    assert spawn(client).status_code == 200
