"""Several records with one address: one of them stands for the contact, and the next one takes over when it goes."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO
from support.story import YEAR, Story

from sync import tags
from sync.model import Entity

AS_CONTACT = {tags.CONTACT, tags.PUSHED}
AS_LEAD = {tags.LEAD, tags.PUSHED}


@pytest.fixture
def shared(story: Story) -> Story:
    """Ada is a contact; a lead has her address too."""
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.lead(BEN, ADA_AT, jobtitle="Programmer")
    story.sync()
    return story


def test_a_contact_stands_before_a_lead(shared: Story) -> None:
    assert len(shared.ac.contacts) == 1
    assert shared.ac.tags_of(ADA_AT) == AS_CONTACT
    assert shared.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"
    assert shared.reasons(Entity.LEAD, BEN) == [f"shadowed by contact {ADA}"]
    shared.verify()


def test_a_shadowed_record_writes_nothing(shared: Story) -> None:
    shared.writes()
    shared.edit("lead", BEN, jobtitle="Engineer")
    assert shared.sync()["lead"] == {"skipped": 1}
    assert shared.writes() == {}


def test_of_two_contacts_the_latest_modified_stands(story: Story) -> None:
    story.contact(ADA, ADA_AT, jobtitle="Old", modifiedon=YEAR.format(1))
    story.contact(BEN, ADA_AT.upper(), jobtitle="New", modifiedon=YEAR.format(2))
    assert story.sync()["contact"] == {"created": 1, "skipped": 1}
    assert story.ac.values_of(ADA_AT)["JOB_TITLE"] == "New"
    story.verify()


def test_the_one_that_is_modified_later_takes_over(story: Story) -> None:
    story.contact(ADA, ADA_AT, jobtitle="Old", modifiedon=YEAR.format(1))
    story.contact(BEN, ADA_AT, jobtitle="New", modifiedon=YEAR.format(2))
    story.sync()
    story.edit("contact", ADA, jobtitle="Newest")
    assert story.sync()["contact"] == {"updated": 1}
    assert story.ac.values_of(ADA_AT)["JOB_TITLE"] == "Newest"
    assert story.record(Entity.CONTACT, BEN)["state"] == "shadowed"
    assert len(story.ac.contacts) == 1
    story.verify()


@pytest.mark.parametrize(
    "goes",
    [
        lambda story: story.delete("contact", ADA),
        lambda story: story.edit("contact", ADA, statecode=1, statuscode=2),
        lambda story: story.edit("contact", ADA, emailaddress1="lovelace@example.com"),
    ],
    ids=["deleted", "deactivated", "another address"],
)
def test_the_shadowed_one_takes_over(shared: Story, goes: object) -> None:
    goes(shared)
    shared.sync()
    assert shared.ac.tags_of(ADA_AT) == AS_LEAD
    assert shared.ac.values_of(ADA_AT)["JOB_TITLE"] == "Programmer"
    assert shared.record(Entity.LEAD, BEN)["state"] == "linked"
    shared.verify()


def test_a_lead_gives_way_to_a_new_contact(story: Story) -> None:
    story.lead(BEN, BEN_AT)
    story.sync()
    story.contact(ADA, BEN_AT, jobtitle="Countess")
    story.sync()
    assert story.ac.tags_of(BEN_AT) == AS_CONTACT
    assert story.link(Entity.LEAD, BEN) is None
    story.verify()


def test_who_takes_an_address_over_gets_that_contact(story: Story) -> None:
    story.contact(ADA, ADA_AT, modifiedon=YEAR.format(1))
    story.contact(BEN, BEN_AT, modifiedon=YEAR.format(2))
    story.sync()
    before = story.person(BEN_AT).id
    story.edit("contact", ADA, emailaddress1=BEN_AT, jobtitle="Countess")
    story.sync()
    assert story.person(BEN_AT).id == before == story.link(Entity.CONTACT, ADA).ac_id
    assert story.ac.values_of(BEN_AT)["JOB_TITLE"] == "Countess"
    assert len(story.ac.contacts) == 2
    story.verify()


def test_a_lead_that_moves_to_the_address_of_a_contact_is_shadowed(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.lead(BEN, BEN_AT)
    story.sync()
    story.edit("lead", BEN, emailaddress1=ADA_AT)
    assert story.sync()["lead"] == {"skipped": 1}
    assert len(story.ac.contacts) == 2
    story.verify()


def test_a_qualified_lead_goes_on_as_the_contact(story: Story) -> None:
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    before = story.person(BEN_AT).id
    story.qualify(BEN)
    assert story.sync()["contact"] == {"updated": 1}
    assert story.person(BEN_AT).id == before
    assert story.ac.tags_of(BEN_AT) == AS_CONTACT
    assert story.link(Entity.LEAD, BEN) is None
    story.verify()


def test_a_qualified_lead_keeps_its_contact_while_contacts_are_off(story: Story) -> None:
    story.configure(contact={"enabled": False})
    story.lead(BEN, BEN_AT)
    story.sync()
    story.qualify(BEN)
    assert story.sync()["lead"] == {"skipped": 1}
    assert story.ac.tags_of(BEN_AT) == AS_LEAD
    assert story.link(Entity.LEAD, BEN) is not None


def test_after_a_merge_the_survivor_stands_for_the_contact(story: Story) -> None:
    story.contact(ADA, ADA_AT, jobtitle="Survivor", modifiedon=YEAR.format(1))
    story.contact(BEN, ADA_AT, jobtitle="Loser", modifiedon=YEAR.format(2))
    story.sync()
    story.merge(ADA, BEN)
    story.sync()
    assert story.ac.values_of(ADA_AT)["JOB_TITLE"] == "Survivor"
    assert len(story.ac.contacts) == 1
    story.verify()


def test_a_merge_that_brings_the_address_brings_the_contact(story: Story) -> None:
    story.contact(ADA, None, jobtitle="Survivor")
    story.contact(BEN, BEN_AT, jobtitle="Loser")
    story.sync()
    before = story.person(BEN_AT).id
    story.merge(ADA, BEN, emailaddress1=BEN_AT)
    story.sync()
    assert story.link(Entity.CONTACT, ADA).ac_id == before
    assert story.ac.values_of(BEN_AT)["JOB_TITLE"] == "Survivor"
    story.verify()


def test_three_records_of_one_address_leave_one_after_the_other(story: Story) -> None:
    for day, record_id in enumerate((ADA, BEN, CLEO), 1):
        story.contact(record_id, ADA_AT, jobtitle=f"Day {day}", modifiedon=YEAR.format(day))
    story.sync()
    for gone, left in ((CLEO, "Day 2"), (BEN, "Day 1")):
        story.delete("contact", gone)
        story.sync()
        assert story.ac.values_of(ADA_AT)["JOB_TITLE"] == left
    assert len(story.ac.contacts) == 1


def test_a_takeover_that_could_not_be_read_is_taken_up_again(shared: Story) -> None:
    shared.delete("contact", ADA)
    shared.forbid("prvReadLead")
    shared.sync(Entity.CONTACT)
    assert shared.last_cycle()["state"] == "failed"
    shared.allow("prvReadLead")
    shared.later()
    shared.pump.retry()
    assert shared.ac.values_of(ADA_AT)["JOB_TITLE"] == "Programmer"
    shared.verify()
