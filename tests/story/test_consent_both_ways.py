"""Opt-outs travel both ways, win every conflict and overtake the queue; nobody is ever subscribed by a sync."""

from __future__ import annotations

import pytest
import requests
from support.cast import ADA, ADA_AT, CLEO, CLEO_AT
from support.story import NEWS, NEWS_ID, Story

from sync import tags
from sync.model import Entity, Lane

BOTH = {"direction": "both"}
SUBSCRIBED, UNSUBSCRIBED = 1, 2


@pytest.fixture
def news(story: Story) -> Story:
    """Ada is on both sides and on the newsletter's list."""
    story.configure(contact={**BOTH, "list": NEWS}, lead=BOTH)
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT, Entity.LEAD)
    assert story.list_state(ADA_AT) == SUBSCRIBED
    return story


def unsubscribe(story: Story) -> None:
    story.edit_there(ADA_AT, lists={str(NEWS_ID): UNSUBSCRIBED})


def subscribe(story: Story) -> None:
    """Ada herself fills in a form, a while later."""
    story.ac.clock.advance(60)
    form = {"email": ADA_AT, "lists": [NEWS_ID]}
    requests.post(f"{story.ac.url}/_sim/form", json=form).raise_for_status()


def bounce(story: Story) -> None:
    event = {"kind": "bounce", "contact": ADA_AT}
    requests.post(f"{story.ac.url}/_sim/events", json=event).raise_for_status()


def run(story: Story) -> None:
    story.sync(Entity.CONTACT, Entity.LEAD)
    story.sweep()


@pytest.mark.parametrize("flag", ["donotbulkemail", "donotemail"])
def test_an_opt_out_in_dynamics_ends_the_list(news: Story, flag: str) -> None:
    news.edit("contact", ADA, **{flag: True})
    run(news)
    assert news.list_state(ADA_AT) == UNSUBSCRIBED
    news.verify()


def test_an_unsubscription_is_an_opt_out_in_dynamics(news: Story) -> None:
    unsubscribe(news)
    run(news)
    row = news.row("contact", ADA)
    assert (bool(row["donotbulkemail"]), bool(row["donotemail"])) == (True, False)
    news.verify()


def test_the_stronger_flag_is_set_on_request(news: Story) -> None:
    news.configure(consent={"do_not_email": True})
    unsubscribe(news)
    run(news)
    assert news.row("contact", ADA)["donotemail"]


def test_a_hard_bounce_is_an_opt_out_in_dynamics(news: Story) -> None:
    run(news)
    bounce(news)
    run(news)
    assert news.row("contact", ADA)["donotbulkemail"]


def test_a_bounce_after_the_opt_out_was_cleared_in_dynamics_sets_it_again_once(news: Story) -> None:
    unsubscribe(news)
    run(news)
    for set_again in (True, False):
        news.edit("contact", ADA, donotbulkemail=False)
        run(news)
        assert not news.row("contact", ADA)["donotbulkemail"]
        bounce(news)
        run(news)
        assert bool(news.row("contact", ADA)["donotbulkemail"]) is set_again
    news.verify()


def test_clearing_it_in_dynamics_subscribes_nobody(news: Story) -> None:
    news.edit("contact", ADA, donotbulkemail=True)
    run(news)
    news.edit("contact", ADA, donotbulkemail=False)
    run(news)
    run(news)
    assert news.list_state(ADA_AT) == UNSUBSCRIBED
    assert not news.row("contact", ADA)["donotbulkemail"]
    news.verify()


def test_a_new_subscription_clears_it(news: Story) -> None:
    unsubscribe(news)
    run(news)
    subscribe(news)
    run(news)
    assert not news.row("contact", ADA)["donotbulkemail"]
    assert news.list_state(ADA_AT) == SUBSCRIBED


def test_a_new_subscription_does_not_clear_the_stronger_flag(news: Story) -> None:
    news.edit("contact", ADA, donotemail=True)
    run(news)
    subscribe(news)
    run(news)
    assert news.row("contact", ADA)["donotemail"]
    assert news.list_state(ADA_AT) == UNSUBSCRIBED


