"""What only a real connection shows: faults, glitches, TLS, callers at the same time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from simulators.activecampaign.app import make
from simulators.common.server import Server
from simulators.common.tls import make_certificates, server_context

KEY = {"Api-Token": "simulated-key"}


def call(served, method, path, **more):
    return requests.request(method, f"{served.url}{path}", headers=KEY, timeout=5, **more)


def sync(served, email="ada@contoso.example", **more):
    return call(served, "POST", "/api/3/contact/sync", json={"contact": {"email": email, **more}})


def fault(served, **rule):
    assert call(served, "POST", "/_sim/faults", json=rule).ok


def test_failure_after_the_write_has_written(account, served):
    fault(served, kind="status_after", path="sync", status=502)
    assert sync(served, firstName="Augusta").status_code == 502
    assert account.contact("ada@contoso.example").first == "Augusta"


def test_failure_before_the_write_has_not(account, served):
    fault(served, kind="status", path="sync", status=500)
    assert sync(served, firstName="Augusta").status_code == 500
    assert account.contact("ada@contoso.example").first == "Ada"


@pytest.mark.parametrize(("kind", "name"), [("reset_before", "Ada"), ("reset_after", "Augusta")])
def test_connection_breaks(account, served, kind, name):
    fault(served, kind=kind, path="sync")
    with pytest.raises(requests.ConnectionError):
        sync(served, firstName="Augusta")
    assert account.contact("ada@contoso.example").first == name


def test_half_an_answer_is_no_json(served):
    fault(served, kind="truncate", path="users/me")
    answer = call(served, "GET", "/api/3/users/me")
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_glitches_come_by_chance(account, served):
    account.switches["glitch_rate"] = 0.5
    codes = {call(served, "GET", "/api/3/users/me").status_code for _ in range(30)}
    assert codes == {200, 500, 502, 403}


def test_glitches_cut_answers(account, served):
    account.switches["glitch_rate"] = 0.3
    answers = [call(served, "GET", "/api/3/users/me") for _ in range(30)]
    lengths = {len(each.text) for each in answers if each.status_code == 200}
    assert len(lengths) == 2


def test_callers_at_once_make_one_contact(account, served):
    with ThreadPoolExecutor(8) as pool:
        codes = [each.status_code for each in pool.map(lambda _: sync(served, "ben@contoso.example"), range(16))]
    assert (sorted(codes), len(account.contacts)) == ([200] * 15 + [201], 3)


def test_callers_at_once_lose_no_write(account, served):
    def write(number):
        return sync(served, fieldValues=[{"field": str(number), "value": str(number)}]).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(write, range(1, 10))) == {200}
    assert sorted(account.values_of("ada@contoso.example").values()) == [str(each) for each in range(1, 10)]


def test_https_with_its_own_authority(account, tmp_path):
    authority = make_certificates(tmp_path)
    with Server(make(account), tls=server_context(tmp_path)) as server:
        answer = requests.get(f"{server.url}/api/3/users/me", headers=KEY, verify=str(authority), timeout=5)
    assert (answer.status_code, server.url[:18]) == (200, "https://localhost:")


def test_program_serves_a_fresh_account():
    command = [sys.executable, "-m", "simulators.activecampaign", "--port", "0", "--key", "k"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        url = program.stdout.readline().split()[3].rstrip(",")
        answer = requests.get(f"{url}/api/3/users/me", headers={"Api-Token": "k"}, timeout=5)
        program.terminate()
    assert answer.status_code == 200
