"""`ac365 webhooks`: the addresses it prints are those that the receiver knows."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from support.plant import until
from support.stored import House
from typer.testing import CliRunner, Result

from cli.main import app
from engine.asked import Purpose
from store import audit

PUBLIC = "https://sync.contoso.example"
OF_A_CONNECTION = ("DYNAMICS_URL", "DYNAMICS_TENANT_ID", "DYNAMICS_CLIENT_ID", "DYNAMICS_CLIENT_SECRET")
Paths = dict[Purpose, str]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, house: House, dsn: str, redis_url: str, tmp_path: Path) -> None:
    for name in (*OF_A_CONNECTION, "ACTIVECAMPAIGN_URL", "ACTIVECAMPAIGN_API_KEY", "AC365_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("AC365_SECRET_KEY", "a key for tests")
    monkeypatch.setenv("AC365_HOME", str(tmp_path))


def ran(*words: str) -> Result:
    result = CliRunner().invoke(app, ["webhooks", *words])
    assert result.exit_code == 0, result.output
    return result


def test_addresses_are_those_of_the_receiver(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AC365_PUBLIC_URL", PUBLIC + "/")
    rows = json.loads(ran("list", "--json").stdout)
    assert {row["purpose"]: row["address"] for row in rows} == {p: f"{PUBLIC}{path}" for p, path in paths.items()}


def test_listing_goes_without_saying(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AC365_PUBLIC_URL", PUBLIC)
    printed = ran().stdout.split()
    assert [word for word in printed if word.startswith("https:")] == [PUBLIC + path for path in paths.values()]


def test_without_a_public_address_the_paths_are_printed_and_the_setting_is_named(paths: Paths) -> None:
    result = ran("list")
    assert paths[Purpose.CREATE_LEAD] in result.stdout
    assert "Set AC365_PUBLIC_URL" in result.stderr
    assert json.loads(ran("list", "--json").stdout)[0]["address"] is None


@pytest.mark.parametrize(
    "base", ["http://sync.contoso.example", "https://sync.contoso.example:8443", "contoso", "https://x:y"]
)
def test_an_address_that_activecampaign_does_not_deliver_to_is_noted(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AC365_PUBLIC_URL", base)
    assert "https on port 443 only" in ran("list").stderr


def test_renewing_makes_the_old_addresses_worthless_and_is_written_down(
    house: House, paths: Paths, client: Any
) -> None:
    renewed = {row["purpose"]: row["path"] for row in json.loads(ran("renew", "--json").stdout)}
    form = {"contact[id]": "4711"}
    answers = [client.post(known[Purpose.CHANGED], data=form).status_code for known in (paths, renewed)]
    assert answers == [404, 202]
    assert house.mine(audit.listed)[0]["action"] == "renew webhooks"
    assert house.mine(audit.listed)[0]["author"].startswith("cli")


def test_what_is_written_down_holds_no_address(house: House) -> None:
    ran("renew", "--yes")
    assert "/hooks/" not in str(house.mine(audit.listed))


def test_serving_lasts_until_ctrl_c() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-c", "from cli.main import run; run()", "webhooks", "serve", "--port", str(port)]
    with subprocess.Popen(words, env=os.environ) as process:
        assert until(lambda: healthy(port), 20)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert not healthy(port)


def healthy(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/hooks/health", timeout=2).ok
    except requests.ConnectionError:
        return False
