"""The page of a connection: what is kept, what is refused and in which words, and that secrets never come back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from support.browser import Browser

from store import audit, connections
from worker.services import Services

FACTS = {
    "name": "fabrikam",
    "dynamics_url": "https://fabrikam.crm4.dynamics.example/",
    "dynamics_tenant_id": "11111111-1111-4111-8111-111111111111",
    "dynamics_client_id": "22222222-2222-4222-8222-222222222222",
    "dynamics_client_secret": "another-secret",
    "activecampaign_url": "https://fabrikam.api-us1.example/admin",
    "activecampaign_api_key": "another-key",
}
SAID = {**FACTS, "save": "1"}
NEW = "/connections/new"


def row_of(services: Services, name: str) -> dict[str, Any]:
    with services.db.transaction() as tx:
        found = connections.by_name(tx, name)
    assert found
    return {**found, "secrets": services.vault.decrypt(found["secrets"])}


def as_kept(row: dict[str, Any], **more: str) -> dict[str, Any]:
    return {
        name: row[name] for name in ("dynamics_url", "dynamics_tenant_id", "dynamics_client_id", "activecampaign_url")
    } | {"save": "1", **more}


def test_a_second_connection_is_made_with_everything_switched_off(admin: Browser, services: Services) -> None:
    assert "/checklist" in admin.post(NEW, 303, page=NEW, **SAID)
    row = row_of(services, "fabrikam")
    assert (row["dynamics_url"], row["activecampaign_url"]) == (
        "https://fabrikam.crm4.dynamics.example",
        "https://fabrikam.api-us1.example",
    )
    assert row["secrets"] == {"dynamics_client_secret": "another-secret", "activecampaign_api_key": "another-key"}
    text = admin.get(f"/c/{row['id']}/checklist/")
    assert "Connect Dynamics 365" in text
    with services.db.transaction() as tx:
        line = next(one for one in audit.listed(tx, row["id"]) if one["action"] == "connect")
    assert (line["author"], line["after"]["dynamics_client_secret"]) == ("console:anna", "(secret)")


def test_a_name_is_given_once(admin: Browser) -> None:
    assert "There is a connection of this name already." in admin.post(
        NEW, 422, page=NEW, **{**SAID, "name": "default"}
    )


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("dynamics_url", "http://contoso.crm4.dynamics.example", "begins with https://"),
        ("dynamics_url", "https://contoso.crm4.dynamics.example/main.aspx?app=1", "Only the address itself"),
        ("dynamics_url", "https://[", "begins with https://"),
        ("activecampaign_url", "contoso.api-us1.example", "begins with https://"),
        ("dynamics_tenant_id", "common", "directory (tenant) id"),
        ("dynamics_client_id", "my app", "no application (client) id"),
        ("dynamics_client_secret", "", "A client secret or a certificate is needed."),
        ("activecampaign_api_key", "", "This is needed."),
        ("activecampaign_event_key", "key", "wants the account id as well"),
        ("dynamics_client_certificate", "text", "not both"),
    ],
)
def test_what_can_not_be_used_is_refused_at_its_field(admin: Browser, field: str, value: str, told: str) -> None:
    text = admin.post(NEW, 422, page=NEW, **{**SAID, field: value})
    assert told in text
    assert "another-secret" not in text
    assert 'value="https://fabrikam.crm4' in text or field == "dynamics_url"


def test_an_empty_secret_keeps_the_one_that_is_set(admin: Browser, services: Services, connection_id: int) -> None:
    page = f"/c/{connection_id}/connection"
    assert "Is set; leave empty to keep." in admin.get(page)
    row = row_of(services, "default")
    admin.post(page, 303, page=page, **as_kept(row, activecampaign_api_key="a-newer-key"))
    assert row_of(services, "default")["secrets"] == {**row["secrets"], "activecampaign_api_key": "a-newer-key"}
    assert "a-newer-key" not in admin.get(page)
    assert "the-client-secret" not in admin.get(page)


def test_a_certificate_takes_the_place_of_the_secret(admin: Browser, services: Services, connection_id: int) -> None:
    page = f"/c/{connection_id}/connection"
    pem = "-----BEGIN PRIVATE KEY-----\nx\n-----BEGIN CERTIFICATE-----\ny"
    admin.post(page, 303, page=page, **as_kept(row_of(services, "default"), dynamics_client_certificate=pem))
    kept = row_of(services, "default")["secrets"]
    assert ("dynamics_client_secret" in kept, kept["dynamics_client_certificate"]) == (False, pem)


def test_a_connection_from_the_environment_says_what_is_set_there(admin: Browser, connection_id: int) -> None:
    text = admin.get(f"/c/{connection_id}/connection")
    assert "comes from the environment" in text
    assert "<code>DYNAMICS_CLIENT_SECRET</code>" in text


def test_testing_does_not_save(admin: Browser, services: Services) -> None:
    text = admin.post(NEW, 200, page=NEW, **FACTS)
    assert "Not saved yet. Something is wrong" in text
    assert "dynamics: sign-in" in text
    with services.db.transaction() as tx:
        assert connections.by_name(tx, "fabrikam") is None


def test_the_api_makes_changes_and_tests_and_never_tells_a_secret(
    admin: Browser, app: Flask, services: Services
) -> None:
    headers = {"X-CSRFToken": admin.token("/")}
    made = admin.client.post(
        "/api/v1/connections", json={name: value for name, value in SAID.items() if name != "save"}, headers=headers
    )
    assert made.status_code == 201, made.json
    url = f"/api/v1/connections/{made.json['id']}"
    changed = admin.client.patch(url, json={"activecampaign_api_key": "newest-key"}, headers=headers)
    assert (changed.status_code, changed.json["secrets"]) == (200, ["activecampaign_api_key", "dynamics_client_secret"])
    assert "newest-key" not in changed.get_data(as_text=True)
    assert row_of(services, "fabrikam")["secrets"]["activecampaign_api_key"] == "newest-key"
    refused = admin.client.patch(url, json={"dynamics_url": "ftp://x"}, headers=headers)
    assert (refused.status_code, list(refused.json["errors"]["json"])) == (422, ["dynamics_url"])
    tested = admin.client.post(f"{url}/test", headers=headers).json
    assert (tested["ok"], tested["findings"][0]["what"]) == (False, "dynamics: sign-in")
