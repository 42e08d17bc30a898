"""A person decides a conflict on the command line, and the other side gets the winner's value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from store import conflicts
from sync.model import Entity

ASKING = {"direction": "both", "conflict": "ask"}
HERE, THERE = "Engineer", "Admiral"


@pytest.fixture(autouse=True)
def _carried(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command sends is carried out before it goes on."""
    monkeypatch.setattr("cli.conflicts.send", lambda _services, wakes: story.pump.run(wakes))


@pytest.fixture
def asked(story: Story) -> Story:
    """Both sides changed Ada's job title, and nobody knows who is right."""
    story.configure(contact=ASKING)
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.sync(Entity.CONTACT)
    story.edit("contact", ADA, jobtitle=HERE)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": THERE})
    story.sync(Entity.CONTACT)
    return story


def ac365(*words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def choose(story: Story, winner: str, *more: str) -> Any:
    found = ac365("conflicts", "choose", str(ac365("conflicts")[0]["id"]), winner, *more)
    story.sweep()
    return found


def held(story: Story) -> tuple[Any, Any]:
    return story.row("contact", ADA)["jobtitle"], story.ac.values_of(ADA_AT)["JOB_TITLE"]


@pytest.mark.parametrize(("winner", "value"), [("dynamics", HERE), ("activecampaign", THERE)])
def test_both_sides_hold_the_value_of_who_won(asked: Story, winner: str, value: str) -> None:
    choose(asked, winner)
    assert held(asked) == (value, value)
    asked.verify()


def test_the_field_travels_again_afterwards(asked: Story) -> None:
    choose(asked, "dynamics")
    asked.edit_there(ADA_AT, fields={"JOB_TITLE": "Peer"})
    asked.sync(Entity.CONTACT)
    assert held(asked) == ("Peer", "Peer")


def test_what_the_winner_holds_by_then_counts(asked: Story) -> None:
    asked.edit("contact", ADA, jobtitle="Engineer in chief")
    choose(asked, "dynamics")
    assert held(asked) == ("Engineer in chief", "Engineer in chief")


def test_a_loser_that_changed_once_more_is_a_new_question(asked: Story) -> None:
    asked.edit("contact", ADA, jobtitle="Engineer in chief")
    choose(asked, "activecampaign")
    assert held(asked) == ("Engineer in chief", THERE)
    assert [row["state"] for row in ac365("conflicts")] == ["open", "resolved"]


def test_all_alike_are_decided_at_once(story: Story) -> None:
    story.configure(contact=ASKING, guards={"changes": 1})
    story.crowd(12, jobtitle="Clerk")
    story.sync(Entity.CONTACT)
    story.edit_all("contact", story.ids, jobtitle=HERE)
    story.edit_there(*(f"person{n}@example.com" for n in range(1, 13)), fields={"JOB_TITLE": THERE})
    story.sync(Entity.CONTACT)
    assert len(choose(story, "activecampaign", "--all-alike")["resolved"]) == 12
    assert {story.row("contact", one)["jobtitle"] for one in story.ids} == {THERE}
    assert story._mine(conflicts.counts) == {"resolved": 12}
    story.verify()
