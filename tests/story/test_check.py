"""`ac365 check` on the way back: rights, lists, required columns, filters, webhooks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from clients.activecampaign import ActiveCampaign

BOTH = {"direction": "both"}


def check() -> dict[str, Any]:
    result = CliRunner().invoke(app, ["check", "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return {one["what"]: one for one in json.loads(result.stdout)["findings"]}


def wrong(found: dict[str, Any]) -> list[str]:
    return [what for what, one in found.items() if one["required"] and not one["ok"]]


def test_rights_to_write_are_looked_up_for_what_travels_inbound(story: Story) -> None:
    assert not [what for what in check() if what.startswith("dynamics: write")]
    story.configure(contact=BOTH)
    found = check()
    assert found["dynamics: write contacts"]["ok"]
    assert "dynamics: write leads" not in found


def test_a_missing_right_to_write_is_named(story: Story) -> None:
    story.configure(contact=BOTH)
    story.forbid("prvWriteContact")
    found = check()
    assert wrong(found) == ["dynamics: write contacts"]
    assert "prvWriteContact" in found["dynamics: write contacts"]["message"]
    assert found["dynamics: write contacts"]["advice"]


def test_a_counting_list_that_nobody_has_is_a_fault(story: Story) -> None:
    story.configure(consent={"lists": ["Newsletter", "Newsleter"]})
    found = check()
    assert wrong(found) == ["configuration: consent.lists[1]"]
    assert "Newsletter" in found["configuration: consent.lists[1]"]["message"]


def test_a_list_for_new_people_that_nobody_has_is_a_fault(story: Story) -> None:
    story.configure(contact={"list": "Nobody's"})
    assert wrong(check()) == ["configuration: entities.contact.list"]


def test_a_required_column_that_nothing_fills_is_a_fault(story: Story) -> None:
    story.configure(contact=BOTH)
    story.crm.catalog.tables["contact"].columns["department"].required = "ApplicationRequired"
    assert wrong(check()) == ["configuration: entities.contact.defaults.department"]


def test_filters_that_are_ignored_are_told(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ActiveCampaign, "canary", lambda _client: False)
    assert check()["activecampaign: filters"]["ok"] is False


@pytest.mark.parametrize(("url", "ok"), [("", False), ("https://hooks.example.com", True)])
def test_webhooks_are_a_note_only(story: Story, monkeypatch: pytest.MonkeyPatch, url: str, ok: bool) -> None:
    monkeypatch.setenv("AC365_PUBLIC_URL", url)
    assert "webhooks" not in check()
    story.configure(contact=BOTH)
    found = check()["webhooks"]
    assert (found["ok"], found["required"]) == (ok, False)
