"""Both sides changed the same field between two cycles: every policy does what it says, and every conflict is on
record."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT
from support.story import Story

from store import conflicts
from sync.model import Entity

BOTH = {"direction": "both"}
HERE, THERE = "Engineer", "Admiral"


def begun(story: Story, **settings: Any) -> Story:
    story.configure(contact={**BOTH, **settings})
    story.contact(ADA, ADA_AT, jobtitle="Countess", modifiedon="2025-01-01T08:00:00Z")
    story.sync(Entity.CONTACT)
    return story


def clash(story: Story, here: str | None = HERE, there: str = THERE) -> None:
    story.edit("contact", ADA, jobtitle=here)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": there})
    story.sync(Entity.CONTACT)


def both_hold(story: Story) -> set[Any]:
    return {story.row("contact", ADA)["jobtitle"], story.ac.values_of(ADA_AT)["JOB_TITLE"]}


def on_record(story: Story) -> list[tuple[Any, ...]]:
    found = story._mine(conflicts.listed)
    return [(row["key"], row["agreed"], row["ours"], row["theirs"], row["winner"], row["state"]) for row in found]


@pytest.mark.parametrize(
    ("policy", "winner", "value"),
    [
        ("dynamics_wins", "dynamics", HERE),
        ("activecampaign_wins", "activecampaign", THERE),
        ("keep_if_empty", "dynamics", HERE),
    ],
)
def test_a_policy_of_the_entity_decides(story: Story, policy: str, winner: str, value: str) -> None:
    begun(story, conflict=policy)
    clash(story)
    assert both_hold(story) == {value}
    assert on_record(story) == [("JOB_TITLE", "Countess", HERE, THERE, winner, "decided")]
    story.verify()


def test_the_newest_may_be_activecampaign(story: Story) -> None:
    begun(story, conflict="newest_wins")
    story.edit("contact", ADA, jobtitle=HERE)
    story.ac.clock.advance(3600)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": THERE})
    story.sync(Entity.CONTACT)
    assert both_hold(story) == {THERE}


def test_the_newest_may_be_dynamics(story: Story) -> None:
    begun(story, conflict="newest_wins")
    story.edit_there(ADA_AT, fields={"JOB_TITLE": THERE})
    story.crm.clock.advance(3600)
    story.edit("contact", ADA, jobtitle=HERE)
    story.sync(Entity.CONTACT)
    assert both_hold(story) == {HERE}


def test_an_empty_value_gives_way_where_values_are_kept(story: Story) -> None:
    begun(story, conflict="keep_if_empty")
    clash(story, here=None)
    assert both_hold(story) == {THERE}


def test_a_field_may_have_a_policy_of_its_own(story: Story) -> None:
    begun(story, standard={"jobtitle": {"conflict": "activecampaign_wins"}})
    story.edit("contact", ADA, telephone1="+44 1")
    story.edit_there(ADA_AT, set={"phone": "+44 2"})
    clash(story)
    assert both_hold(story) == {THERE}
    assert (story.row("contact", ADA)["telephone1"], story.person(ADA_AT).phone) == ("+44 1", "+44 1")


def test_asking_parks_the_field_and_not_the_record(story: Story) -> None:
    begun(story, conflict="ask")
    story.edit("contact", ADA, firstname="Augusta")
    clash(story)
    assert (story.row("contact", ADA)["jobtitle"], story.ac.values_of(ADA_AT)["JOB_TITLE"]) == (HERE, THERE)
    assert story.person(ADA_AT).first == "Augusta"
    assert on_record(story) == [("JOB_TITLE", "Countess", HERE, THERE, "", "open")]
    story.edit("contact", ADA, jobtitle="Engineer in chief")
    story.sync(Entity.CONTACT)
    assert story.ac.values_of(ADA_AT)["JOB_TITLE"] == THERE


def test_sides_that_agree_again_need_nobody(story: Story) -> None:
    begun(story, conflict="ask")
    clash(story)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": HERE})
    story.sync(Entity.CONTACT)
    assert [row[-1] for row in on_record(story)] == ["resolved"]
    story.edit("contact", ADA, jobtitle="Peer")
    story.sync(Entity.CONTACT)
    assert both_hold(story) == {"Peer"}


def test_an_emptied_field_of_activecampaign_gets_its_value_back(story: Story) -> None:
    begun(story)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": ""})
    story.sync(Entity.CONTACT)
    assert both_hold(story) == {"Countess"}


def test_an_emptied_field_clears_dynamics_where_empties_are_mirrored(story: Story) -> None:
    begun(story, standard={"jobtitle": {"on_empty_inbound": "mirror"}})
    story.edit_there(ADA_AT, fields={"JOB_TITLE": ""})
    story.sync(Entity.CONTACT)
    assert story.row("contact", ADA)["jobtitle"] is None


def test_a_hundred_conflicts_are_all_decided_and_on_record(story: Story) -> None:
    story.configure(contact=BOTH)
    story.crowd(100, jobtitle="Clerk")
    story.sync(Entity.CONTACT)
    story.edit_all("contact", story.ids, jobtitle=HERE)
    story.edit_there(*(f"person{n}@example.com" for n in range(1, 101)), fields={"JOB_TITLE": THERE})
    story.configure(guards={"changes": 1})
    story.sync(Entity.CONTACT)
    assert {story.ac.values_of(f"person{n}@example.com")["JOB_TITLE"] for n in range(1, 101)} == {HERE}
    assert len(story._mine(conflicts.listed, limit=200)) == 100
    story.verify()
