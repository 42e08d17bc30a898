"""`ac365 verify` over two directions: what differs, in which direction, and the reason for what is as it should be."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT
from support.compared import compared, told
from support.story import CONTOSO, FABRIKAM, Story

from engine import verify_fields, verify_marks, verify_pair
from engine.accounts import ID_FIELD
from engine.inbound.companies import AMBIGUOUS
from engine.verify_report import DYNAMICS
from store import wanted
from sync import inbound, tags
from sync.decide import INBOUND_ONLY, REMOVED
from sync.model import Entity, Lane

BOTH = {"direction": "both"}
ASKING = {"add": [tags.CONTACT, tags.PULLED]}


@pytest.fixture
def both(story: Story) -> Story:
    """Ada is a contact of Contoso and Ben a lead, on both sides; everything travels both ways."""
    return begun(story)


def begun(story: Story, **contact: Any) -> Story:
    story.configure(account=BOTH, contact={**BOTH, **contact}, lead=BOTH)
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess", telephone1="+44 1")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    return story


def job(**settings: Any) -> dict[str, Any]:
    """Settings of contacts in which the job title is mapped this way."""
    return {"standard": {"jobtitle": settings}}


def request(story: Story, **more: Any) -> int:
    """Cleo, in ActiveCampaign only, asks to become a contact; answers with her id there."""
    story.edit_there(CLEO_AT, create=True, set={"lastName": "Patra"}, tags=ASKING, **more)
    return int(story.person(CLEO_AT).id)


def test_both_sides_agree_after_a_sync_and_nothing_is_listed(both: Story) -> None:
    report = both.verify()
    assert report.differences == []
    assert [tally.equal for tally in report.tallies] == [1, 1, 1]


# Directions


def test_a_field_that_goes_out_only_differs_when_it_was_changed_there(story: Story) -> None:
    begun(story, **job(direction="outbound"))
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    assert told(compared(story)) == {ADA: {"JOB_TITLE": None}}


def test_a_field_that_comes_in_only_differs_when_it_was_changed_here(story: Story) -> None:
    begun(story, **job(direction="inbound"))
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    story.sync()
    story.edit("contact", ADA, jobtitle="Programmer")
    story.sync()
    assert told(compared(story)) == {ADA: {"JOB_TITLE": None}}


@pytest.mark.parametrize("there", ["R&amp;D", "R&D"])
def test_an_escaped_value_is_no_difference(story: Story, there: str) -> None:
    begun(story)
    story.edit("contact", ADA, jobtitle="R&D")
    story.sync()
    story.edit_there(ADA_AT, fields={"JOB_TITLE": there})
    assert compared(story).differences == []


def test_an_address_changed_there_is_a_difference_and_nobody_is_missing(both: Story) -> None:
    both.edit_there(ADA_AT, set={"email": "countess@example.com"})
    report = compared(both)
    assert told(report) == {ADA: {"email": None}}
    assert report.strays == 0


def test_who_was_born_in_activecampaign_bears_the_right_tag(both: Story) -> None:
    request(both)
    both.sync()
    assert compared(both).differences == []


def test_people_of_dynamics_are_not_expected_where_they_only_come_in(story: Story) -> None:
    story.configure(contact={"direction": "inbound"})
    story.contact(ADA, ADA_AT)
    assert story.verify().tallies[1].not_expected == {INBOUND_ONLY: 1}


# What only ActiveCampaign has


def test_a_request_without_a_record_is_missing_in_dynamics(both: Story) -> None:
    ac_id = request(both)
    report = compared(both)
    assert told(report) == {ac_id: {"": None}}
    assert (report.differences[0].missing_in, report.tallies[1].absent) == (DYNAMICS, 1)


def test_a_request_out_of_scope_is_explained(both: Story) -> None:
    criteria = {"field": "lastname", "operator": "does_not_equal", "value": "Patra"}
    both.configure(contact={"scope": "criteria", "criteria": criteria})
    ac_id = request(both)
    assert str(told(both.verify())[ac_id][""]).startswith("would be out of scope")


def test_tags_left_over_by_a_deleted_record_are_no_request(both: Story) -> None:
    request(both)
    both.sync()
    made = next(row for row in both.rows("contact") if row["emailaddress1"] == CLEO_AT)
    both.configure(contact={"on_deleted": "nothing"})
    both.delete("contact", made["contactid"])
    both.sync()
    assert both.verify().differences == []


def test_belonging_to_an_account_that_dynamics_has_no_more_is_no_difference(both: Story) -> None:
    both.delete("account", CONTOSO)
    both.move_there(BEN_AT, "Contoso")
    both.sync()
    both.sync()
    assert "account" not in {name for one in both.verify().differences for name in one.fields}


def test_an_account_that_only_activecampaign_has_is_missing_in_dynamics(both: Story) -> None:
    both.edit_account_there("Fabrikam", create=True)
    report = compared(both)
    assert [(one.entity, one.missing_in, one.explained) for one in report.differences] == [
        (Entity.ACCOUNT, DYNAMICS, False)
    ]


@pytest.mark.parametrize("settings", [{"direction": "outbound"}, {**BOTH, "create": "never"}])
def test_accounts_that_may_not_come_in_are_not_missing(both: Story, settings: dict[str, str]) -> None:
    both.configure(account=settings)
    both.edit_account_there("Fabrikam", create=True)
    assert compared(both).differences == []


def test_an_account_that_several_would_do_for_is_explained(both: Story) -> None:
    both.account(FABRIKAM, "Fabrikam")
    both.account("cccccccc-1111-4000-8000-000000000003", "fabrikam ")
    both.edit_account_there("Fabrikam", create=True)
    assert AMBIGUOUS in [one.explanation for one in compared(both).differences]


def test_an_account_that_lost_its_dynamics_id_is_found_by_its_link(both: Story) -> None:
    both.edit_account_there("Contoso", fields={ID_FIELD: ""})
    assert told(compared(both)) == {CONTOSO: {ID_FIELD: None}}


# Reasons


def test_a_field_that_waits_for_a_person_is_explained(story: Story) -> None:
    begun(story, conflict="ask")
    story.edit("contact", ADA, jobtitle="Engineer")
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Admiral"})
    story.sync()
    assert told(story.verify()) == {ADA: {"JOB_TITLE": verify_fields.PARKED}}


def test_one_field_with_a_reason_does_not_excuse_another(story: Story) -> None:
    begun(story, conflict="ask")
    story.edit("contact", ADA, jobtitle="Engineer")
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Admiral"})
    story.sync()
    story.edit_there(ADA_AT, set={"firstName": "Eda"})
    report = compared(story)
    assert not report.agrees
    assert told(report) == {ADA: {"firstName": None, "JOB_TITLE": verify_fields.PARKED}}


def test_a_value_kept_there_by_the_rule_is_explained(story: Story) -> None:
    begun(story, **job(on_empty="keep"))
    story.edit("contact", ADA, jobtitle=None)
    story.sync()
    assert told(story.verify()) == {ADA: {"JOB_TITLE": verify_fields.EMPTY}}


def test_a_value_kept_here_by_the_rule_is_explained(story: Story) -> None:
    begun(story, **job(direction="inbound"))
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    story.sync()
    story.edit_there(ADA_AT, fields={"JOB_TITLE": ""})
    story.sync()
    assert told(story.verify()) == {ADA: {"JOB_TITLE": verify_fields.EMPTY_THERE}}


def test_a_value_that_dynamics_cannot_hold_is_explained(both: Story) -> None:
    both.edit_there(ADA_AT, set={"phone": "1" * 60})
    both.sync()
    assert "is longer than" in str(told(both.verify())[ADA]["phone"])


def test_what_began_from_now_is_explained_in_both_directions(story: Story) -> None:
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.contact(ADA, ADA_AT)
    ac_id = request(story)
    story.baseline()
    assert told(story.verify()) == {ADA: {"": verify_pair.BASELINE}, ac_id: {"": verify_pair.BASELINE}}


def test_a_contact_deleted_in_activecampaign_is_explained_once_that_is_known(both: Story) -> None:
    both.edit_there(ADA_AT, delete=True)
    assert told(compared(both)) == {ADA: {"": None}}
    both.sync(initial=True)
    assert told(both.verify()) == {ADA: {"": REMOVED}}


def test_a_tag_taken_off_stops_the_way_back_and_is_explained(both: Story) -> None:
    both.edit_there(ADA_AT, tags={"remove": [tags.CONTACT]}, fields={"JOB_TITLE": "Engineer"})
    both.sync()
    assert told(both.verify()) == {ADA: {"tags": verify_marks.TAKEN_OFF, "JOB_TITLE": inbound.NO_TAG}}


def test_a_mark_of_what_somebody_is_not_is_a_difference(both: Story) -> None:
    both.edit_there(ADA_AT, tags={"add": [tags.LEAD]})
    assert told(compared(both)) == {ADA: {"tags": None}}


def test_an_inbound_failure_is_explained_with_its_message(both: Story) -> None:
    both.crm.catalog.tables["contact"].columns["department"].required = "ApplicationRequired"
    both.refresh()
    ac_id = request(both)
    both.sync(state="partial")
    assert str(told(both.verify())[ac_id][""]).startswith("on the failure list: ")


def test_what_is_on_its_way_is_explained(both: Story) -> None:
    both.edit("contact", ADA, jobtitle="Engineer")
    both.start(Entity.CONTACT)
    both.go_on(until=lambda: both.backlog() > 0)
    assert told(both.verify()) == {ADA: {"JOB_TITLE": verify_pair.PENDING}}


def test_what_is_about_to_be_read_again_is_explained(both: Story) -> None:
    both.edit("contact", ADA, jobtitle="Engineer")
    both._mine(wanted.put, Entity.CONTACT, Lane.SYNC, [ADA])
    assert told(both.verify()) == {ADA: {"JOB_TITLE": verify_pair.ASKED}}


@pytest.mark.parametrize("side", ["here", "there"])
def test_what_changes_during_the_comparison_is_explained(both: Story, side: str) -> None:
    """The record was read by then, and the contact was not."""

    def meanwhile(what: str, _count: int) -> None:
        if what == "Dynamics leads" and side == "here":
            both.edit("contact", ADA, jobtitle="Engineer")
        if what == "Dynamics leads" and side == "there":
            both.edit_there(BEN_AT, set={"phone": "+44 3"})
            both.sync()

    report = compared(both, progress=meanwhile)
    assert report.agrees
    assert all(why == verify_pair.MOVED for reasons in told(report).values() for why in reasons.values())


def test_nobody_is_missing_who_is_shadowed(both: Story) -> None:
    both.lead(CLEO, ADA_AT)
    both.sync()
    assert both.verify().tallies[2].not_expected == {"shadowed": 1}
