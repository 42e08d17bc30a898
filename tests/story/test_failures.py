"""What can't be delivered stands on the failure list in plain words, and leaves it by itself when it went through."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT, DOV
from support.story import Story

from engine import failing
from sync.model import Entity

DOV_WRONG = "dov..dov@example.com"
"""It looks like an address, and ActiveCampaign refuses it."""


def retry(story: Story, **wanted: Any) -> None:
    """A person presses retry for these failures."""
    with story.transaction() as tx:
        failing.retry(tx, failing.Filter(story.pump.connection_id, **wanted), "test")
    story.pump.retry()


@pytest.fixture
def refused(story: Story) -> Story:
    """Dov's address is refused."""
    story.contact(DOV, DOV_WRONG)
    story.sync(state="partial")
    return story


def test_one_bad_address_of_250_holds_nobody_back(story: Story) -> None:
    story.crowd(249)
    story.contact(DOV, DOV_WRONG)
    assert story.sync(state="partial")["contact"] == {"created": 249, "failed": 1}
    assert len(story.ac.contacts) == 249
    assert story.writes()["import/bulk_import"] == 249
    (failure,) = story.failures()
    assert failure["record_id"] == DOV
    assert "Email Address is not valid" in failure["message"]
    assert failure["class"] == "bad_record"
    assert story.verify().as_json()["entities"][1]["explained"] == 1


def test_no_value_of_the_record_stands_on_the_list(refused: Story) -> None:
    (failure,) = refused.failures()
    assert "dov..dov" not in str(failure)
    assert failure["request"]["action"] == "create"


def test_a_corrected_record_leaves_the_list_by_itself(refused: Story) -> None:
    refused.edit("contact", DOV, emailaddress1="dov@example.com")
    assert refused.sync()["contact"] == {"created": 1}
    assert refused.failures() == []
    refused.verify()


def test_a_record_that_is_deleted_leaves_the_list(refused: Story) -> None:
    refused.delete("contact", DOV)
    assert refused.sync()["contact"] == {"skipped": 1}
    assert refused.failures() == []


def test_a_retry_in_vain_counts_one_more_attempt(refused: Story) -> None:
    retry(refused)
    (failure,) = refused.failures()
    assert failure["attempts"] == 2


def test_a_retry_reads_the_record_as_it_is_now(refused: Story) -> None:
    refused.edit("contact", DOV, emailaddress1="dov@example.com", jobtitle="Engineer")
    retry(refused)
    assert refused.ac.values_of("dov@example.com")["JOB_TITLE"] == "Engineer"
    assert refused.failures() == []


def test_a_retry_uses_the_mapping_of_today(story: Story) -> None:
    story.configure(contact={"fields": [{"dynamics": "nickname", "activecampaign": "COMPANY"}]})
    story.contact(ADA, ADA_AT, jobtitle="Countess", nickname="Enchantress")
    story.refuse("POST", "contact/sync")
    story.sync(state="partial")
    story.configure(contact={"fields": [], "standard": {"jobtitle": False}})
    retry(story, entity=Entity.CONTACT)
    assert story.person(ADA_AT) is not None
    assert story.ac.values_of(ADA_AT) == {}
    assert story.failures() == []


def test_a_discarded_failure_is_gone_until_the_record_changes(refused: Story) -> None:
    with refused.transaction() as tx:
        assert failing.discard(tx, failing.Filter(refused.pump.connection_id), "test") == 1
    refused.pump.retry()
    assert refused.sync()["contact"] == {}
    assert refused.failures() == []
    refused.edit("contact", DOV, jobtitle="Engineer")
    refused.sync(state="partial")
    assert len(refused.failures()) == 1


def test_an_address_without_a_domain_is_asked_about_alone(story: Story) -> None:
    story.crowd(12)
    story.contact(DOV, "dov@nowhere")
    assert story.sync(state="partial")["contact"] == {"created": 12, "failed": 1}
    assert [failure["record_id"] for failure in story.failures()] == [DOV]


def test_an_address_that_an_exclusion_keeps_out_is_named(story: Story) -> None:
    story.ac.exclusions.add(matchPhrase="person3@", matchType="start")
    story.crowd(12)
    assert story.sync(state="partial")["contact"] == {"created": 11, "failed": 1}
    assert story.failures()[0]["record_id"].endswith("3")


def test_two_accounts_of_one_name_do_not_share_one(story: Story) -> None:
    story.account()
    story.account("cccccccc-1111-4000-8000-000000000009", "CONTOSO ")
    assert story.sync(state="partial")["account"] == {"created": 1, "failed": 1}
    assert "of this name" in story.failures()[0]["message"]
    assert len(story.ac.accounts) == 1
