"""Webhooks of Dataverse: what endpoints are told, when, and what becomes of posts that fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, request
from support.dynamics_hand import BEN, Hand

from simulators.common.server import Server
from simulators.dynamics import seed

OPTION = {"__type": "OptionSetValue:http://schemas.microsoft.com/xrm/2011/Contracts", "Value": 8}


@dataclass
class Endpoint:
    """A server that keeps what it is sent, and answers with the next of `statuses`, then with 202."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def take(self) -> Response:
        self.seen.append(request.get_json())
        self.queries.append(request.args.to_dict())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        return Response("", self.statuses.pop(0) if self.statuses else 202)


@pytest.fixture
def endpoint(hand: Hand) -> Iterator[Endpoint]:
    made, app = Endpoint(), Flask("endpoint")
    app.add_url_rule("/hook", view_func=made.take, methods=["POST"])
    with Server(app) as server:
        made.url = f"{server.url}/hook"
        yield made
        assert hand.state.hooks.courier.wait_idle(5)


def listen(admin: Hand, endpoint: Endpoint, message: str, **more: Any) -> str:
    """Registers a step on leads; answers with its id."""
    hook = admin.make("serviceendpoints", name="hook", url=endpoint.url, contract=8, authtype=4,
                      authvalue="a secret&", connectionmode=1, messageformat=2)  # fmt: skip
    sent = admin.find("sdkmessages", f"name eq '{message}'", "sdkmessageid")[0]
    where = f"primaryobjecttypecode eq 'lead' and _sdkmessageid_value eq {sent}"
    heard = admin.find("sdkmessagefilters", where, "sdkmessagefilterid")[0]
    step = {"name": f"lead {message}", "stage": 40, "mode": 1, "rank": 1, "supporteddeployment": 0,
            "asyncautodelete": True, "sdkmessageid@odata.bind": f"/sdkmessages({sent})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({heard})",
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({hook})", **more}  # fmt: skip
    return admin.make("sdkmessageprocessingsteps", **step)


def told(hand: Hand, endpoint: Endpoint) -> list[dict[str, Any]]:
    """What was received once everything was delivered."""
    assert hand.state.hooks.courier.wait_idle(5)
    return endpoint.seen


def attributes(context: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in context["InputParameters"][0]["value"]["Attributes"]}


def test_a_new_row_is_told_with_the_key_in_the_address(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Create")
    made = hand.make("leads", lastname="Berg", leadsourcecode=8, revenue=12.5, donotemail=True,
                     **{"parentcontactid@odata.bind": "/contacts(ada00000-0000-4000-8000-000000000001)"})  # fmt: skip
    [context] = told(hand, endpoint)
    assert endpoint.queries == [{"code": "a secret&"}]
    assert (context["MessageName"], context["PrimaryEntityName"], context["PrimaryEntityId"]) == (
        "Create",
        "lead",
        made,
    )
    assert (context["Mode"], context["Stage"], context["Depth"]) == (1, 40, 1)
    assert context["BusinessUnitId"] == seed.ROOT_UNIT
    seen = attributes(context)
    assert (seen["lastname"], seen["leadsourcecode"], seen["donotemail"]) == ("Berg", OPTION, True)
    assert seen["revenue"]["Value"] == 12.5
    assert seen["parentcontactid"]["LogicalName"] == "contact"
    assert seen["leadid"] == made


def test_headers_tell_what_it_is_about(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Update")
    hand.send("PATCH", f"leads({BEN})", {"lastname": "Berg"})
    told(hand, endpoint)
    headers = endpoint.headers[0]
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["x-ms-dynamics-entity-name"] == "lead"
    assert headers["x-ms-dynamics-request-name"] == "Update"
    assert headers["x-ms-correlation-request-id"] == endpoint.seen[0]["CorrelationId"]
    assert "x-ms-dynamics-msg-size-exceeded" not in headers


def test_an_update_tells_what_was_changed_and_by_whom(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Update")
    admin.edit({"table": "lead", "id": BEN, "set": {"jobtitle": "Head"}})
    [context] = told(hand, endpoint)
    assert attributes(context) == {"jobtitle": "Head", "leadid": BEN}
    assert context["InitiatingUserId"] == seed.ADMIN


def test_a_filter_leaves_other_changes_out(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Update", filteringattributes="lastname, emailaddress1")
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "Head"})
    hand.send("PATCH", f"leads({BEN})", {"emailaddress1": "ben@berg.example"})
    assert [attributes(one)["emailaddress1"] for one in told(hand, endpoint)] == ["ben@berg.example"]


def test_of_a_deleted_row_the_reference_is_told(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Delete")
    assert admin.send("DELETE", f"leads({BEN})").status_code == 204
    [context] = told(hand, endpoint)
    target = context["InputParameters"][0]["value"]
    assert (target["LogicalName"], target["Id"]) == ("lead", BEN)
    assert "Attributes" not in target


def test_what_did_not_happen_is_not_told(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Create")
    assert hand.send("POST", "leads", {"lastname": 5}).status_code == 400
    hand.make("contacts", lastname="Berg")
    hand.state.load("lead", [{"lastname": "Seeded"}])
    assert told(hand, endpoint) == []


def test_the_tag_of_a_request_is_passed_on(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Update")
    hand.send("PATCH", f"leads({BEN})?tag=ac365", {"jobtitle": "Head"})
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "Chief"})
    assert [one["SharedVariables"] for one in told(hand, endpoint)] == [[{"key": "tag", "value": "ac365"}], []]


@pytest.mark.parametrize(("statuses", "tries"), [([502], 2), ([503, 200], 2), ([504, 504], 2), ([500], 1), ([404], 1)])
def test_a_post_is_repeated_once_and_after_some_statuses_alone(
    hand: Hand, admin: Hand, endpoint: Endpoint, statuses: list[int], tries: int
) -> None:
    listen(admin, endpoint, "Update")
    endpoint.statuses = list(statuses)
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "Head"})
    assert len(told(hand, endpoint)) == tries
    listed = hand.web.get("/_sim/deliveries").get_json()["deliveries"]
    assert [one["attempt"] for one in listed] == list(range(1, tries + 1))
    assert listed[0]["status"] == statuses[0]
    assert "secret" not in str(listed)
    failed = admin.find("asyncoperations", "statuscode eq 31", "message")
    assert len(failed) == (0 if listed[-1]["status"] < 300 else 1)


def test_a_job_that_went_well_stays_unless_its_step_deletes_it(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Update", asyncautodelete=False)
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "Head"})
    told(hand, endpoint)
    assert admin.find("asyncoperations", "statuscode eq 30", "name") == ["lead Update"]


def test_a_message_too_long_is_cut(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Update")
    hand.state.catalog.tables["lead"].columns["description"].length = 1_000_000
    hand.send("PATCH", f"leads({BEN})", {"description": "x" * 300_000})
    [context] = told(hand, endpoint)
    assert "InputParameters" not in context
    assert context["PrimaryEntityId"] == BEN
    assert endpoint.headers[0]["x-ms-dynamics-msg-size-exceeded"] == "true"


def test_messages_get_lost(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    listen(admin, endpoint, "Update")
    hand.control("switches", {"webhook_loss": 1.0})
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "Head"})
    assert told(hand, endpoint) == []


def test_a_step_that_is_switched_off_or_deleted_is_silent(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    first, second = listen(admin, endpoint, "Update"), listen(admin, endpoint, "Update")
    admin.send("PATCH", f"sdkmessageprocessingsteps({first})", {"statecode": 1, "statuscode": 2})
    admin.send("DELETE", f"sdkmessageprocessingsteps({second})")
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "Head"})
    assert told(hand, endpoint) == []


def test_nobody_waits_for_an_endpoint_that_is_not_there(hand: Hand, admin: Hand, endpoint: Endpoint) -> None:
    endpoint.url = "http://127.0.0.1:9/hook"
    listen(admin, endpoint, "Update")
    assert hand.send("PATCH", f"leads({BEN})", {"jobtitle": "Head"}).status_code == 204
    told(hand, endpoint)
    assert [one["status"] for one in hand.web.get("/_sim/deliveries").get_json()["deliveries"]] == [0]
