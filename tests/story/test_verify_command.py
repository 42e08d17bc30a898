"""`ac365 verify` as it is typed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from clients.activecampaign import ActiveCampaign


def ac365(*words: str) -> Any:
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def wrong(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Ada's name was changed in ActiveCampaign, where only Dynamics speaks."""
    monkeypatch.setattr("cli.verify.send", lambda _services, wakes: story.pump.run(wakes))
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.sync()
    story.edit_there(ADA_AT, set={"firstName": "Eda"})
    return story


def test_a_repair_is_queued_carried_out_and_proved(wrong: Story) -> None:
    ran = ac365("verify", "--repair", "--json")
    found = json.loads(ran.stdout)
    assert (ran.exit_code, found["agrees"]) == (3, False)
    assert found["queued"] == {"records": 1, "dynamics": 1, "activecampaign": 0}
    assert wrong.person(ADA_AT).first == "Ada"
    assert ac365("verify").exit_code == 0


def test_without_it_nothing_is_queued(wrong: Story) -> None:
    assert "queued" not in json.loads(ac365("verify", "--json").stdout)
    assert wrong.person(ADA_AT).first == "Eda"


@pytest.mark.parametrize(("words", "calls"), [([], 1), (["--anew"], 3)])
def test_an_interrupted_command_is_continued(
    wrong: Story, monkeypatch: pytest.MonkeyPatch, words: list[str], calls: int
) -> None:
    wrong.ac.load_contacts([{"email": f"somebody{n}@example.com"} for n in range(200)])
    page, pages = ActiveCampaign.contacts_page, []

    def interrupted(client: Any, **how: Any) -> Any:
        pages.append(how["after_id"])
        if len(pages) == 3:
            raise KeyboardInterrupt
        return page(client, **how)

    monkeypatch.setattr(ActiveCampaign, "contacts_page", interrupted)
    assert ac365("verify").exit_code == 1
    found = json.loads(ac365("verify", "--json", *words).stdout)
    assert found["activecampaign"]["contacts"] == 201
    assert len(pages) == 3 + calls
