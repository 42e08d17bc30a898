"""`ac365 alerts`: what fires, what did, and a test that says whether somebody took it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.post_office import Office, box, opened

from store import alerts

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
QUEUE = {
    "rule": "queue_unserved",
    "subject": "sync",
    "connection_id": None,
    "severity": "critical",
    "text": "Nobody serves the queue sync.",
    "advice": "Start it.",
    "seen_at": NOON,
    "firing_at": NOON,
    "calm_at": None,
    "told_at": NOON,
}


@pytest.fixture
def by_mail(monkeypatch):
    with opened(Office()) as office:
        for name, value in {
            "AC365_ALERT_MAIL_TO": "ops@contoso.example, night@contoso.example",
            "AC365_ALERT_MAIL_FROM": "ac365@contoso.example",
            "AC365_ALERT_SMTP_HOST": "127.0.0.1",
            "AC365_ALERT_SMTP_PORT": str(office.port),
            "AC365_ALERT_SMTP_SECURITY": "none",
        }.items():
            monkeypatch.setenv(name, value)
        yield office


@pytest.fixture
def by_webhook(monkeypatch, tmp_path):
    """The key comes from a file, as every setting may."""
    (tmp_path / "key").write_text("the key\n")
    with box() as made:
        monkeypatch.setenv("AC365_ALERT_WEBHOOK_URL", made.url)
        monkeypatch.setenv("AC365_ALERT_WEBHOOK_KEY_FILE", str(tmp_path / "key"))
        yield made


def test_nothing_fires(ac365):
    assert ac365("alerts").out == "No alert fires.\n"


def test_what_fires_is_told_with_what_to_do(place, connected):
    place.do(alerts.add, **QUEUE)
    out = connected("alerts").out
    assert "CRITICAL queue_unserved" in out
    assert "Nobody serves the queue sync.\n  Start it.\n" in out


def test_scripts_read_the_same(place, connected):
    place.do(alerts.add, **QUEUE)
    found = connected("alerts", "--json").json
    assert [one["rule"] for one in found["firing"]] == [one["rule"] for one in found["latest"]] == ["queue_unserved"]


def test_without_a_way_a_test_says_what_to_set(ac365):
    ran = ac365("alerts", "test")
    assert ran.status == 1
    assert "AC365_ALERT_MAIL_TO" in ran.err


def test_a_test_goes_out_by_each_way(ac365, by_mail, by_webhook):
    ran = ac365("alerts", "test")
    assert (ran.status, ran.out) == (0, "webhook: taken\nmail: taken\n")
    assert by_mail.taken[0][0] == ["ops@contoso.example", "night@contoso.example"]
    assert by_webhook.documents[0]["text"] == "This is a test: ac365 reaches you. Nothing is wrong."


def test_a_way_that_does_not_take_it_is_named(ac365, by_mail, by_webhook):
    by_webhook.status = 500
    ran = ac365("alerts", "test", "--json")
    assert ran.status == 1
    assert ran.json == {
        "webhook": {"taken": False, "why": "answered with status 500"},
        "mail": {"taken": True, "why": ""},
    }


def alerts_of(check) -> dict[str, bool]:
    return {one["what"]: one["ok"] for one in check.json["findings"] if one["what"].startswith("alerts")}


def test_check_says_that_nobody_is_told(ac365):
    assert alerts_of(ac365("check", "--json")) == {"alerts": False, "alerts: dead man's switch": False}


def test_check_says_who_is_told_and_what_is_half_done(ac365, by_mail, monkeypatch):
    monkeypatch.setenv("AC365_ALERT_WEBHOOK_URL", "https://hooks.contoso.example/in")
    monkeypatch.setenv("AC365_DEADMAN_URL", "https://alive.contoso.example/1")
    found = alerts_of(ac365("check", "--json"))
    assert found == {"alerts": True, "alerts: webhook": False, "alerts: dead man's switch": True}


def test_an_address_in_the_clear_is_refused_with_its_setting_and_not_shown(ac365, monkeypatch):
    monkeypatch.setenv("AC365_ALERT_WEBHOOK_URL", "http://hooks.contoso.example/the-secret")
    ran = ac365("alerts")
    assert ran.status == 1
    assert "AC365_ALERT_WEBHOOK_URL" in ran.err
    assert "the-secret" not in ran.err
