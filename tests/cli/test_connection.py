"""Connections: from the environment, by hand, secrets never shown."""

from __future__ import annotations

import pytest

from store import configurations, connections
from store.db import Database

ADD = (
    *("connection", "add", "fabrikam", "--dynamics-url", "https://fabrikam.crm.dynamics.example/"),
    *("--tenant-id", "tenant", "--client-id", "app", "--activecampaign-url", "https://fabrikam.api.example"),
)


@pytest.fixture
def rows(dsn):
    db = Database(dsn, application_name="test")

    def listed():
        with db.transaction() as tx:
            return connections.listed(tx)

    yield listed
    db.close()


def test_the_environment_makes_the_first_connection_with_everything_off(place):
    document = place.mine(configurations.at, 1)
    assert document["sync"]["enabled"] is False
    assert not any(entity["enabled"] for entity in document["entities"].values())


def test_the_same_environment_writes_nothing_the_second_time(connected, rows):
    connected("connection", "list")
    sealed = rows()[0]["secrets"]
    connected("connection", "list")
    assert rows()[0]["secrets"] == sealed


def test_a_new_secret_in_the_environment_takes_effect(connected, rows, monkeypatch, vault):
    connected("connection", "list")
    monkeypatch.setenv("DYNAMICS_CLIENT_SECRET", "a-newer-secret")
    connected("connection", "list")
    assert vault.decrypt(rows()[0]["secrets"])["dynamics_client_secret"] == "a-newer-secret"


def test_listing_shows_no_secret(connected):
    ran = connected("connection", "list", "--json")
    assert ran.json[0]["name"] == "default"
    assert "secret" not in ran.out
    assert "the-api-key" not in ran.out


def test_secrets_of_an_added_connection_come_from_files(ac365, rows, vault, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    (tmp_path / "key").write_text("a key\n")
    files = ("--client-secret-file", str(tmp_path / "secret"), "--api-key-file", str(tmp_path / "key"))
    assert ac365(*ADD, *files).status == 0
    sealed = vault.decrypt(rows()[0]["secrets"])
    assert sealed == {"dynamics_client_secret": "from a file", "activecampaign_api_key": "a key"}


def test_adding_without_secrets_says_where_they_may_come_from(ac365):
    ran = ac365(*ADD)
    assert ran.status == 1
    assert "--api-key-file or ACTIVECAMPAIGN_API_KEY" in ran.err


def test_secrets_are_no_arguments(ac365):
    assert ac365(*ADD, "--client-secret", "visible to all").status == 2


def test_with_two_connections_one_has_to_be_chosen(connected, tmp_path):
    (tmp_path / "key").write_text("a key")
    assert connected(*ADD, "--api-key-file", str(tmp_path / "key")).status == 0
    ran = connected("config", "export")
    assert ran.status == 1
    assert "--connection: default, fabrikam" in ran.err
    assert connected("config", "export", "--connection", "fabrikam").status == 0


def test_an_unknown_connection_is_answered_with_those_there_are(connected):
    ran = connected("config", "export", "--connection", "fabricam")
    assert ran.status == 1
    assert "default" in ran.err
