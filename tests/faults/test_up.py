"""`ac365 up` on a machine that has nothing: it starts, heals, stops without a trace, and finds its data again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests
from support.plant import until
from support.ports import free_ports

AC365 = [sys.executable, "-c", "from cli.main import run; run()"]
SERVERS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "AC365_SECRET_KEY")
PORTS = ("AC365_FLOWER_PORT", "AC365_WEBHOOKS_PORT", "AC365_CONSOLE_PORT")
WITHIN_S = 60


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, short: Path, connected: None) -> Path:
    """Where the installation keeps its data; its connection leads to the simulators."""
    for name in SERVERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AC365_HOME", str(short))
    for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True):
        monkeypatch.setenv(name, str(port))
    return short


@pytest.fixture
def running(home: Path) -> Iterator[subprocess.Popen[str]]:
    """`ac365 up` once it says that it is up."""
    process = subprocess.Popen([*AC365, "up"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "ac365 is up." in process.stdout.readline()
    yield process
    if process.poll() is None:
        interrupt(process)


def interrupt(process: subprocess.Popen[str]) -> int:
    """Ctrl-C, and the exit status."""
    process.send_signal(signal.SIGINT)
    return process.wait(WITHIN_S)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*AC365, *words], capture_output=True, text=True, timeout=WITHIN_S)


def of(home: Path) -> dict[int, str]:
    """The processes of this installation: by their command line, or the home in their environment."""
    found = {}
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("AC365_HOME") == str(home) or str(home) in " ".join(process.cmdline())
            if mine and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found[process.pid] = " ".join(process.cmdline())
        except psutil.Error:
            continue
    return found


def servers(home: Path) -> set[int]:
    """The main processes of PostgreSQL and Redis, not those that a start forks for a moment."""
    return {pid for pid, words in of(home).items() if "redis-server" in words or "postgres -D" in words}


def test_ctrl_c_leaves_no_process_and_a_second_start_finds_the_data(
    home: Path, running: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("pause", "--entity", "contact").returncode == 0
    assert interrupt(running) == 0
    assert of(home) == {}
    paused = json.loads(run("status", "--json").stdout)["connections"][0]["pauses"]
    assert [entry["entity"] for entry in paused] == ["contact"]
    assert of(home) == {}


def test_servers_that_are_killed_come_back_by_themselves(home: Path, running: subprocess.Popen[str]) -> None:
    killed = servers(home)
    assert len(killed) == 2
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: len(servers(home) - killed) == 2, WITHIN_S)
    assert run("status").returncode == 0
    assert interrupt(running) == 0
    assert of(home) == {}


def healthy(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.ConnectionError:
        return False


def test_webhooks_are_taken_and_the_console_is_open_while_it_is_up(home: Path, running: subprocess.Popen[str]) -> None:
    hooks = f"http://127.0.0.1:{os.environ['AC365_WEBHOOKS_PORT']}/hooks/health"
    console = f"http://127.0.0.1:{os.environ['AC365_CONSOLE_PORT']}/alive"
    assert until(lambda: healthy(hooks) and healthy(console), WITHIN_S)
    assert interrupt(running) == 0
    assert not healthy(hooks)
    assert not healthy(console)


@pytest.mark.parametrize("setting", PORTS)
def test_a_taken_port_is_named_with_its_setting_and_nothing_stays_behind(home: Path, setting: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(os.environ[setting])))
        taken.listen()
        ran = run("up")
    assert ran.returncode == 1
    assert f"Set {setting}" in ran.stderr
    assert of(home) == {}


@pytest.mark.parametrize(("name", "value"), [("AC365_CONCURRENCY", "many"), ("AC365_FLOWER_PORT", "70000")])
def test_wrong_settings_are_named_before_anything_is_started(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = run("up")
    assert ran.returncode == 1
    assert name in ran.stderr
    assert list(home.iterdir()) == []
