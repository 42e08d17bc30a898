"""A cycle that asks is seen on the command line, and answered there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from store import audit
from sync.model import Entity


@pytest.fixture(autouse=True)
def _carried(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command sends is carried out before it goes on."""
    monkeypatch.setattr("cli.cycles.send", lambda _services, wakes: story.pump.run(wakes))


@pytest.fixture
def cycle(story: Story) -> str:
    """The number of a cycle that asks: it would change 60 of 100 contacts in ActiveCampaign."""
    story.configure(contact={"direction": "both"})
    story.crowd(100)
    story.sync(Entity.CONTACT)
    story.edit_all("contact", story.ids[:60], jobtitle="Engineer")
    story.sync(Entity.CONTACT, state="stopped")
    return str(story.last_cycle()["id"])


def ac365(*words: str, typed: str | None = None) -> Any:
    result = CliRunner().invoke(app, list(words), input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*words: str) -> Any:
    ran = ac365(*words, "--json")
    assert ran.stdout, ran.stderr
    return json.loads(ran.stdout)


def jobs(story: Story) -> set[str | None]:
    return {story.ac.values_of(f"person{n}@example.com").get("JOB_TITLE") for n in range(1, 61)}


@pytest.mark.parametrize("words", [["cycles"], ["cycles", "show"], ["status"]], ids=["list", "one", "status"])
def test_the_question_is_shown_with_both_answers(cycle: str, words: list[str]) -> None:
    shown = ac365(*words, *([cycle] if words[-1] == "show" else [])).stdout
    assert "it would change 60" in shown
    assert f"`ac365 cycles approve {cycle}`" in shown
    assert f"`ac365 cycles reject {cycle}`" in shown


def test_scripts_see_that_it_asks(cycle: str) -> None:
    assert answer("cycles")[0]["asks"] is True
    (asks,) = answer("status")["connections"][0]["asks"]
    assert (asks["cycle"], "change 60" in asks["question"]) == (int(cycle), True)


def test_streams_are_shown_with_their_direction(cycle: str) -> None:
    lines = [line.split() for line in ac365("cycles", "show", cycle).stdout.splitlines()]
    assert [line[1] for line in lines if line[:1] == ["contacts"]] == ["inbound", "outbound"]


def test_an_approved_cycle_writes_what_it_held_back(story: Story, cycle: str) -> None:
    assert answer("cycles", "approve", cycle) == {"cycle": int(cycle), "approved": True}
    assert jobs(story) == {"Engineer"}
    assert answer("cycles")[0]["asks"] is False
    assert story._mine(audit.listed, limit=1)[0]["action"] == "approve"


def test_a_rejected_cycle_says_how_much_stays_unwritten(story: Story, cycle: str) -> None:
    ran = ac365("cycles", "reject", cycle, "--yes")
    assert "60 records were not written" in ran.stdout
    assert jobs(story) == {None}
    assert "rejected by a person" in ac365("cycles", "show", cycle).stdout
    assert story._mine(audit.listed, limit=1)[0]["action"] == "reject"


def test_who_thinks_better_of_it_rejects_nothing(cycle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.cycles.on_terminal", lambda: True)
    ran = ac365("cycles", "reject", cycle, typed="n\n")
    assert ran.exit_code == 1
    assert "60 records stay unwritten; `ac365 verify --repair` brings them later" in ran.stdout
    assert answer("cycles")[0]["asks"] is True


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_a_cycle_that_asks_nothing_takes_no_answer(story: Story, word: str) -> None:
    story.sync(Entity.CONTACT)
    ran = ac365("cycles", word, str(story.last_cycle()["id"]), *(["--yes"] if word == "reject" else []))
    assert ran.exit_code == 1
    assert "does not wait for an answer" in ran.stderr
