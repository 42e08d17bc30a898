"""Flower behind the console's sign-in: administrators read it, and nobody acts through it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest
import requests
from support.browser import Browser
from support.plant import until
from support.ports import free_ports

from cli.stack import celery
from cli.up import FLOWER

AUTH = "ac365:the-password"


@pytest.fixture
def flower(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Iterator[int]:
    """A real Flower that asks for a password; its port. Comes before the console."""
    (port,) = free_ports(1)
    monkeypatch.setenv("AC365_FLOWER_PORT", str(port))
    monkeypatch.setenv("FLOWER_BASIC_AUTH", AUTH)
    broker = redis_url.replace("unix://", "redis+socket://", 1)
    words = celery("flower", "--address=127.0.0.1", f"--port={port}", *FLOWER)
    process = subprocess.Popen(words, env={**os.environ, "CELERY_BROKER_URL": broker}, stderr=subprocess.DEVNULL)
    assert until(lambda: _answers(port))
    yield port
    process.terminate()
    process.wait(20)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/flower/healthcheck", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_an_administrator_reads_it_and_acts_on_nothing(flower: int, admin: Browser, user: Browser) -> None:
    assert requests.get(f"http://127.0.0.1:{flower}/flower/", timeout=5).status_code == 401
    text = admin.get("/flower/")
    assert "/flower/static/js/flower.js" in text
    assert "the-password" not in text
    assert "script-src 'self'" in admin.client.get("/flower/").headers["Content-Security-Policy"]
    table = {"draw": "1", "start": "0", "length": "10", "search[value]": "", "order[0][column]": "0"}
    table |= {"order[0][dir]": "asc", "columns[0][data]": "name"}
    assert '"recordsTotal"' in admin.client.post("/flower/tasks/datatable", data=table).get_data(as_text=True)
    for act in ("api/worker/shutdown/w@host", "api/task/revoke/1"):
        assert admin.client.post(f"/flower/{act}", headers={"X-CSRFToken": admin.token("/")}).status_code == 405
    user.get("/flower/", 403)


def test_without_flower_the_page_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("AC365_FLOWER_PORT", str(free_ports(1)[0]))
    admin: Browser = request.getfixturevalue("admin")
    assert "Flower does not answer" in admin.get("/flower/", 503)
