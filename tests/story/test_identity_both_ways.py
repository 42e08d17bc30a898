"""Who is who while both sides move: new addresses, qualification, merges, deletions, accounts that change hands."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT
from support.story import CONTOSO, FABRIKAM, Story

from engine.cycles import INTRODUCTION
from sync.model import Entity

BOTH = {"direction": "both"}


@pytest.fixture
def both(story: Story) -> Story:
    """Ada is a contact of Contoso and Ben a lead, on both sides; everything travels both ways."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account()
    story.account(FABRIKAM, "Fabrikam")
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    return story


def settle(story: Story) -> None:
    """Two quiet cycles: the second one has nothing to write."""
    story.sync()
    story.sweep()
    story.forget_requests()
    story.sync()
    assert (story.crm.stats.as_json()["write_requests"], story.ac.stats.as_json()["write_requests"]) == (0, 0)
    story.verify()


def test_both_rename_and_dynamics_wins(both: Story) -> None:
    both.edit("contact", ADA, emailaddress1="here@example.com")
    both.edit_there(ADA_AT, set={"email": "there@example.com"})
    both.sync()
    both.sweep()
    assert both.row("contact", ADA)["emailaddress1"] == "here@example.com"
    assert {contact.email for contact in both.ac.contacts.rows.values()} == {"here@example.com", BEN_AT}
    settle(both)


def test_a_qualified_lead_hands_its_contact_on(both: Story) -> None:
    both.qualify(BEN)
    both.sync()
    both.sweep()
    made = next(row for row in both.rows("contact") if row["emailaddress1"] == BEN_AT)
    assert both.link(Entity.LEAD, BEN) is None
    link = both.link(Entity.CONTACT, made["contactid"])
    assert link is not None
    assert link.delivered
    names = both.ac.tags_of(BEN_AT)
    assert "[D365: Contact]" in names
    assert "[D365: Lead]" not in names
    both.edit_there(BEN_AT, set={"phone": "+44 7"})
    both.sync()
    assert both.row("contact", made["contactid"])["telephone1"] == "+44 7"
    settle(both)


def test_a_qualified_lead_whose_contact_got_another_address_keeps_one_contact(both: Story) -> None:
    both.qualify(BEN)
    made = next(row for row in both.rows("contact") if row["emailaddress1"] == BEN_AT)
    both.edit("contact", made["contactid"], emailaddress1="benjamin@example.com")
    both.sync()
    both.sweep()
    assert {contact.email for contact in both.ac.contacts.rows.values()} == {ADA_AT, "benjamin@example.com"}
    settle(both)


def test_a_merged_record_hands_its_contact_to_the_survivor(both: Story) -> None:
    both.contact(CLEO, None, firstname="Cleo")
    both.sync()
    both.merge(CLEO, ADA)
    both.edit("contact", CLEO, emailaddress1="cleo.ada@example.com")
    both.sync()
    both.sweep()
    assert both.link(Entity.CONTACT, ADA) is None
    assert both.link(Entity.CONTACT, CLEO) is not None
    assert {contact.email for contact in both.ac.contacts.rows.values()} == {"cleo.ada@example.com", BEN_AT}
    settle(both)


def test_the_loser_of_a_merge_of_two_linked_records_is_marked(both: Story) -> None:
    both.contact(CLEO, CLEO_AT, firstname="Cleo")
    both.sync()
    both.merge(CLEO, ADA)
    both.sync()
    both.sweep()
    assert both.link(Entity.CONTACT, ADA) is None
    assert "[D365: Deleted]" in both.ac.tags_of(ADA_AT)
    settle(both)


def test_a_contact_deleted_there_is_not_made_again(both: Story) -> None:
    both.edit_there(ADA_AT, delete=True)
    both.edit("contact", ADA, jobtitle="Engineer")
    both.sync()
    both.sweep()
    assert both.person(ADA_AT) is None
    link = both.link(Entity.CONTACT, ADA)
    assert link is not None
    assert link.removed
    settle(both)


def test_a_deletion_there_is_seen_by_reading_all(both: Story) -> None:
    both.edit_there(ADA_AT, delete=True)
    both.sync(initial=True)
    both.sweep()
    link = both.link(Entity.CONTACT, ADA)
    assert link is not None
    assert link.removed
    assert both.row("contact", ADA)["statecode"] == 0


def test_a_deletion_there_may_deactivate_here(both: Story) -> None:
    both.configure(contact={"on_removed": "deactivate"})
    both.edit_there(ADA_AT, delete=True)
    both.sync(initial=True)
    both.sweep()
    assert both.row("contact", ADA)["statecode"] == 1


def test_a_deletion_there_may_be_undone(both: Story) -> None:
    both.configure(contact={"on_removed": "recreate"})
    both.edit_there(ADA_AT, delete=True)
    both.sync(initial=True)
    both.sweep()
    assert both.person(ADA_AT) is not None
    settle(both)


def test_a_contact_made_anew_under_its_address_is_taken_up(both: Story) -> None:
    both.edit_there(ADA_AT, delete=True)
    both.edit_there(ADA_AT, create=True, set={"firstName": "Ada", "lastName": "Byron"})
    both.edit("contact", ADA, jobtitle="Engineer")
    both.sync()
    both.sweep()
    contact = both.person(ADA_AT)
    assert contact is not None
    assert both.link(Entity.CONTACT, ADA).ac_id == contact.id
    assert both.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"


def test_who_changes_hands_there_changes_hands_here(both: Story) -> None:
    both.move_there(ADA_AT, "Fabrikam")
    both.sync()
    both.sweep()
    assert both.row("contact", ADA)["parentcustomerid"] == FABRIKAM
    settle(both)


def test_who_changes_hands_on_both_sides_follows_dynamics(both: Story) -> None:
    both.move_there(ADA_AT, "Fabrikam")
    both.edit("contact", ADA, **{"parentcustomerid_account@odata.bind": None})
    both.sync()
    both.sweep()
    assert both.row("contact", ADA)["parentcustomerid"] is None
    assert both.company_of(ADA_AT) is None
    settle(both)


def test_a_record_deleted_here_comes_not_back_by_its_tags(both: Story) -> None:
    both.configure(contact={"on_deleted": "nothing"})
    both.edit_there(CLEO_AT, create=True, tags={"add": ["[D365: Contact]", "[D365: Pulled from ActiveCampaign]"]})
    both.sync()
    both.sweep()
    made = next(row for row in both.rows("contact") if row["emailaddress1"] == CLEO_AT)
    both.delete("contact", made["contactid"])
    both.sync()
    both.edit_there(CLEO_AT, set={"phone": "+44 9"})
    both.sync()
    assert [row for row in both.rows("contact") if row["emailaddress1"] == CLEO_AT] == []


def test_who_is_renamed_there_right_after_an_import_is_still_known(story: Story) -> None:
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    ids = story.crowd(20)
    story.sync()
    story.edit_there("person7@example.com", set={"email": "seventh@example.com"})
    story.edit("contact", ids[8], emailaddress1="ninth@example.com")
    story.sync()
    assert story.row("contact", ids[6])["emailaddress1"] == "seventh@example.com"
    assert story.person("ninth@example.com")
    settle(story)


def test_an_import_is_followed_by_one_reading_that_learns_the_ids(story: Story) -> None:
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    ids = story.crowd(20)
    story.sync()
    assert story.last_cycle()["requested_by"] == INTRODUCTION
    links = [story.link(Entity.CONTACT, record_id) for record_id in ids]
    assert all(link and link.ac_id for link in links)
    story.sync()
    assert story.last_cycle()["requested_by"] == "test"
