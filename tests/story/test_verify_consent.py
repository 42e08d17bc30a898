"""`ac365 verify` compares who may be mailed."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, CLEO
from support.compared import compared, repaired, told
from support.story import NEWS, NEWS_ID, Story

from engine import verify_marks
from sync import consent

BOTH = {"direction": "both"}
ON, OFF = {str(NEWS_ID): 1}, {str(NEWS_ID): 2}


@pytest.fixture
def news(story: Story) -> Story:
    """Ada is on a managed list, and opt-outs travel both ways."""
    story.configure(contact={**BOTH, "list": NEWS}, lead=BOTH, consent={"lists": [NEWS]})
    story.contact(ADA, ADA_AT)
    story.sync()
    return story


def agreed_on(news: Story) -> None:
    """Ada opts out in ActiveCampaign, and Dynamics knows."""
    news.edit_there(ADA_AT, lists=OFF)
    news.sync()
    assert news.row("contact", ADA)["donotbulkemail"]


def test_an_opt_out_in_dynamics_alone_is_a_difference_and_repaired(news: Story) -> None:
    news.edit("contact", ADA, donotbulkemail=True)
    assert told(compared(news)) == {ADA: {"opt-out": None}}
    assert repaired(news)["dynamics"] == 1
    assert news.list_state(ADA_AT) == consent.UNSUBSCRIBED
    assert news.verify().differences == []


def test_an_opt_out_in_activecampaign_alone_is_a_difference_and_repaired(news: Story) -> None:
    news.edit_there(ADA_AT, lists=OFF)
    assert told(compared(news)) == {ADA: {"opt-out": None}}
    assert repaired(news)["activecampaign"] == 1
    assert news.row("contact", ADA)["donotbulkemail"]
    assert news.verify().differences == []


def test_an_opt_out_known_on_both_sides_is_no_difference(news: Story) -> None:
    agreed_on(news)
    assert news.verify().differences == []


def test_an_opt_out_cleared_in_dynamics_still_stands_and_is_explained(news: Story) -> None:
    agreed_on(news)
    news.edit("contact", ADA, donotbulkemail=False)
    news.sync()
    assert told(news.verify()) == {ADA: {"opt-out": verify_marks.CLEARED}}


def test_an_opt_out_of_somebody_with_the_same_address_counts(news: Story) -> None:
    news.lead(CLEO, ADA_AT, donotbulkemail=1)
    assert told(compared(news)) == {ADA: {"opt-out": None}}


def test_where_nothing_comes_in_an_unsubscription_is_no_difference(news: Story) -> None:
    news.configure(contact={"direction": "outbound"})
    news.edit_there(ADA_AT, lists=OFF)
    assert news.verify().differences == []


def test_where_nothing_comes_in_a_new_subscription_is_explained(news: Story) -> None:
    news.configure(contact={"direction": "outbound"})
    news.edit("contact", ADA, donotbulkemail=True)
    news.sync()
    news.edit_there(ADA_AT, lists=ON)
    assert told(news.verify()) == {ADA: {"opt-out": verify_marks.ANEW_THERE}}


def test_where_opt_outs_do_not_travel_they_are_not_compared(news: Story) -> None:
    news.configure(consent={"enabled": False})
    news.edit_there(ADA_AT, lists=OFF)
    assert news.verify().differences == []
