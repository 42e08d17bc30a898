"""Lists: who joins one, and who must never be put on it."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT, CLEO_AT, DOV, DOV_AT
from support.story import NEWS, NEWS_ID, Story

from sync.model import Entity

SUBSCRIBED, UNSUBSCRIBED = 1, 2
LEAD = "1eadbbbb-0000-4000-8000-000000000001"


@pytest.fixture
def news(story: Story) -> Story:
    """New contacts join the newsletter."""
    story.configure(contact={"list": NEWS})
    return story


def test_a_new_person_joins_the_list(news: Story) -> None:
    news.contact(ADA, ADA_AT)
    news.sync()
    assert news.list_state(ADA_AT) == SUBSCRIBED


def test_many_new_people_join_by_import(news: Story) -> None:
    news.crowd(12)
    news.sync()
    assert {news.list_state(f"person{n}@example.com") for n in range(1, 13)} == {SUBSCRIBED}


@pytest.mark.parametrize("flag", ["donotbulkemail", "donotemail"])
def test_who_opted_out_is_not_subscribed(news: Story, flag: str) -> None:
    news.contact(DOV, DOV_AT, **{flag: 1})
    news.sync()
    assert news.list_state(DOV_AT) != SUBSCRIBED


@pytest.mark.parametrize("lead", [{"statecode": 1, "statuscode": 3}, {}])
def test_an_opt_out_counts_for_everybody_of_the_address_whoever_is_read_last(news: Story, lead: dict[str, Any]) -> None:
    news.contact(ADA, ADA_AT)
    news.sync(Entity.CONTACT)
    assert news.list_state(ADA_AT) == SUBSCRIBED
    news.lead(LEAD, ADA_AT, donotbulkemail=True, **lead)
    news.sync(Entity.LEAD)
    news.sweep()
    assert news.list_state(ADA_AT) == UNSUBSCRIBED


def test_many_who_opted_out_are_not_subscribed_by_import(news: Story) -> None:
    news.crowd(12, donotbulkemail=1)
    news.sync()
    assert SUBSCRIBED not in {news.list_state(f"person{n}@example.com") for n in range(1, 13)}


@pytest.mark.parametrize("others", [0, 12], ids=["alone", "by import"])
def test_who_unsubscribed_is_not_subscribed_again(news: Story, others: int) -> None:
    news.ac.load_contacts([{"email": ADA_AT, "lists": {NEWS_ID: UNSUBSCRIBED}}])
    news.contact(ADA, ADA_AT)
    news.crowd(others)
    news.sync()
    assert news.list_state(ADA_AT) == UNSUBSCRIBED


def test_a_change_subscribes_nobody(news: Story) -> None:
    news.contact(ADA, ADA_AT, donotbulkemail=1)
    news.sync()
    news.edit("contact", ADA, donotbulkemail=False, jobtitle="Engineer")
    news.sync()
    assert news.list_state(ADA_AT) != SUBSCRIBED


def test_nobody_joins_a_list_that_was_not_chosen(story: Story) -> None:
    story.contact(ADA, CLEO_AT)
    story.sync()
    assert story.person(CLEO_AT).lists == {}
