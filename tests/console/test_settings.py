"""Sync settings: saved as a new version, faults at their fields, two administrators at once, pauses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from support.browser import Browser

from engine import configure
from store import audit, pauses
from worker.services import Services


@pytest.fixture
def page(connection_id: int) -> str:
    return f"/c/{connection_id}/settings/"


def as_shown(admin: Browser, page: str) -> dict[str, Any]:
    """What the form would send as it stands."""
    text = admin.get(page)
    fields = dict(re.findall(r'<input id="[^"]+" name="([^"]+)" type="(?:text|time|url)"[^>]*?value="([^"]*)"', text))
    fields |= dict(re.findall(r'<input id="[^"]+" name="([^"]+)" type="checkbox" value="(true)"[^>]*?checked', text))
    kinds = re.findall(r'type="checkbox" name="kinds" value="([^"]+)"\s+checked', text)
    lists = dict(re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)<', text))
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version
    return {
        **fields,
        **lists,
        "kinds": kinds,
        "version": version[1],
        "frequency": "1h",
        "consent_enabled": "true",
        "bounces": "true",
    }


def document(services: Services, connection_id: int) -> dict[str, Any]:
    with services.db.transaction() as tx:
        return configure.current(tx, connection_id)[1]


def test_what_is_shown_and_sent_back_changes_nothing(
    admin: Browser, page: str, services: Services, connection_id: int
) -> None:
    before = document(services, connection_id)
    assert admin.post(page, 303, page=page, **as_shown(admin, page)) == page
    assert "It was so already." in admin.get(page)
    assert document(services, connection_id) == before


def test_settings_are_saved_with_their_author(
    admin: Browser, page: str, services: Services, connection_id: int
) -> None:
    said = {**as_shown(admin, page), "frequency": "15m", "creates": "12.5", "headroom": "20", "zone": "Europe/Berlin"}
    hours = {"quiet-0-from": "22:00", "quiet-0-to": "06:00", "quiet-0-days": ["mon", "tue"]}
    admin.post(page, 303, page=page, **{**said, **hours})
    saved = document(services, connection_id)
    assert saved["sync"] == {
        "enabled": False,
        "frequency": "15m",
        "quiet": [{"days": ["mon", "tue"], "from": "22:00", "to": "06:00"}],
    }
    assert (saved["guards"]["creates"], saved["limits"]["headroom"], saved["zone"]) == (0.125, 0.2, "Europe/Berlin")
    with services.db.transaction() as tx:
        assert audit.listed(tx, connection_id)[0]["author"] == "console:anna"


def test_marketing_is_set_with_names_one_in_a_line(
    admin: Browser, page: str, services: Services, connection_id: int
) -> None:
    said = as_shown(admin, page) | {"activities_enabled": "true", "kinds": ["sent", "opened"], "keep_days": "0"}
    del said["automations_all"]
    lists = {"automations": "Nurture\r\n 42 \r\n\r\n", "mailings": "Invitation", "campaigns": "unheeded"}
    admin.post(page, 303, page=page, **said | {"panel_enabled": "true", **lists})
    saved = document(services, connection_id)
    assert saved["activities"] == {
        "enabled": True,
        "kinds": ["sent", "opened"],
        "first_load_days": 90,
        "keep_days": 0,
    }
    wanted = {"enabled": True, "automations": ["Nurture", 42], "mailings": ["Invitation"], "campaigns": None}
    assert saved["panel"] == wanted
    text = admin.get(page)
    assert "Nurture\n42</textarea>" in text


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"kinds": []}, "kinds", "names no kind"),
        ({"keep_days": "-1"}, "keep_days", "A whole number from 0"),
        ({"creates": "150"}, "creates", "A number from 0 to 100."),
        ({"creates": "nan"}, "creates", "Not a number."),
        ({"headroom": "91"}, "headroom", "A number from 0 to 90."),
        ({"frequency": "10m"}, "frequency", "is not one of"),
        ({"zone": "Atlantis"}, "zone", "not the name of a time zone"),
        ({"quiet-0-from": "7", "quiet-0-to": "08:00"}, "quiet-0-from", "no time of day"),
        ({"quiet-0-from": "07:00", "quiet-0-days": ["mon"]}, "quiet-0-to", "is missing."),
        ({"quiet-0-from": "07:00", "quiet-0-to": "08:00", "quiet-0-days": []}, "quiet-0-days", "names no day"),
        ({"quiet-0-from": "07:00", "quiet-0-to": "07:00"}, "quiet", "leaves no time"),
        ({"consent_lists": ["Nobody's"]}, "consent_lists", "There is no list"),
    ],
)
def test_a_fault_stands_at_its_field(
    admin: Browser, page: str, services: Services, connection_id: int, said: dict[str, Any], field: str, told: str
) -> None:
    days = {"quiet-0-days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    text = admin.post(page, 422, page=page, **{**as_shown(admin, page), **days, **said})
    assert re.search(rf'id="{field}-error">[^<]*{told}', text), text
    with services.db.transaction() as tx:
        assert configure.current(tx, connection_id)[0] == 1


def test_the_second_of_two_administrators_is_told(
    admin: Browser, page: str, services: Services, connection_id: int
) -> None:
    said = as_shown(admin, page)
    with services.db.transaction() as tx:
        configure.switch(tx, connection_id, True, "another", services.now())
    text = admin.post(page, 409, page=page, **{**said, "zone": "Europe/Paris"})
    assert "Somebody else saved" in text
    assert 'value="Europe/Paris"' in text
    assert 'name="version" value="2"' in text


def test_the_global_switch_is_turned(admin: Browser, page: str, services: Services, connection_id: int) -> None:
    admin.post(f"{page}switch", 303, page=page, on="true")
    assert document(services, connection_id)["sync"]["enabled"] is True
    admin.post(f"{page}switch", 303, page=page, on="false")
    assert document(services, connection_id)["sync"]["enabled"] is False


def test_the_global_switch_stays_off_while_there_are_faults(
    admin: Browser, page: str, services: Services, connection_id: int
) -> None:
    with services.db.transaction() as tx:
        version, present = configure.current(tx, connection_id)
        present["entities"]["contact"]["list"] = "Nobody's"
        configure.replace(tx, connection_id, version, present, "test", services.now())
    admin.post(f"{page}switch", 303, page=page, on="true")
    assert "There is no list" in admin.get(page)
    assert document(services, connection_id)["sync"]["enabled"] is False


def test_a_part_is_paused_until_a_time_and_goes_on(
    admin: Browser, page: str, services: Services, connection_id: int
) -> None:
    until = (services.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    scope = {"entity": "lead", "direction": "inbound"}
    admin.post(f"{page}pauses", 303, page=page, **scope, reason="migration", until=until)
    assert "migration" in admin.get(page)
    with services.db.transaction() as tx:
        (held,) = pauses.active(tx, connection_id)
    assert (held["author"], held["until"].strftime("%Y-%m-%dT%H:%M")) == ("console:anna", until)
    admin.post(f"{page}pauses/end", 303, page=page, **scope)
    assert "Nothing is paused." in admin.get(page)


def test_a_pause_does_not_end_before_it_begins(admin: Browser, page: str) -> None:
    assert "lies in the past" in admin.post(f"{page}pauses", 422, page=page, until="2020-01-01T10:00")


def test_the_api_gets_and_puts_settings_and_pauses(admin: Browser, connection_id: int, services: Services) -> None:
    url, headers = f"/api/v1/connections/{connection_id}", {"X-CSRFToken": admin.token("/")}
    told = admin.client.get(f"{url}/settings").json
    told["sync"]["frequency"] = "5m"
    saved = admin.client.put(f"{url}/settings", json=told, headers=headers)
    assert (saved.status_code, saved.json["version"]) == (200, 2)
    assert admin.client.put(f"{url}/settings", json=told, headers=headers).status_code == 409
    told |= {"version": 2, "zone": "Atlantis"}
    refused = admin.client.put(f"{url}/settings", json=told, headers=headers)
    assert (refused.status_code, list(refused.json["errors"]["json"])) == (422, ["zone"])
    assert admin.client.put(f"{url}/switch", json={"on": True}, headers=headers).json == {"on": True, "changed": True}
    scope = {"entity": "contact", "reason": "x"}
    assert admin.client.put(f"{url}/pauses", json=scope, headers=headers).json["changed"] is True
    assert [one["entity"] for one in admin.client.get(f"{url}/pauses").json] == ["contact"]
    assert admin.client.delete(f"{url}/pauses?entity=contact", headers=headers).status_code == 204
    assert admin.client.delete(f"{url}/pauses?entity=contact", headers=headers).status_code == 404
