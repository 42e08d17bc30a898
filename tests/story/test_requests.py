"""What people ask for in Dynamics: done once in ActiveCampaign, and answered on the row."""

from __future__ import annotations

from typing import Any

import pytest
from support.asking import ADD, NURTURE, REMOVE, SEND, SEPTEMBER, WELCOME, Form
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import NEWS_ID, Story

from mapping.companion import State
from sync.model import Entity


@pytest.fixture
def form(story: Story) -> Form:
    """Ada is in both and on a list; Ben is only in Dynamics; Noor may ask."""
    form = Form(story)
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT)
    story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    return form


def test_a_contact_is_added_to_an_automation(form: Form) -> None:
    assert form.ask(ADD, NURTURE) == (State.DONE, 'Added to "Nurture".')
    assert form.enrolments(ADA_AT).count(1) == 1


def test_who_is_in_it_already_is_not_let_in_again(form: Form) -> None:
    form.ask(ADD, NURTURE)
    assert form.ask(ADD, NURTURE) == (State.DONE, 'Is already in "Nurture"; nothing was changed.')
    assert form.enrolments(ADA_AT).count(1) == 1


def test_somebody_is_taken_out_again(form: Form, story: Story) -> None:
    form.ask(ADD, NURTURE)
    assert form.ask(REMOVE, NURTURE) == (State.DONE, 'Taken out of "Nurture".')
    assert form.ask(REMOVE, NURTURE) == (State.DONE, 'Is not in "Nurture" any more; nothing was changed.')
    assert {row["status"] for row in story.ac.enrolments if row["automation"] == 1} == {2}


def test_an_automation_that_lets_in_once_is_not_asked_twice(form: Form) -> None:
    form.ask(ADD, WELCOME)
    form.ask(REMOVE, WELCOME)
    state, words = form.ask(ADD, WELCOME)
    assert (state, words) == (State.REFUSED, 'Was in "Welcome" before, and it lets nobody in twice.')


def mailing(form: Form, story: Story, **more: Any) -> str:
    """An automation that sends one mail, offered as a campaign."""
    number = story.ac.build_automation(name="Invitation", multientry=1, sends=2, **more)
    story.configure(panel={"mailings": ["Invitation"]})
    return f"mailing:{number}"


def test_a_mail_that_an_automation_sends_is_sent_once(form: Form, story: Story) -> None:
    key = mailing(form, story)
    assert form.ask(SEND, key) == (State.DONE, '"Invitation" was sent.')
    assert form.ask(SEND, key)[0] is State.REFUSED
    assert [mail["email"] for mail in story.ac.outbox] == [ADA_AT]


def test_a_copy_of_a_campaign_is_sent_once(form: Form, story: Story) -> None:
    assert form.ask(SEND, SEPTEMBER) == (State.DONE, 'A copy of "September news" was sent.')
    assert form.ask(SEND, SEPTEMBER)[0] is State.REFUSED
    assert [(mail["email"], mail["action"]) for mail in story.ac.outbox] == [(ADA_AT, "copy")]


def test_two_rows_at_once_are_one_enrolment(form: Form) -> None:
    rows = [form.asked(ADD, NURTURE), form.asked(ADD, NURTURE)]
    assert [form.answer(row)[0] for row in rows] == [State.DONE, State.DONE]
    assert form.enrolments(ADA_AT).count(1) == 1


def test_two_rows_at_once_are_one_mail(form: Form, story: Story) -> None:
    key = mailing(form, story)
    rows = [form.asked(SEND, key), form.asked(SEND, key)]
    form.hear()
    assert sorted(form.row(row)[0] for row in rows) == [State.DONE, State.REFUSED]
    assert len(story.ac.outbox) == 1


def test_a_record_that_is_not_there_is_brought_first(form: Form, story: Story) -> None:
    story.lead(BEN, BEN_AT)
    assert form.ask(ADD, NURTURE, entity="lead", record=BEN) == (State.DONE, 'Added to "Nurture".')
    link = story.link(Entity.LEAD, BEN)
    assert link is not None
    assert link.ac_id is not None
    assert form.enrolments(BEN_AT) == [1]


def test_who_came_by_an_import_is_found_by_address(form: Form, story: Story) -> None:
    with story.transaction() as tx:
        tx.execute("UPDATE links SET ac_id = NULL")
    assert form.ask(ADD, NURTURE)[0] is State.DONE


def test_the_note_and_the_audit_log_say_who_asked(form: Form, story: Story) -> None:
    form.ask(ADD, NURTURE, name="Nurture")
    [line] = form.audit()
    assert (line["author"], line["action"]) == (
        "dynamics:Noor Seller (noor.seller@contoso.example)",
        "add to automation",
    )
    assert (line["subject"], line["after"]["state"]) == (f"contact {ADA}", "done")
    [note] = story.ac.notes
    assert note["note"] == (
        'Added to the automation "Nurture" from Dynamics 365, as Noor Seller (noor.seller@contoso.example) asked.'
    )


def test_the_answer_is_not_taken_for_another_request(form: Form) -> None:
    form.ask()
    form.hear()
    assert len(form.kept()) == 1


def test_requests_are_carried_out_while_the_sync_is_off_or_paused(form: Form, story: Story) -> None:
    story.configure(sync={"enabled": False})
    form.pause()
    assert form.ask()[0] is State.DONE


def test_the_choices_say_what_may_be_picked(form: Form, story: Story) -> None:
    key = mailing(form, story)
    form.hear()
    offered = form.offered()
    assert set(offered) == {NURTURE, WELCOME, key, SEPTEMBER, "campaign:2"}
    assert offered[SEPTEMBER]["ac365_subject"] == "September news"
    assert offered[SEPTEMBER]["ac365_sender"] == "Contoso <news@contoso.example>"


def test_what_is_not_offered_any_more_is_taken_back(form: Form, story: Story) -> None:
    form.hear()
    story.ac.build_automation(id=1, status=2)
    story.configure(panel={"automations": ["Nurture", 2], "campaigns": []})
    form.hear()
    assert set(form.offered()) == {WELCOME}


def test_choices_that_are_equal_are_not_written_again(form: Form, story: Story) -> None:
    form.hear()
    form.later()
    story.forget_requests()
    form.hear()
    routes = story.routes()
    assert not [route for route in routes if route.startswith("PATCH") or "messages" in route]


def test_without_the_first_generation_of_the_api_no_campaign_is_offered(form: Form, story: Story) -> None:
    story.ac.switches["v1"] = False
    form.hear()
    assert set(form.offered()) == {NURTURE, WELCOME}
    assert form.ask(SEND, SEPTEMBER)[0] is State.FAILED
