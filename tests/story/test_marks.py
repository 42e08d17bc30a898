"""Marks in ActiveCampaign that only describe, each where an administrator wants it."""

from __future__ import annotations

from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import NEWS, Story

from sync.model import Entity

OUTSIDE = "Out of scope"


def test_a_disqualified_lead_bears_the_mark_where_it_is_wanted(story: Story) -> None:
    story.configure(lead={"tag_disqualified": True})
    story.lead(BEN, BEN_AT)
    story.sync(Entity.LEAD)
    story.edit("lead", BEN, statecode=2, statuscode=4)
    story.sync(Entity.LEAD)
    assert "[D365: Disqualified]" in story.ac.tags_of(BEN_AT)


def test_who_leaves_the_criteria_bears_the_mark_that_is_wanted(story: Story) -> None:
    criteria = {"field": "jobtitle", "operator": "equals", "value": "Engineer"}
    story.configure(contact={"scope": "criteria", "criteria": criteria, "tag_out_of_scope": OUTSIDE})
    story.contact(ADA, ADA_AT, jobtitle="Engineer")
    story.sync(Entity.CONTACT)
    story.edit("contact", ADA, jobtitle="Countess")
    story.sync(Entity.CONTACT)
    assert OUTSIDE in story.ac.tags_of(ADA_AT)
    story.edit("contact", ADA, jobtitle="Engineer")
    story.sync(Entity.CONTACT)
    assert OUTSIDE not in story.ac.tags_of(ADA_AT)


def test_a_deletion_ends_the_list_where_that_is_wanted(story: Story) -> None:
    story.configure(contact={"on_deleted": "unsubscribe", "list": NEWS})
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT)
    assert story.list_state(ADA_AT) == 1
    story.delete("contact", ADA)
    story.sync(Entity.CONTACT)
    assert story.list_state(ADA_AT) == 2