def test_an_opt_out_after_the_subscription_wins(news: Story) -> None:
    unsubscribe(news)
    run(news)
    subscribe(news)
    news.crm.clock.advance(3600)
    news.edit("contact", ADA, donotbulkemail=False)
    news.edit("contact", ADA, donotbulkemail=True)
    run(news)
    assert news.row("contact", ADA)["donotbulkemail"]
    assert news.list_state(ADA_AT) == UNSUBSCRIBED


def test_an_opt_out_of_a_shadowed_record_counts_for_the_person(news: Story) -> None:
    news.lead(CLEO, ADA_AT)
    run(news)
    news.edit("lead", CLEO, donotbulkemail=True)
    run(news)
    assert news.list_state(ADA_AT) == UNSUBSCRIBED


def test_an_opt_out_out_of_scope_is_heeded_all_the_same(news: Story) -> None:
    news.configure(contact={"scope": "criteria", "criteria": {"field": "jobtitle", "operator": "equals", "value": "x"}})
    run(news)
    news.edit("contact", ADA, donotbulkemail=True)
    run(news)
    assert news.list_state(ADA_AT) == UNSUBSCRIBED


def test_an_opt_out_overtakes_the_queue(news: Story) -> None:
    news.crowd(40)
    news.edit("contact", ADA, donotbulkemail=True)
    cycle = news.start(Entity.CONTACT)
    with news.transaction() as tx:
        tx.execute("UPDATE cycles SET lane = 'backfill' WHERE id = %s", (cycle,))
    news.go_on(until=lambda: news.list_state(ADA_AT) == UNSUBSCRIBED)
    assert news.person("person40@example.com") is None
    assert Lane.LIVE


def test_who_is_opted_out_when_first_found_is_taken_off_every_list(news: Story) -> None:
    news.edit_there(CLEO_AT, create=True, lists={str(NEWS_ID): SUBSCRIBED})
    news.contact(CLEO, CLEO_AT, donotbulkemail=1)
    run(news)
    assert news.list_state(CLEO_AT) == UNSUBSCRIBED


def test_an_opt_out_in_dynamics_is_heard_where_values_come_in_only(news: Story) -> None:
    news.configure(contact={"direction": "inbound"}, lead={"direction": "inbound"})
    run(news)
    news.edit("contact", ADA, donotbulkemail=True, firstname="Augusta")
    news.contact(CLEO, CLEO_AT)
    run(news)
    assert news.list_state(ADA_AT) == UNSUBSCRIBED
    assert news.ac.contact(ADA_AT).first != "Augusta"
    assert (news.person(CLEO_AT), news.link(Entity.CONTACT, CLEO)) == (None, None)
    news.forget_requests()
    run(news)
    assert (news.crm.stats.as_json()["write_requests"], news.ac.stats.as_json()["write_requests"]) == (0, 0)


def test_who_was_asked_for_there_is_opted_out_here_and_heard(story: Story) -> None:
    story.configure(contact={"direction": "inbound"}, lead={"direction": "inbound"})
    story.sync(Entity.CONTACT, Entity.LEAD)
    story.edit_there(
        ADA_AT,
        create=True,
        set={"lastName": "Byron"},
        lists={str(NEWS_ID): SUBSCRIBED},
        tags={"add": [tags.CONTACT, tags.PULLED]},
    )
    run(story)
    (made,) = story.rows("contact")
    story.edit("contact", made["contactid"], donotbulkemail=True)
    run(story)
    assert story.list_state(ADA_AT) == UNSUBSCRIBED


def test_a_subscription_of_a_bounced_address_ends_again(news: Story) -> None:
    run(news)
    bounce(news)
    run(news)
    subscribe(news)
    run(news)
    assert news.row("contact", ADA)["donotbulkemail"]
    assert news.list_state(ADA_AT) == UNSUBSCRIBED
    news.verify()
