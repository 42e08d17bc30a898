"""The first minutes: help, versions, a database that isn't ready, settings that are missing."""

from __future__ import annotations

import pytest

from store.migrate import pending

COMMANDS = [
    *(["check"], ["sync"], ["status"], ["verify"], ["explain"], ["pause"], ["resume"], ["migrate"], ["health"]),
    *(["takeover"], ["up"], ["demo"]),
    *(["connection", word] for word in ("list", "add", "test")),
    *(["config", word] for word in ("export", "import", "check", "diff", "enable", "disable")),
    *(["cycles", word] for word in ("list", "show", "approve", "reject")),
    *(["failures", word] for word in ("list", "show", "retry", "discard")),
    *(["conflicts", word] for word in ("list", "show", "choose")),
    *(["webhooks", word] for word in ("list", "renew", "serve")),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(ac365, words):
    ran = ac365(*words, "--help")
    assert ran.status == 0
    assert len(ran.out.splitlines()) > 5


def test_an_unknown_command_is_wrong_usage(ac365):
    assert ac365("sinc").status == 2


def test_an_unknown_entity_is_wrong_usage(ac365):
    ran = ac365("sync", "--entity", "invoice")
    assert ran.status == 2
    assert "contact" in ran.err


def test_a_database_that_lacks_migrations_is_named_with_the_cure(ac365, empty_dsn, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", empty_dsn)
    ran = ac365("status")
    assert ran.status == 1
    assert "Run `ac365 migrate`." in ran.err


def test_migrate_makes_the_database_ready_and_a_second_time_does_nothing(ac365, empty_dsn, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", empty_dsn)
    assert "Applied 0001" in ac365("migrate").out
    assert pending(empty_dsn) == []
    assert "up to date" in ac365("migrate").out


def test_an_unreachable_database_is_one_line_with_advice(ac365, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    ran = ac365("status")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert "DATABASE_URL" in ran.err


def test_a_setting_that_makes_no_sense_is_named(ac365, monkeypatch):
    monkeypatch.setenv("AC365_CONCURRENCY", "many")
    ran = ac365("status")
    assert ran.status == 1
    assert "AC365_CONCURRENCY" in ran.err


def test_without_a_connection_the_settings_to_make_are_named(ac365):
    ran = ac365("sync")
    assert ran.status == 1
    assert "DYNAMICS_URL" in ran.err
    assert "ac365 connection add" in ran.err


def test_half_a_connection_in_the_environment_names_what_is_missing(ac365, monkeypatch):
    monkeypatch.setenv("DYNAMICS_URL", "https://contoso.crm4.dynamics.example")
    ran = ac365("status")
    assert ran.status == 1
    assert "ACTIVECAMPAIGN_URL" in ran.err
    assert "DYNAMICS_CLIENT_SECRET (or DYNAMICS_CLIENT_CERTIFICATE)" in ran.err


def test_an_unexpected_fault_is_one_line_without_a_traceback(connected, monkeypatch):
    monkeypatch.setattr("engine.status.all_connections", lambda _tx: 1 / 0)
    ran = connected("status")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert "ZeroDivisionError" in ran.err
