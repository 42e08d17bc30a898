"""Deliveries at the door: what is taken, what is refused and how, and what of it is ever told."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from support.cast import ADA_AT
from support.stored import House

from engine import asked
from engine.asked import Purpose
from engine.hook_paths import Signer
from engine.wake import Stage, Wake
from store import connections
from store.db import Database
from store.errors import Contended
from sync.model import Entity, Lane
from webhooks.app import LARGEST_BODY, make

ADA = {"type": "update", "contact[id]": "4711", "contact[email]": ADA_AT, "contact[first_name]": "Ada"}
NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/none"
Paths = dict[Purpose, str]


@pytest.mark.parametrize(
    ("purpose", "created"),
    [(Purpose.CREATE_LEAD, Entity.LEAD), (Purpose.CREATE_CONTACT, Entity.CONTACT), (Purpose.CHANGED, None)],
)
def test_a_delivery_becomes_a_wish(
    client: FlaskClient, paths: Paths, wishes: Any, purpose: Purpose, created: Entity | None
) -> None:
    assert client.post(paths[purpose], data=ADA).status_code == 202
    assert wishes() == {4711: created}


def test_workers_are_woken_once_the_wish_is_kept(house: House, signer: Signer, paths: Paths, wishes: Any) -> None:
    seen: list[Any] = []
    client = make(house.db, signer, lambda wakes: seen.append((wishes(), list(wakes)))).test_client()
    client.post(paths[Purpose.CHANGED], data=ADA)
    ((kept, wakes),) = seen
    assert kept == {4711: None}
    assert {wake.lane for wake in wakes} == {Lane.LIVE}


def test_a_delivery_that_comes_twice_is_one_wish_and_one_cycle(
    client: FlaskClient, paths: Paths, wishes: Any, sent: list[Wake]
) -> None:
    answers = [client.post(paths[Purpose.CREATE_LEAD], data=ADA).status_code for _ in range(3)]
    assert answers == [202] * 3
    assert wishes() == {4711: Entity.LEAD}
    assert len(sent) == 1


def test_deliveries_at_the_same_moment_are_all_kept(house: House, signer: Signer, paths: Paths, wishes: Any) -> None:
    app = make(house.db, signer, list)

    def deliver(number: int) -> int:
        return app.test_client().post(paths[Purpose.CREATE_LEAD], data={"contact[id]": number % 50 + 1}).status_code

    with ThreadPoolExecutor(8) as callers:
        assert set(callers.map(deliver, range(200))) == {202}
    assert sorted(wishes()) == list(range(1, 51))


def test_a_hint_does_not_take_a_request_to_create_back(client: FlaskClient, paths: Paths, wishes: Any) -> None:
    for purpose in (Purpose.CREATE_LEAD, Purpose.CHANGED):
        client.post(paths[purpose], data=ADA)
    assert wishes() == {4711: Entity.LEAD}


def test_json_is_taken_too(client: FlaskClient, paths: Paths, wishes: Any) -> None:
    assert client.post(paths[Purpose.CHANGED], json={"contact": {"id": 4711}}).status_code == 202
    assert wishes() == {4711: None}


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path[:-1] + ("A" if path[-1] != "A" else "B"),
        lambda path: path[:-1],
        lambda path: path + "/",
        lambda path: path.replace("create-lead", "create-contact"),
        lambda path: path.replace("create-lead", "delete-lead"),
        lambda path: path.replace("/1.", "/2."),
        lambda path: path.replace("/hooks/", "/hooks/9"),
        lambda path: path.replace("/hooks/", "/hooks//"),
        lambda path: path.rpartition("/")[0],
        lambda path: "/",
    ],
    ids=range(10),
)
def test_whatever_is_wrong_with_an_address_the_answer_is_the_same(
    client: FlaskClient, paths: Paths, wishes: Any, change: Any
) -> None:
    answer = client.post(change(paths[Purpose.CREATE_LEAD]), data=ADA)
    assert (answer.status_code, answer.data) == (404, b"Not Found.\n")
    assert wishes() == {}


def test_a_renewed_address_replaces_the_old_one(
    client: FlaskClient, house: House, signer: Signer, paths: Paths, wishes: Any
) -> None:
    assert house.mine(connections.renew_webhooks) == 2
    assert client.post(paths[Purpose.CHANGED], data=ADA).status_code == 404
    assert wishes() == {}
    renewed = signer.paths(house.do(connections.get, house.id))
    assert client.post(renewed[Purpose.CHANGED], data=ADA).status_code == 202


def test_an_address_of_a_connection_that_is_gone_is_refused(client: FlaskClient, signer: Signer) -> None:
    gone = signer.paths({"id": 999, "webhook_generation": 1})
    assert client.post(gone[Purpose.CHANGED], data=ADA).status_code == 404


def test_an_address_of_the_former_key_still_works_while_that_is_named(house: House, paths: Paths, wishes: Any) -> None:
    client = make(house.db, Signer(["a new key", "a key for tests"]), list).test_client()
    assert client.post(paths[Purpose.CHANGED], data=ADA).status_code == 202


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_only_post_delivers(client: FlaskClient, paths: Paths, wishes: Any, method: str) -> None:
    answer = getattr(client, method)(paths[Purpose.CHANGED], data=ADA)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert wishes() == {}


@pytest.mark.parametrize(("size", "status"), [(LARGEST_BODY, 202), (LARGEST_BODY + 1, 413)])
def test_a_body_may_have_one_megabyte(client: FlaskClient, paths: Paths, size: int, status: int) -> None:
    start = b"contact[id]=4711&note="
    answer = client.post(paths[Purpose.CHANGED], data=start + b"x" * (size - len(start)))
    assert answer.status_code == status


def test_a_delivery_without_a_contact_is_told_so(client: FlaskClient, paths: Paths, wishes: Any, sent: list) -> None:
    answer = client.post(paths[Purpose.CREATE_LEAD], data={"type": "sent", "campaign[id]": "7"})
    assert answer.status_code == 422
    assert b"contact[id]" in answer.data
    assert (wishes(), sent) == ({}, [])


def test_without_the_database_nothing_is_promised(signer: Signer, sent: list[Wake]) -> None:
    db = Database(NOBODY_LISTENS, application_name="test", patience_s=0.5)
    client = make(db, signer, sent.extend).test_client()
    path = signer.paths({"id": 1, "webhook_generation": 1})[Purpose.CREATE_LEAD]
    began = time.monotonic()
    assert client.post(path, data=ADA).status_code == 503
    assert client.get("/hooks/health").status_code == 503
    assert time.monotonic() - began < 3
    assert sent == []


def test_a_forged_address_costs_the_database_nothing(signer: Signer) -> None:
    client = make(Database(NOBODY_LISTENS, application_name="test"), signer, list).test_client()
    assert client.post("/hooks/1/changed/1.forged", data=ADA).status_code == 404


def test_a_wish_that_met_another_transaction_is_stored_the_second_time(
    client: FlaskClient, paths: Paths, wishes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([Contended("deadlock")])
    real = asked.ask

    def ask(*arguments: Any) -> Any:
        for error in answers:
            raise error
        return real(*arguments)

    monkeypatch.setattr(asked, "ask", ask)
    assert client.post(paths[Purpose.CREATE_LEAD], data=ADA).status_code == 202
    assert wishes() == {4711: Entity.LEAD}


def test_health_is_what_a_delivery_needs(client: FlaskClient) -> None:
    assert client.get("/hooks/health").status_code == 200


@pytest.mark.parametrize("path", ["/hooks/health", "/hooks/1/changed/1.forged", "/"])
def test_every_answer_is_guarded_and_sets_no_cookie(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers
    assert headers["Content-Type"].startswith("text/plain")


def test_logs_hold_ids_and_neither_people_nor_addresses(client: FlaskClient, paths: Paths) -> None:
    with capture_logs() as lines:
        client.post(paths[Purpose.CREATE_LEAD], data=ADA)
        client.post(paths[Purpose.CREATE_LEAD] + "x", data=ADA)
    taken, refused = lines
    assert {**taken, "connection_id": 0} == {
        "event": "webhook_taken",
        "log_level": "info",
        "connection_id": 0,
        "purpose": "create-lead",
        "ac_id": 4711,
    }
    assert refused == {"event": "webhook_refused", "log_level": "warning", "times": 1}


def test_a_fault_of_ours_is_told_by_its_type_alone(
    client: FlaskClient, paths: Paths, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> Any:
        raise KeyError(ADA_AT)

    monkeypatch.setattr(asked, "ask", fail)
    with capture_logs() as lines:
        assert client.post(paths[Purpose.CHANGED], data=ADA).status_code == 500
    assert lines == [{"event": "webhook_failed", "log_level": "error", "error": "KeyError"}]
    assert caplog.records == []


DELIVERED = {"MessageName": "Create", "PrimaryEntityName": "ac365_request", "PrimaryEntityId": ADA_AT, "Depth": 1}


@pytest.mark.parametrize("body", [{"json": DELIVERED}, {"data": b"\xff{"}, {}])
def test_a_hint_of_dynamics_has_requests_looked_at_whatever_it_says(
    client: FlaskClient, house: House, paths: Paths, sent: list[Wake], wishes: Any, body: dict[str, Any]
) -> None:
    assert client.post(f"{paths[Purpose.REQUESTS]}?code=secret", **body).status_code == 202
    assert sent == [Wake(Stage.REQUESTS, (house.id,), Lane.LIVE)]
    assert wishes() == {}


def test_a_hint_at_an_address_that_was_renewed_is_refused(
    client: FlaskClient, house: House, paths: Paths, sent: list[Wake]
) -> None:
    house.do(connections.renew_webhooks, house.id)
    assert client.post(paths[Purpose.REQUESTS], json=DELIVERED).status_code == 404
    assert sent == []
