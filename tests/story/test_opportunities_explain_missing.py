"""`ac365 explain opportunity` where something is missing: it says what, and what to do, and never fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.cast import ADA, ADA_AT
from support.deals import DEAL, open_for_business
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from engine import provision

OBJECT_MISSING = "The custom object of opportunities is not in ActiveCampaign. Run `ac365 provision"


def ac365(*words: str) -> Any:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def explain(*words: str) -> Any:
    ran = ac365("explain", *words, "--json")
    assert ran.exit_code == 0, ran.stderr
    (record,) = json.loads(ran.stdout)["records"]
    return record


def checks(record: Any) -> dict[str, bool | None]:
    return {check["rule"]: check["ok"] for check in record["checks"]}


def without_table(story: Story) -> None:
    """Dynamics has no Sales app."""
    story.crm.catalog.remove(story.crm.catalog.tables["opportunity"])
    story.crm.catalog.version += 1
    story.refresh()


def without_column(story: Story, name: str) -> None:
    del story.crm.catalog.tables["opportunity"].columns[name]
    story.crm.catalog.version += 1
    story.refresh()


@pytest.fixture
def sales(story: Story) -> Story:
    """Ada is on both sides, and so is her opportunity."""
    open_for_business(story)
    story.opportunity(DEAL, ADA, stepname="2-Develop")
    story.sync()
    return story


def test_in_fields_of_contacts_it_says_so(story: Story) -> None:
    story.configure(opportunity={"enabled": True, "history": "load", "shown_as": "contact_fields"})
    provision.carry_out(story.context, "test")
    story.refresh()
    story.contact(ADA, ADA_AT)
    story.opportunity(DEAL, ADA)
    assert explain(DEAL)["held_back"] == [
        "Opportunities wait for their first sync (`ac365 sync --entity opportunity`)."
    ]
    story.sync()
    record = explain(DEAL)
    assert (record["would"]["outcome"], record["opportunity"]["summed_up"]) == ("unchanged", True)
    assert "in fields of its contact, not as a record" in ac365("explain", DEAL).stdout


def test_before_the_first_load_the_question_is_announced(story: Story) -> None:
    open_for_business(story)
    story.configure(opportunity={"history": "ask"})
    story.opportunity(DEAL, ADA)
    record = explain(DEAL)
    assert record["would"]["action"] == "create"
    assert any("asks before it writes them" in line for line in record["held_back"])


def test_without_the_custom_object_it_says_what_to_do(story: Story) -> None:
    story.configure(opportunity={"enabled": True})
    story.opportunity(DEAL, ADA)
    record = explain("opportunity", DEAL)
    assert (record["would"]["outcome"], record["activecampaign"]["exists"]) == ("waiting", False)
    assert any(line.startswith(OBJECT_MISSING) for line in record["held_back"])
    assert OBJECT_MISSING in ac365("explain", DEAL).stdout


def test_switched_off_it_says_how_to_switch_it_on(story: Story) -> None:
    story.opportunity(DEAL, ADA)
    record = explain("opportunity", DEAL)
    assert (record["in_scope"], record["would"]["reason"]) == (False, "opportunity is switched off")
    assert any("entities.opportunity.enabled" in line for line in record["held_back"])


def test_without_the_table_one_that_is_known_is_explained_from_memory(sales: Story) -> None:
    without_table(sales)
    record = explain(DEAL)
    assert (record["dynamics"]["exists"], record["in_scope"], record["would"]) == (None, None, None)
    assert record["activecampaign"]["exists"] is True
    ran = ac365("explain", "opportunity", DEAL)
    assert ran.exit_code == 0
    assert "Dynamics shows no opportunities to ac365's user. Give the role" in ran.stdout


def test_without_the_table_one_that_is_not_known_is_answered_in_one_sentence(story: Story) -> None:
    without_table(story)
    ran = ac365("explain", "opportunity", DEAL)
    assert ran.exit_code == 1
    assert "Dynamics shows no opportunities" in ran.stderr
    assert "neither in Dynamics nor in ActiveCampaign" in ac365("explain", DEAL).stderr


def test_criteria_that_are_broken_leave_the_scope_open(sales: Story) -> None:
    tree = {"all": [{"field": "stepname", "operator": "equals", "value": "A"}]}
    sales.configure(opportunity={"scope": "criteria", "criteria": tree})
    without_column(sales, "stepname")
    record = explain(DEAL)
    assert (record["in_scope"], checks(record)["criteria"]) == (None, None)
    assert record["would"]["outcome"] == "waiting"


@pytest.mark.parametrize("words", [["opportunity", DEAL], [DEAL]], ids=["named", "id alone"])
def test_what_is_nowhere_is_one_sentence(story: Story, words: list[str]) -> None:
    ran = ac365("explain", *words)
    assert ran.exit_code == 1
    assert "neither in Dynamics nor in ActiveCampaign" in ran.stderr


def test_an_id_of_another_entity_is_named(sales: Story) -> None:
    ran = ac365("explain", "contact", DEAL)
    assert ran.exit_code == 1
    assert "known as an opportunity" in ran.stderr


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("DYNAMICS_URL", lambda record: (record["would"], record["activecampaign"]["exists"]) == (None, True)),
        ("ACTIVECAMPAIGN_URL", lambda record: (record["in_scope"], record["activecampaign"]["exists"]) == (True, None)),
    ],
)
def test_without_one_side_what_is_known_is_shown(
    sales: Story, monkeypatch: pytest.MonkeyPatch, url: str, told: Callable[[Any], bool]
) -> None:
    monkeypatch.setenv(url, "https://127.0.0.1:9")
    assert told(explain("opportunity", DEAL))
