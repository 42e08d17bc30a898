"""The receiver as it runs: a process of its own behind real sockets, with what ActiveCampaign really sends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from support.cast import ADA_AT
from support.plant import until
from support.stored import House

from engine.alerts import reading
from engine.asked import Purpose
from simulators.activecampaign import app as activecampaign
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.server import Server
from store import heartbeats
from webhooks.app import LARGEST_BODY

RECEIVER = [sys.executable, "-m", "webhooks"]
FORM = {"contact[id]": "4711", "contact[email]": ADA_AT}
Paths = dict[Purpose, str]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, dsn: str, redis_url: str, port: int) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("CELERY_BROKER_URL", redis_url.replace("unix://", "redis+socket://", 1))
    monkeypatch.setenv("AC365_SECRET_KEY", "a key for tests")
    monkeypatch.setenv("AC365_WEBHOOKS_PORT", str(port))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def url(settings: None, house: House, port: int, log: Path) -> Iterator[str]:
    """Where a running receiver listens."""
    with log.open("wb") as output, subprocess.Popen(RECEIVER, stdout=output, stderr=output) as process:
        url = f"http://127.0.0.1:{port}"
        assert until(lambda: answers(url), 20), log.read_text()
        yield url
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/hooks/health", timeout=2).ok
    except requests.ConnectionError:
        return False


def refusal() -> str:
    """Why the receiver does not start."""
    ran = subprocess.run(RECEIVER, capture_output=True, text=True, timeout=20)
    assert ran.returncode == 1
    return ran.stderr


def test_deliveries_of_activecampaign_arrive(url: str, paths: Paths, wishes, log: Path) -> None:
    account = ActiveCampaign()
    account.switches |= {"webhook_https_only": False, "webhook_duplicates": 1.0}
    hook = {"name": "ac365", "url": url + paths[Purpose.CHANGED], "events": ["update"], "sources": ["admin"]}
    with Server(activecampaign.make(account)) as server:
        made = {"headers": {"Api-Token": "simulated-key"}, "json": {"webhook": hook}}
        assert requests.post(f"{server.url}/api/3/webhooks", **made).status_code == 201
        edit = {"contact": ADA_AT, "create": True, "set": {"firstName": "Ada"}}
        ac_id = requests.post(f"{server.url}/_sim/edit", json=edit).json()["id"]
        assert account.courier.wait_idle(10)
        told = requests.get(f"{server.url}/_sim/deliveries").json()["deliveries"]
    assert [delivery["status"] for delivery in told] == [202, 202]
    assert wishes() == {int(ac_id): None}
    assert ADA_AT not in log.read_text()


def test_an_answer_does_not_tell_what_serves_it(url: str) -> None:
    assert "Server" not in requests.get(f"{url}/hooks/health").headers


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 4 * LARGEST_BODY])
def test_too_large_a_body_is_refused(url: str, paths: Paths, size: int) -> None:
    assert requests.post(url + paths[Purpose.CHANGED], data=b"x" * size).status_code == 413


def test_the_size_of_a_body_is_limited_even_when_it_is_not_announced(url: str, paths: Paths) -> None:
    pieces = (b"x" * 2**16 for _ in range(20))
    assert requests.post(url + paths[Purpose.CHANGED], data=pieces).status_code == 413


SAYS = "import logging; [logging.getLogger(name).warning(name) for name in ('waitress', 'waitress.queue')]"


def test_what_waitress_says_of_paths_is_not_logged_but_that_it_cannot_keep_up_is() -> None:
    program = f"from webhooks.__main__ import configure_logs; configure_logs('DEBUG'); {SAYS}"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [json.loads(line)["event"] for line in ran.stderr.splitlines()] == ["waitress.queue"]


def test_without_its_settings_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "AC365_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert "Set DATABASE_URL, REDIS_URL and AC365_SECRET_KEY" in refusal()


def test_on_a_database_that_was_not_migrated_it_does_not_start(
    settings: None, empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_dsn)
    assert "Run `ac365 migrate`" in refusal()


def test_a_taken_port_is_named_with_its_setting(settings: None, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert "Set AC365_WEBHOOKS_PORT" in refusal()


def test_it_says_that_it_lives_and_leaves_signs_of_it(url: str, house: House) -> None:
    assert requests.get(f"{url}/healthz").text == "ok\n"
    idle = requests.get(f"{url}/readyz")
    assert (idle.status_code, "redis: ok" in idle.text, "queue live: not ok" in idle.text) == (503, True, True)
    assert until(lambda: [row["name"] for row in house.do(heartbeats.listed)] == [reading.RECEIVER], 10)


class TestWithoutABroker:
    """A dead Redis is nothing to ActiveCampaign: what is stored is found by the sweep."""

    @pytest.fixture
    def settings(self, settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        monkeypatch.delenv("CELERY_BROKER_URL", raising=False)

    def test_deliveries_are_taken_at_once(self, url: str, paths: Paths, wishes) -> None:
        answer = requests.post(url + paths[Purpose.CREATE_LEAD], data=FORM)
        assert (answer.status_code, list(wishes())) == (202, [4711])
        assert answer.elapsed.total_seconds() < 1.0
