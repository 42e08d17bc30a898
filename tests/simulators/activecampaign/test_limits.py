"""Five calls in any second, and what an answer over the limit looks like (S1, S2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from simulators.activecampaign.core.limits import Window

KEY = {"Api-Token": "simulated-key"}


@pytest.fixture
def limited(account):
    account.switches["calls_per_second"] = 5
    return account


def calls(api, count):
    return [api("GET", "users/me").status_code for _ in range(count)]


def test_sixth_call_of_a_second_is_refused(limited, api):
    assert calls(api, 6) == [200] * 5 + [429]


def test_refusal_tells_how_long_to_wait(limited, api):
    calls(api, 5)
    answer = api("GET", "users/me")
    assert (answer.headers["Retry-After"], answer.get_json()) == ("1", {})


def test_window_rolls_instead_of_starting_anew(limited, api, clock):
    calls(api, 2)
    clock.advance(0.9)
    calls(api, 3)
    clock.advance(0.1)
    assert calls(api, 3) == [200, 200, 429]


def test_refused_calls_keep_the_window_full(limited, api, clock):
    calls(api, 5)
    clock.advance(0.9)
    calls(api, 5)
    clock.advance(0.1)
    assert calls(api, 1) == [429]


def test_refused_calls_may_be_left_out_of_the_count(limited, api, clock):
    limited.switches["refused_calls_count"] = False
    calls(api, 8)
    clock.advance(1.0)
    assert calls(api, 5) == [200] * 5


def test_calls_with_a_wrong_key_count_too(limited, api, client):
    for _ in range(5):
        client.get("/api/3/users/me")
    assert calls(api, 1) == [429]


def test_v1_shares_the_limit(limited, api):
    calls(api, 5)
    assert api("GET", "/admin/api.php?api_action=user_me").status_code == 429


def test_control_routes_are_free(limited, api):
    assert [api("GET", "/_sim/health").status_code for _ in range(9)] == [200] * 9


@pytest.mark.parametrize(
    ("switches", "status", "retry_after", "text"),
    [
        ({"limit_status": 503}, 503, "1", "{}"),
        ({"limit_body": "<html>slow down</html>", "limit_content_type": "text/html"}, 429, "1", "<html>"),
        ({"retry_after": "30"}, 429, "30", "{}"),
        ({"retry_after": None}, 429, None, "{}"),
    ],
)
def test_refusal_takes_other_forms(limited, api, switches, status, retry_after, text):
    limited.switches.update(switches)
    calls(api, 5)
    answer = api("GET", "users/me")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert answer.get_data(as_text=True).startswith(text)


@pytest.mark.parametrize(
    ("kind", "limit", "remaining", "retry_after"),
    [("real", "5", "4", None), ("absent", None, None, None), ("misleading", "1000", "999", "1")],
)
def test_headers_of_a_good_answer(limited, api, kind, limit, remaining, retry_after):
    limited.switches["rate_headers"] = kind
    headers = api("GET", "users/me").headers
    found = [headers.get(name) for name in ("RateLimit-Limit", "RateLimit-Remaining", "Retry-After")]
    assert found == [limit, remaining, retry_after]


def test_limit_can_be_lifted_and_raised_from_outside(limited, api):
    api("POST", "/_sim/switches", {"calls_per_second": 7})
    assert calls(api, 8) == [200] * 7 + [429]
    api("POST", "/_sim/switches", {"calls_per_second": None})
    assert calls(api, 9) == [200] * 9


def test_callers_at_once_share_one_limit(limited, served):
    def call(_):
        return requests.get(
            f"{served.url}/api/3/users/me", headers={"Api-Token": "simulated-key"}, timeout=5
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(call, range(12))) == [200] * 5 + [429] * 7


def test_statistics_prove_the_budget(limited, api):
    calls(api, 6)
    stats = api.get("/_sim/stats")
    assert (stats["requests"], stats["busiest_second"], stats["statuses"]) == (6, 6, {"200": 5, "429": 1})


def test_lifted_window_never_refuses():
    window = Window(60.0)
    assert all(window.admit(0.0, None, True) is not None for _ in range(500))


def test_storm_of_refusals_takes_no_memory():
    window = Window(60.0)
    for _ in range(1000):
        window.admit(0.0, 3, True)
    assert len(window._arrivals) == 3
