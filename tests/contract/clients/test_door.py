"""The one door: what goes out, what comes back, and what each failure means."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clients.activecampaign import ActiveCampaign
from clients.answer import Answer, loads
from clients.auth import ApiKey
from clients.dynamics import Dynamics
from clients.http import Door
from clients.table_activecampaign import TABLE
from sync.errors import BadCredentials, Stop, Throttled, Unavailable, UnknownOutcome
from sync.model import Lane

LIVE = Lane.LIVE


def test_sends_the_key_and_a_correlation_id(ac_door, stub) -> None:
    stub.on("GET", "/thing", {})
    ac_door.send("GET", "thing", lane=LIVE)
    assert stub.seen[0].headers["Api-Token"] == "key-of-ada"
    assert len(stub.seen[0].headers["X-Correlation-Id"]) == 36


def test_takes_the_named_limits_in_the_given_lane(ac_door, stub, ledger) -> None:
    stub.on("GET", "/thing", {})
    ac_door.send("GET", "thing", lane=Lane.BACKFILL, limits=("calls", "imports"))
    assert ledger.taken == [(Lane.BACKFILL, ("calls", "imports"))]


def test_drops_cookies(ac_door, stub) -> None:
    stub.on("GET", "/thing", {}, headers={"Set-Cookie": "ARRAffinity=server7; Path=/"})
    ac_door.send("GET", "thing", lane=LIVE)
    ac_door.send("GET", "thing", lane=LIVE)
    assert "Cookie" not in stub.seen[1].headers


def test_credentials_in_netrc_replace_nothing(ac_door, stub, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "netrc").write_text("default login ben password wrong\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    stub.on("GET", "/thing", {})
    ac_door.send("GET", "thing", lane=LIVE)
    assert "Authorization" not in stub.seen[0].headers


def test_half_a_character_of_a_service_is_taken_as_it_is() -> None:
    assert loads('{"firstName": "Ada\\ud83d"}') == {"firstName": "Ada\ud83d"}


def test_a_plus_in_a_query_arrives_as_a_plus(ac_door, stub) -> None:
    stub.on("GET", "/thing", {})
    ac_door.send("GET", "thing", lane=LIVE, params={"email": "ada+work@contoso.example"})
    assert stub.seen[0].query["email"] == ["ada+work@contoso.example"]


def test_a_link_is_followed_as_it_is(ac_door, stub) -> None:
    stub.on("GET", "/thing", {})
    asked = "$skiptoken=%3Ccookie%20pagingcookie=%22%253ccookie%2520page%253d%25221%2522%253e%22%20/%3E"
    ac_door.send("GET", f"{stub.url}/thing?{asked}", lane=LIVE)
    assert stub.seen[0].raw_query == asked


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/api/3/contacts", "http://127.0.0.1:1/api/3/contacts", "http://localhost/api/3/contacts"],
)
def test_a_link_to_another_host_is_refused_and_nothing_is_sent(ac_door, ledger, link: str) -> None:
    with pytest.raises(Stop) as caught:
        ac_door.send("GET", link, lane=LIVE)
    assert caught.value.code == "clients.foreign_link"
    assert not ledger.taken


def test_a_redirect_is_not_followed(ac_door, stub) -> None:
    stub.on("GET", "/thing", status=302, headers={"Location": f"{stub.url}/other"})
    with pytest.raises(Unavailable):
        ac_door.send("GET", "thing", lane=LIVE)
    assert stub.asked() == ["GET /thing"]


def test_a_refused_token_is_renewed_once(dynamics: Dynamics, stub) -> None:
    stub.on("GET", "/api/data/v9.2/WhoAmI", {"UserId": "1"})
    stub.on("GET", "/api/data/v9.2/WhoAmI", {}, status=401, times=1)
    assert dynamics.who_am_i() == {"UserId": "1"}
    assert [one.headers["Authorization"] for one in stub.seen] == ["Bearer first", "Bearer second"]


def test_a_token_refused_twice_is_a_bad_credential(dynamics: Dynamics, stub) -> None:
    stub.on("GET", "/api/data/v9.2/WhoAmI", {}, status=401)
    with pytest.raises(BadCredentials):
        dynamics.who_am_i()
    assert len(stub.seen) == 2


def test_a_refused_key_is_not_sent_again(ac_door, stub) -> None:
    stub.on("GET", "/thing", {}, status=401)
    with pytest.raises(BadCredentials):
        ac_door.send("GET", "thing", lane=LIVE)
    assert len(stub.seen) == 1


def test_a_throttled_call_pauses_everybody(ac_door, stub, ledger) -> None:
    stub.on("GET", "/thing", {}, status=429, headers={"Retry-After": "30"})
    with pytest.raises(Throttled) as caught:
        ac_door.send("GET", "thing", lane=LIVE)
    assert caught.value.after_s == 30
    assert ledger.pauses == [(30.0, ("calls",))]


def test_retry_after_on_a_success_is_ignored(ac_door, stub, ledger) -> None:
    stub.on("GET", "/thing", {"a": 1}, headers={"Retry-After": "1"})
    assert ac_door.send("GET", "thing", lane=LIVE).data == {"a": 1}
    assert not ledger.pauses


@pytest.mark.parametrize("text", ["", '{"contact": {"id": "47', "<html>maintenance</html>"])
def test_an_unreadable_success_of_a_write_leaves_its_outcome_unknown(ac_door, stub, text: str) -> None:
    stub.on("POST", "/thing", text=text)
    with pytest.raises(UnknownOutcome) as caught:
        ac_door.send("POST", "thing", lane=LIVE, json={}, write=True, idempotent=True)
    assert caught.value.repeatable


def test_an_unreadable_success_of_a_read_is_tried_again(ac_door, stub) -> None:
    stub.on("GET", "/thing", text='{"cut": ')
    with pytest.raises(Unavailable):
        ac_door.send("GET", "thing", lane=LIVE)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_after_a_write_leaves_its_outcome_unknown(ac_door, stub, status: int) -> None:
    stub.on("POST", "/thing", text="<html>", status=status)
    with pytest.raises(UnknownOutcome) as caught:
        ac_door.send("POST", "thing", lane=LIVE, json={}, write=True)
    assert not caught.value.repeatable


def _door_to(port: int, ledger, **more) -> Door:
    return Door("activecampaign", f"http://127.0.0.1:{port}", auth=ApiKey("k"), budget=ledger, table=TABLE, **more)


def test_a_write_without_a_connection_was_certainly_not_carried_out(ledger) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable):
        _door_to(port, ledger).send("POST", "thing", lane=LIVE, json={}, write=True)


def test_a_write_without_an_answer_leaves_its_outcome_unknown(ledger) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        door = _door_to(silent.getsockname()[1], ledger, read_s=0.1)
        with pytest.raises(UnknownOutcome):
            door.send("POST", "thing", lane=LIVE, json={}, write=True)


def test_a_call_may_be_waited_for_longer_than_others(ac_door, stub, monkeypatch) -> None:
    waited: list[object] = []
    send = ac_door._session.send
    monkeypatch.setattr(ac_door._session, "send", lambda *a, **k: waited.append(k["timeout"]) or send(*a, **k))
    stub.on("GET", "/thing", {})
    ac_door.send("GET", "thing", lane=LIVE, read_s=120)
    ac_door.send("GET", "thing", lane=LIVE)
    assert waited == [(10.0, 120), (10.0, 5)]


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"Date": "Wed, 02 Sep 2026 15:11:12 GMT"}, datetime(2026, 9, 2, 15, 11, 12, tzinfo=UTC)),
        ({"Date": "Wed, 02 Sep 2026 10:11:12 -0500"}, datetime(2026, 9, 2, 15, 11, 12, tzinfo=UTC)),
        ({"Date": "yesterday"}, None),
        ({}, None),
    ],
)
def test_an_answer_tells_when_it_was_given(headers: dict[str, str], moment: datetime | None) -> None:
    assert Answer(200, None, "", headers, "").served_at == moment


def test_a_read_without_an_answer_is_tried_again(ledger) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        door = _door_to(silent.getsockname()[1], ledger, read_s=0.1)
        with pytest.raises(Unavailable):
            door.send("GET", "thing", lane=LIVE)


def test_messages_hold_no_query_and_no_address(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", "/api/3/contacts", {"message": "ada@contoso.example is odd"}, status=400)
    with pytest.raises(Exception) as caught:
        ac.find_contact("ada@contoso.example", lane=LIVE)
    assert "ada" not in f"{caught.value} {caught.value.body}"
    assert "***@contoso.example" in str(caught.value)


def test_the_request_id_of_a_failure_is_kept(dynamics: Dynamics, stub) -> None:
    stub.on("GET", "/api/data/v9.2/WhoAmI", text="<html>", status=502, headers={"x-ms-service-request-id": "r-17"})
    with pytest.raises(Unavailable) as caught:
        dynamics.who_am_i()
    assert caught.value.request_id == "r-17"
