"""Alerts in the console and its API: what fires stands on top, what was told stands below."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from support.browser import Browser
from support.lookout import Lookout
from support.programs import program, told

from console.access.roles import Role, needed
from worker.services import Services


@pytest.fixture
def lookout(services: Services, monkeypatch: pytest.MonkeyPatch) -> Lookout:
    return Lookout(services, services.now() - timedelta(minutes=30), monkeypatch)


def test_a_well_installation_shows_no_alert(admin: Browser, lookout: Lookout) -> None:
    lookout.pass_minutes(3)
    text = admin.get("/health/")
    assert 'id="alerts"' not in text
    assert "None so far." in text


def test_what_fires_stands_on_health_and_dashboard(admin: Browser, lookout: Lookout, connection_id: int) -> None:
    lookout.serving = ("live",)
    lookout.pass_minutes(5)
    for page in ("/health/", f"/c/{connection_id}/"):
        text = admin.get(page)
        assert "Nobody serves the queue sync." in text
        assert "Start the worker of this queue again" in text


def test_a_user_sees_it_without_the_way_to_what_is_not_for_them(
    user: Browser, lookout: Lookout, connection_id: int
) -> None:
    lookout.serving = ("live",)
    lookout.pass_minutes(5)
    text = user.get(f"/c/{connection_id}/")
    assert "Nobody serves the queue sync." in text
    assert "See it" not in text


def test_programs_read_what_fires_and_what_did(app: Flask, lookout: Lookout) -> None:
    lookout.serving = ("live",)
    lookout.pass_minutes(5)
    lookout.serving = ("live", "sync")
    lookout.pass_minutes(8)
    lookout.serving = ("sync",)
    lookout.pass_minutes(5)
    found = told(program(app).get("/api/v1/alerts"))
    assert [one["text"] for one in found["firing"]] == ["Nobody serves the queue live."]
    assert [(one["text"], one["recovered"] is None) for one in found["latest"]] == [
        ("Nobody serves the queue live.", True),
        ("Nobody serves the queue sync.", False),
    ]


def test_a_way_that_nobody_takes_is_shown(admin: Browser, lookout: Lookout) -> None:
    lookout.configure(webhook_url="http://127.0.0.1:1/in", webhook_key="the key")
    lookout.serving = ()
    lookout.pass_minutes(5)
    text = admin.get("/health/")
    assert "not told yet" in text
    assert "Notices by webhook are not taken: no answer (ConnectionError)" in text


@pytest.mark.parametrize("endpoint", ["metrics.show", "ready.alive", "ready.ready"])
def test_what_is_for_machines_needs_no_session(app: Flask, endpoint: str) -> None:
    with app.app_context():
        assert needed(endpoint) is Role.ANYBODY
