"""Service protection limits and faults on demand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from support.dynamics_hand import ADA, BEN, Hand, code

from simulators.common.server import Server
from simulators.dynamics.app import make
from simulators.dynamics.clock import Clock
from simulators.dynamics.errors import ApiError
from simulators.dynamics.limits import Limits
from simulators.dynamics.state import Dynamics, first_switches


def test_too_many_requests_are_refused_and_waiting_helps(hand: Hand) -> None:
    hand.control("switches", {"requests_per_window": 3})
    assert [hand.get("WhoAmI").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = hand.get("WhoAmI")
    assert code(refused) == (429, "0x80072322")
    hand.control("clock", {"seconds": 300})
    assert hand.get("WhoAmI").status_code == 200


def test_the_wait_grows_while_a_client_keeps_sending(hand: Hand) -> None:
    hand.control("switches", {"requests_per_window": 1})
    hand.get("WhoAmI")
    waits = [int(hand.get("WhoAmI").headers["Retry-After"]) for _ in range(3)]
    assert waits == sorted(set(waits))


def test_a_client_that_does_not_wait_stays_out(hand: Hand) -> None:
    hand.control("switches", {"requests_per_window": 1, "window_s": 10})
    hand.get("WhoAmI")
    wait = int(hand.get("WhoAmI").headers["Retry-After"])
    hand.control("switches", {"requests_per_window": 100})
    assert hand.get("WhoAmI").status_code == 429
    hand.control("clock", {"seconds": wait + 5})
    assert hand.get("WhoAmI").status_code == 200


def test_execution_time_is_limited(hand: Hand) -> None:
    hand.control("switches", {"execution_ms_per_window": 50, "cost_scale": 5})
    hand.get("WhoAmI")
    refused = hand.get("WhoAmI")
    assert code(refused) == (429, "0x80072321")
    assert "Combined execution time" in refused.get_json()["error"]["message"]


def test_concurrency_is_limited() -> None:
    limits = Limits(Clock(), {**first_switches(), "concurrent_requests": 2})
    limits.enter("user")
    limits.enter("user")
    limits.enter("somebody else")
    with pytest.raises(ApiError) as caught:
        limits.enter("user")
    assert (caught.value.code, caught.value.headers["Retry-After"]) == ("0x80072326", "1")
    limits.leave("user", 0.1)
    limits.enter("user")


def test_each_user_has_an_own_lane(hand: Hand, admin: Hand) -> None:
    hand.control("switches", {"requests_per_window": 1})
    hand.get("WhoAmI")
    assert hand.get("WhoAmI").status_code == 429
    assert admin.get("WhoAmI").status_code == 200


def test_lifted_limits_refuse_nobody(hand: Hand) -> None:
    hand.control(
        "switches", {"requests_per_window": None, "execution_ms_per_window": None, "concurrent_requests": None}
    )
    answer = [hand.get("WhoAmI") for _ in range(3)][-1]
    assert answer.status_code == 200
    assert "x-ms-ratelimit-burst-remaining-xrm-requests" not in answer.headers


def test_answers_tell_what_is_left(hand: Hand) -> None:
    headers = hand.get("WhoAmI").headers
    assert int(headers["x-ms-ratelimit-burst-remaining-xrm-requests"]) < 6000
    assert float(headers["x-ms-ratelimit-time-remaining-xrm-requests"].replace(",", "")) < 1200
    assert headers["x-ms-dop-hint"] == "8"


def test_a_write_may_be_applied_though_its_answer_is_lost(hand: Hand) -> None:
    hand.control("faults", {"kind": "status_after", "status": 504, "method": "PATCH"})
    assert hand.send("PATCH", f"leads({BEN})", {"jobtitle": "CTO"}).status_code == 504
    assert hand.get(f"leads({BEN})").get_json()["jobtitle"] == "CTO"


def test_a_write_may_be_refused_before_it_is_applied(hand: Hand) -> None:
    hand.control("faults", {"kind": "status", "status": 502, "body": "<html>Bad gateway</html>"})
    assert hand.send("PATCH", f"leads({BEN})", {"jobtitle": "CTO"}).status_code == 502
    assert hand.get(f"leads({BEN})").get_json()["jobtitle"] is None


def test_a_plug_in_aborts_a_write(hand: Hand) -> None:
    hand.control("faults", {"kind": "custom", "name": "plugin_abort", "path": "leads"})
    assert code(hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"})) == (400, "0x80040265")
    assert hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"}).status_code == 204


def test_bypassing_customers_logic_is_for_administrators(hand: Hand, admin: Hand) -> None:
    bypass = {"MSCRM.BypassCustomPluginExecution": "true"}
    assert code(hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"}, **bypass)) == (403, "0x80040220")
    hand.control("faults", {"kind": "custom", "name": "plugin_abort", "times": None})
    assert admin.send("PATCH", f"leads({BEN})", {"jobtitle": "x"}, **bypass).status_code == 204


@pytest.mark.parametrize(("name", "status"), [("unauthorized", 401), ("clock_skew", 200)])
def test_a_fault_of_the_front_end_strikes_once(hand: Hand, name: str, status: int) -> None:
    hand.control("faults", {"kind": "custom", "name": name})
    struck, plain = hand.get("WhoAmI"), hand.get("WhoAmI")
    assert (struck.status_code, plain.status_code) == (status, 200)
    assert ("Date" in struck.headers) == (name == "clock_skew")


def test_a_link_may_be_told_to_have_expired(hand: Hand) -> None:
    link = hand.get("leads?$select=lastname", Prefer="odata.track-changes").get_json()["@odata.deltaLink"]
    hand.control("faults", {"kind": "custom", "name": "expired_token"})
    assert code(hand.get(link)) == (400, "0x80044352")
    assert hand.get(link).status_code == 200


def test_writers_and_readers_do_not_disturb_each_other(hand: Hand, state: Dynamics) -> None:
    with Server(make(state)) as server, ThreadPoolExecutor(4) as pool:
        root = f"{server.url}/api/data/v9.2"
        token = hand.ask_token(scope=f"{server.url}/.default").get_json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Prefer": "odata.track-changes"}

        def work(number: int) -> list[int]:
            made = requests.post(f"{root}/leads", json={"lastname": f"T{number}"}, headers=headers, timeout=10)
            patched = requests.patch(
                f"{root}/contacts({ADA})", json={"jobtitle": str(number)}, headers=headers, timeout=10
            )
            read = requests.get(f"{root}/leads?$select=lastname", headers=headers, timeout=10)
            return [made.status_code, patched.status_code, read.status_code]

        assert list(pool.map(work, range(20))) == [[204, 204, 200]] * 20
    versions = [row["versionnumber"] for row in hand.rows("leads?$select=versionnumber")]
    assert len(versions) == len(set(versions)) == 21
