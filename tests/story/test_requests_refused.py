"""Requests that are refused, each in words of its own, and without a trace in ActiveCampaign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.asking import ADD, NURTURE, REMOVE, SEND, SEPTEMBER, Form
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO
from support.story import NEWS_ID, Story

from mapping.companion import USER_ROLE, State
from sync.model import Entity


@pytest.fixture
def form(story: Story) -> Form:
    """Ada is in both and on a list; Ben is a lead in Dynamics alone; Noor may ask."""
    form = Form(story)
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT)
    story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    story.lead(BEN, BEN_AT)
    return form


def refused(form: Form, story: Story, words: str, *ask: Any, **how: Any) -> None:
    before, mails = len(story.ac.enrolments), len(story.ac.outbox)
    state, answer = form.ask(*ask, **how)
    assert (state, words in answer) == (State.REFUSED, True), (state, answer)
    assert (len(story.ac.enrolments), len(story.ac.outbox)) == (before, mails)
    assert not story.ac.notes


CONSENT: dict[str, tuple[Callable[[Form], Any], str]] = {
    "no bulk mail": (lambda f: f.story.edit("contact", ADA, donotbulkemail=True), "wants no e-mail"),
    "no mail": (lambda f: f.story.edit("contact", ADA, donotemail=True), "wants no e-mail"),
    "unsubscribed": (lambda f: f.story.edit_there(ADA_AT, lists={NEWS_ID: 2}), "unsubscribed in ActiveCampaign"),
    "bounced": (lambda f: f.bounce(ADA_AT), "bounces for good"),
}


@pytest.mark.parametrize("why", CONSENT)
@pytest.mark.parametrize(("kind", "target"), [(ADD, NURTURE), (SEND, SEPTEMBER)])
def test_nobody_is_written_to_against_their_will(form: Form, story: Story, why: str, kind: Any, target: str) -> None:
    opt_out, words = CONSENT[why]
    opt_out(form)
    refused(form, story, words, kind, target)


def test_an_opt_out_on_another_record_of_the_address_counts(form: Form, story: Story) -> None:
    story.lead(CLEO, ADA_AT, donotbulkemail=1)
    story.sync(Entity.LEAD)
    # The opt-out was passed on; somebody subscribed Ada again by hand.
    story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    refused(form, story, "Another record", ADD, NURTURE)


def test_an_opt_out_that_nobody_may_see_is_not_taken_for_none(form: Form, story: Story) -> None:
    story.edit("contact", ADA, donotbulkemail=True)
    form.maker.control("columns/contact/donotbulkemail", {"secured": True})
    refused(form, story, "doesn't show ac365 whether", ADD, NURTURE)


def test_who_opted_out_may_be_taken_out(form: Form, story: Story) -> None:
    form.ask(ADD, NURTURE)
    story.edit("contact", ADA, donotbulkemail=True)
    assert form.ask(REMOVE, NURTURE)[0] is State.DONE


def test_a_mail_needs_a_subscription(form: Form, story: Story) -> None:
    assert form.ask(ADD, NURTURE, record=BEN, entity="lead")[0] is State.DONE
    state, words = form.ask(SEND, SEPTEMBER, record=BEN, entity="lead")
    assert (state, "subscribed to no list" in words) == (State.REFUSED, True)
    assert story.ac.outbox == []


def test_somebody_without_the_role_is_refused(form: Form, story: Story) -> None:
    refused(form, story, "security roles", who=form.maker.person("Pia", "Salesperson"))


def test_somebody_who_may_not_see_the_record_is_refused(form: Form, story: Story) -> None:
    form.maker.control("privileges", {"role": USER_ROLE, "set": {"prvReadContact": "Basic"}})
    refused(form, story, "may not see this record")


def test_somebody_who_was_disabled_is_refused(form: Form, story: Story) -> None:
    request = form.asked()
    story.edit("systemuser", form.noor, isdisabled=True)
    assert form.answer(request)[0] is State.REFUSED


def test_rights_that_cannot_be_checked_are_not_taken_for_granted(form: Form, story: Story) -> None:
    story.forbid("prvActOnBehalfOfAnotherUser")
    refused(form, story, "Act on Behalf of Another User")


def test_a_record_out_of_scope_is_refused_with_the_reason(form: Form, story: Story) -> None:
    criteria = {"all": [{"field": "jobtitle", "operator": "equals", "value": "Queen"}]}
    story.configure(lead={"scope": "criteria", "criteria": criteria})
    refused(form, story, "not among those that are synced", record=BEN, entity="lead")


def test_a_record_without_an_address_is_refused(form: Form, story: Story) -> None:
    refused(form, story, "no e-mail address", record=story.contact(CLEO, None))


def test_a_record_that_stands_behind_another_is_refused(form: Form, story: Story) -> None:
    refused(form, story, "Another record has the same e-mail address", record=story.lead(CLEO, ADA_AT), entity="lead")


def test_an_entity_that_is_switched_off_is_refused(form: Form, story: Story) -> None:
    story.configure(lead={"enabled": False})
    refused(form, story, "Leads are not synced", record=BEN, entity="lead")


def test_a_record_that_is_not_there_yet_waits_for_no_pause(form: Form, story: Story) -> None:
    form.pause()
    refused(form, story, "paused", record=BEN, entity="lead")


def test_a_person_who_was_deleted_in_activecampaign_is_refused(form: Form, story: Story) -> None:
    story.edit_there(ADA_AT, delete=True)
    refused(form, story, "deleted in ActiveCampaign")


def test_a_record_that_is_gone_is_refused(form: Form, story: Story) -> None:
    request = form.asked()
    story.delete("contact", ADA)
    assert form.answer(request)[0] is State.REFUSED


OFFERS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[Any, str], str]] = {
    "inactive": ({"status": 2}, {}, (ADD, NURTURE), "not active"),
    "hidden": ({"hidden": 1}, {}, (ADD, NURTURE), "not active"),
    "not allowed": ({}, {"automations": ["Welcome"]}, (ADD, NURTURE), "not offered"),
    "unknown": ({}, {}, (ADD, "automation:99"), "no such automation"),
    "no mailing": ({}, {}, (SEND, "mailing:1"), "not offered"),
    "campaign not allowed": ({}, {"campaigns": [2]}, (SEND, SEPTEMBER), "not offered"),
    "unknown campaign": ({}, {}, (SEND, "campaign:99"), "no such campaign"),
    "malformed": ({}, {}, (ADD, "automation:one"), "not complete"),
    "of another kind": ({}, {}, (ADD, SEPTEMBER), "not complete"),
}


@pytest.mark.parametrize("case", OFFERS)
def test_what_is_not_offered_is_refused(form: Form, story: Story, case: str) -> None:
    built, panel, ask, words = OFFERS[case]
    story.ac.build_automation(id=1, **built)
    story.configure(panel=panel)
    refused(form, story, words, *ask)


def test_a_campaign_that_is_not_finished_is_refused(form: Form, story: Story) -> None:
    story.ac.campaigns.rows[1]["status"] = 0
    refused(form, story, "not a finished campaign", SEND, SEPTEMBER)


def test_a_panel_that_is_switched_off_says_so(form: Form, story: Story) -> None:
    form.hear()
    story.configure(panel={"enabled": False})
    form.later()
    refused(form, story, "switched off")
    assert form.offered() == {}


def test_what_was_asked_long_ago_is_not_done(form: Form, story: Story) -> None:
    request = form.asked()
    with story.crm.storage.write() as session:
        session.run("UPDATE ac365_request SET createdon = '2026-01-01T00:00:00Z'")
    assert "more than a day ago" in form.answer(request)[1]
