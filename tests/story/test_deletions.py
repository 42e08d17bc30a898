"""Records deleted in Dynamics: the link ends, the contact stays and is marked."""

from __future__ import annotations

from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import CONTOSO, YEAR, Story

from sync import tags
from sync.model import Entity


def test_a_deleted_record_leaves_a_marked_contact(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.sync()
    story.delete("contact", ADA)
    assert story.sync()["contact"] == {"updated": 1}
    assert story.ac.tags_of(ADA_AT) == {tags.CONTACT, tags.PUSHED, tags.DELETED}
    assert story.link(Entity.CONTACT, ADA) is None
    assert story.record(Entity.CONTACT, ADA)["state"] == "deleted"


def test_nothing_is_marked_where_nothing_is_wished(story: Story) -> None:
    story.configure(contact={"on_deleted": "nothing"})
    story.contact(ADA, ADA_AT)
    story.sync()
    story.delete("contact", ADA)
    story.sync()
    assert tags.DELETED not in story.ac.tags_of(ADA_AT)
    assert story.link(Entity.CONTACT, ADA) is None


def test_a_record_that_never_arrived_is_deleted_without_a_trace(story: Story) -> None:
    story.contact(ADA, None)
    story.sync()
    story.delete("contact", ADA)
    assert story.sync()["contact"] == {"skipped": 1}
    assert len(story.ac.contacts) == 0


def test_deletions_come_last(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.sync()
    story.delete("contact", ADA)
    story.lead(BEN, BEN_AT)
    cycle_id = story.start()
    story.go_on(until=lambda: story.person(BEN_AT) is not None)
    assert tags.DELETED not in story.ac.tags_of(ADA_AT)
    story.go_on()
    assert tags.DELETED in story.ac.tags_of(ADA_AT)
    story.counts(story.pump.cycle(cycle_id))


def test_a_new_record_of_that_address_takes_the_mark_off(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.sync()
    story.delete("contact", ADA)
    story.sync()
    story.contact(BEN, ADA_AT)
    assert story.sync()["contact"] == {"created": 1}
    assert story.ac.tags_of(ADA_AT) == {tags.CONTACT, tags.PUSHED}
    story.verify()


def test_a_deleted_account_stays_in_activecampaign_without_a_link(story: Story) -> None:
    story.account()
    story.sync()
    story.delete("account", CONTOSO)
    assert story.sync()["account"] == {"skipped": 1}
    assert len(story.ac.accounts) == 1
    assert story.link(Entity.ACCOUNT, CONTOSO) is None


def test_what_was_deleted_while_the_token_expired_is_found_out(story: Story) -> None:
    gone, *others = story.crowd(12)
    story.sync()
    story.delete("contact", gone)
    story.crm.expire_tokens([story.crm.catalog.tables["contact"]])
    assert story.sync()["contact"] == {"unchanged": 11}
    assert tags.DELETED in story.ac.tags_of("person1@example.com")
    assert tags.DELETED not in story.ac.tags_of("person2@example.com")
    assert story.link(Entity.CONTACT, gone) is None
    assert story.link(Entity.CONTACT, others[0]) is not None


def test_a_shadowed_record_takes_over_from_one_that_vanished_unseen(story: Story) -> None:
    story.contact(ADA, ADA_AT, modifiedon=YEAR.format(2))
    story.lead(BEN, ADA_AT, jobtitle="Programmer", modifiedon=YEAR.format(1))
    story.sync()
    story.delete("contact", ADA)
    story.crm.expire_tokens([story.crm.catalog.tables["contact"]])
    story.sync()
    assert story.ac.values_of(ADA_AT)["JOB_TITLE"] == "Programmer"
    story.verify()


def test_a_table_that_looks_empty_all_at_once_deletes_nobody(story: Story) -> None:
    first, *_ = story.crowd(101)
    story.sync()
    with story.crm.storage.write() as session:
        session.run("DELETE FROM contact")
    story.crm.expire_tokens([story.crm.catalog.tables["contact"]])
    story.sync(state="stopped")
    assert "a full read showed none of 101 linked records" in story.last_cycle()["note"]
    assert story.link(Entity.CONTACT, first) is not None
