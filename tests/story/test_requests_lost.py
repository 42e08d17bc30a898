"""Answers that are lost on the way, before or after ActiveCampaign acted: done once all the same, and answered."""

from __future__ import annotations

import pytest
from support.asking import ADD, NURTURE, REMOVE, SEND, SEPTEMBER, Form
from support.cast import ADA, ADA_AT
from support.story import NEWS_ID, Story

from mapping.companion import State
from simulators.common.faults import Fault
from sync.model import Entity

ENROL, SENDS = "/contactAutomations", "api_action=campaign_send"


@pytest.fixture
def form(story: Story) -> Form:
    """Ada is in both and on a list."""
    form = Form(story)
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT)
    story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    return form


def hurt(story: Story, kind: str, path: str, method: str = "POST", times: int = 1, **how: object) -> None:
    story.ac.faults.add(Fault(kind, path=path, method=method, times=times, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["reset_after", "status_after", "truncate"])
def test_an_enrolment_whose_answer_is_lost_is_not_repeated(form: Form, story: Story, kind: str) -> None:
    hurt(story, kind, ENROL, status=500)
    assert form.ask(ADD, NURTURE) == (State.DONE, 'Added to "Nurture".')
    assert form.enrolments(ADA_AT).count(1) == 1


@pytest.mark.parametrize("status", [500, 403, 503])
def test_an_enrolment_that_was_not_made_is_repeated_after_a_safe_pause(form: Form, story: Story, status: int) -> None:
    hurt(story, "status", ENROL, status=status)
    request = form.asked(ADD, NURTURE)
    assert form.answer(request)[0] is State.WORKING
    assert form.enrolments(ADA_AT).count(1) == 0
    form.later()
    assert form.answer(request) == (State.DONE, 'Added to "Nurture".')
    assert form.enrolments(ADA_AT).count(1) == 1


def test_an_entry_that_shows_late_is_recognised(form: Form, story: Story) -> None:
    story.ac.switches["enrolment_list_lag_s"] = 600
    hurt(story, "reset_after", ENROL)
    request = form.asked(ADD, NURTURE)
    assert form.answer(request)[0] is State.WORKING
    story.ac.switches["enrolment_list_lag_s"] = 0
    form.later()
    assert form.answer(request) == (State.DONE, 'Added to "Nurture".')
    assert form.enrolments(ADA_AT).count(1) == 1


def test_two_who_ask_one_after_the_other_are_one_entry_however_late_it_shows(form: Form, story: Story) -> None:
    story.ac.switches["enrolment_list_lag_s"] = 600
    assert [form.ask()[0], form.ask()[0]] == [State.DONE, State.DONE]
    assert form.enrolments(ADA_AT).count(1) == 1


def test_over_the_limit_nothing_was_done_and_it_goes_on(form: Form, story: Story) -> None:
    hurt(story, "status", ENROL, status=429)
    assert form.ask(ADD, NURTURE)[0] is State.DONE
    assert form.enrolments(ADA_AT).count(1) == 1


def test_a_refusal_is_told_at_once(form: Form, story: Story) -> None:
    body = '{"message": "Could not create SubscriberSeries"}'
    hurt(story, "status", ENROL, status=403, body=body)
    assert form.ask(ADD, NURTURE)[0] is State.REFUSED


def test_an_opt_out_between_two_attempts_is_heard(form: Form, story: Story) -> None:
    hurt(story, "status", ENROL, status=500)
    request = form.asked(ADD, NURTURE)
    form.hear()
    story.edit("contact", ADA, donotbulkemail=True)
    form.later()
    assert form.answer(request)[0] is State.REFUSED
    assert form.enrolments(ADA_AT).count(1) == 0


@pytest.mark.parametrize("kind", ["reset_after", "status_after", "status"])
def test_a_copy_whose_answer_is_lost_is_never_repeated(form: Form, story: Story, kind: str) -> None:
    hurt(story, kind, SENDS, status=500)
    state, words = form.ask(SEND, SEPTEMBER)
    assert (state, "nobody can tell" in words) == (State.UNCONFIRMED, True)
    form.later()
    form.hear()
    assert len(story.ac.outbox) == (kind != "status")
    assert form.ask(SEND, SEPTEMBER)[1] == (
        '"September news" may have been sent to this person less than ten minutes ago, so it was not sent again.'
    )


def test_what_activecampaign_says_about_a_copy_is_passed_on(form: Form, story: Story) -> None:
    hurt(story, "status", SENDS, status=200, body='{"result_code": 0, "result_message": "Quota exceeded"}')
    assert form.ask(SEND, SEPTEMBER) == (State.REFUSED, "ActiveCampaign did not send it: Quota exceeded")


def test_a_removal_whose_answer_is_lost_is_found_done(form: Form, story: Story) -> None:
    form.ask(ADD, NURTURE)
    hurt(story, "reset_after", ENROL, method="DELETE")
    assert form.ask(REMOVE, NURTURE) == (State.DONE, 'Taken out of "Nurture".')


def test_an_answer_that_does_not_reach_dynamics_is_repeated(form: Form, story: Story) -> None:
    story.crm.faults.add(Fault("status", path="ac365_requests", method="PATCH", status=503, times=1))
    request = form.asked(ADD, NURTURE)
    form.hear(1)
    form.later()
    assert form.answer(request)[0] is State.DONE
    assert form.enrolments(ADA_AT).count(1) == 1


def test_a_row_that_is_deleted_meanwhile_ends_it(form: Form, story: Story) -> None:
    story.crm.faults.add(Fault("status", path="ac365_requests", method="PATCH", status=503, times=1))
    request = form.asked(ADD, NURTURE)
    form.hear(1)
    story.delete("ac365_request", request)
    form.later()
    form.hear()
    assert form.open() == []


def test_a_row_that_is_deleted_before_anything_is_done_is_withdrawn(form: Form, story: Story) -> None:
    form.hear()
    story.refuse("GET", "/api/3/contacts/", status=503, times=20)
    request = form.asked(ADD, NURTURE)
    form.hear(1)
    story.delete("ac365_request", request)
    form.hear(1)
    story.ac.faults.clear()
    form.later()
    form.hear()
    assert [row["state"] for row in form.kept()] == ["withdrawn"]
    assert form.enrolments(ADA_AT).count(1) == 0


def test_an_expired_token_loses_no_request(form: Form, story: Story) -> None:
    form.hear()
    story.crm.expire_tokens([story.crm.catalog.tables["ac365_request"]])
    assert form.ask(ADD, NURTURE)[0] is State.DONE
    assert form.ask(REMOVE, NURTURE)[0] is State.DONE


def test_without_change_tracking_what_waits_is_asked_for(form: Form, story: Story) -> None:
    story.crm.catalog.tables["ac365_request"].change_tracking = False
    assert form.ask(ADD, NURTURE)[0] is State.DONE
    assert form.ask(REMOVE, NURTURE)[0] is State.DONE


def test_dynamics_is_asked_less_often_while_it_fails(form: Form, story: Story) -> None:
    form.hear()
    story.crm.faults.add(Fault("status", path="ac365_requests", method="GET", status=503, times=None))
    story.forget_requests()
    form.asked(ADD, NURTURE)
    form.hear(6)
    assert story.crm.stats.as_json()["routes"].get("GET /api/data/v9.2/<path:rest>", 0) <= 2
    story.crm.faults.clear()
    form.later()
    form.hear()
    assert form.enrolments(ADA_AT).count(1) == 1


def test_without_an_answer_for_long_somebody_has_to_look(form: Form, story: Story) -> None:
    hurt(story, "reset_after", ENROL)
    hurt(story, "status", "contactAutomations", method="GET", times=50, status=503)
    request = form.asked(ADD, NURTURE)
    form.hear(1)
    with story.transaction() as tx:
        tx.execute("UPDATE requests SET acted_at = acted_at - interval '1 hour'")
    form.later()
    assert form.answer(request)[0] is State.UNCONFIRMED


def test_a_worker_that_dies_after_it_acted_leaves_one_entry(
    form: Form, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process is gone: nothing after this line runs."""

    def dies(*_: object) -> None:
        raise Killed

    from engine.requests import working

    with monkeypatch.context() as patch:
        patch.setattr(working, "_keep", dies)
        request = form.asked(ADD, NURTURE)
        with pytest.raises(Killed):
            form.hear()
    form.later()
    assert form.answer(request) == (State.DONE, 'Added to "Nurture".')
    assert form.enrolments(ADA_AT).count(1) == 1
