"""Opportunities in the full comparison: what differs, what is missing, what is left over, and what both are worth."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.compared import compared, told
from support.deals import (
    DEAL,
    OTHER,
    deal_id,
    long_ago,
    number_of,
    open_for_business,
    put_there,
    put_twin,
    remove_there,
    there,
)
from support.story import Story

from engine import provision
from engine.verify_opportunities.strays import ALONE
from engine.verify_report import ACTIVECAMPAIGN, DYNAMICS, Report, Tally
from simulators.dynamics.seed import DOLLAR
from sync.model import Entity

FULL = {"estimatedvalue": 25000.55, "estimatedclosedate": "2026-12-15", "closeprobability": 40, "stepname": "2-Develop"}
STRANGER = "0fffffff-0000-4000-8000-000000000009"


@pytest.fixture
def sales(story: Story) -> Story:
    return open_for_business(story)


@pytest.fixture
def deal(sales: Story) -> Story:
    """One opportunity of Ada's, on both sides for an hour."""
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    long_ago(sales)
    return sales


def of_deals(report: Report) -> Tally:
    return next(tally for tally in report.tallies if tally.entity is Entity.OPPORTUNITY)


def numbers(report: Report) -> dict[str, int]:
    """The numbers of opportunities that aren't zero."""
    tally = of_deals(report)
    names = ("in_dynamics", "equal", "different", "missing", "absent", "explained")
    return {name: getattr(tally, name) for name in names if getattr(tally, name)}


def absent(report: Report) -> list[str | None]:
    """The records that Dynamics lacks, by what they are to be: their external ids."""
    return [one.record_id for one in report.differences if one.missing_in == DYNAMICS]


def test_both_sides_agree_after_a_sync_to_the_cent(sales: Story) -> None:
    for number, amount in enumerate((0.1, 0.2, 1234567.89)):
        sales.opportunity(deal_id(number), ADA, estimatedvalue=amount, stepname="1-Qualify")
    sales.opportunity(DEAL, ADA, **FULL)
    sales.opportunity(OTHER, ADA, _transactioncurrencyid_value=DOLLAR, **FULL)
    sales.sync()
    sales.win(DEAL, 19999.99)
    sales.sync()
    report = sales.verify()
    assert (numbers(report), report.records, report.differences) == ({"in_dynamics": 5, "equal": 5}, 5, [])
    sums = {(one.stage, one.currency): one for one in report.sums}
    assert all(one.agrees for one in report.sums)
    assert sums["1-Qualify", "EUR"].as_json()["activecampaign"] == {
        "count": 3,
        "estimated_revenue": "1234568.19",
        "actual_revenue": "0.00",
    }
    assert sums["2-Develop", "EUR"].as_json()["dynamics"] == {
        "count": 1,
        "estimated_revenue": "25000.55",
        "actual_revenue": "19999.99",
    }
    assert sums["2-Develop", "USD"].activecampaign.number == 1


def test_more_digits_than_the_field_keeps_are_no_difference(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, estimatedvalue=10.1275)
    sales.sync()
    (found,) = sales.verify().sums
    assert found.agrees


def test_values_changed_cleared_and_filled_there_are_differences(deal: Story) -> None:
    put_there(deal, estimated_close_date="2026-12-16", status=None, actual_close_date="2026-01-01")
    deal.ac.clock.advance(60)
    report = compared(deal)
    assert not report.agrees
    (found,) = report.differences
    assert (found.record_id, set(found.fields)) == (DEAL, {"estimated-close-date", "status", "actual-close-date"})
    assert found.as_json()["activecampaign"] == (there(deal) or {})["id"]
    assert all(one.agrees for one in report.sums)


def test_sums_that_differ_are_told_apart(deal: Story) -> None:
    put_there(deal, estimated_revenue=25000.56)
    deal.ac.clock.advance(60)
    (found,) = compared(deal).sums
    assert not found.agrees
    assert found.as_json()["dynamics"]["estimated_revenue"] == "25000.55"
    assert found.as_json()["activecampaign"]["estimated_revenue"] == "25000.56"


def test_an_edit_of_what_does_not_travel_is_no_difference(deal: Story) -> None:
    deal.edit("opportunity", DEAL, description="A note")
    assert deal.verify().differences == []
    deal.sync()
    assert deal.verify().differences == []


def test_the_record_of_another_contact_is_a_difference(deal: Story) -> None:
    deal.contact(BEN, BEN_AT)
    deal.sync(Entity.CONTACT)
    put_there(deal, contact=number_of(deal, BEN_AT))
    deal.ac.clock.advance(60)
    assert [one.fields for one in compared(deal).differences] == [("contact",)]


def test_a_contact_known_by_its_address_only_is_compared_by_that(deal: Story) -> None:
    with deal.transaction() as tx:
        tx.execute("UPDATE links SET ac_id = NULL WHERE entity = 'contact'")
    assert deal.verify().differences == []
    put_there(deal, contact=deal.ac.load_contacts([{"email": BEN_AT}])[0])
    deal.ac.clock.advance(60)
    assert [one.fields for one in compared(deal).differences] == [("contact",)]


@pytest.mark.parametrize("status", [404, 400])
def test_a_record_deleted_there_is_missing(deal: Story, status: int) -> None:
    remove_there(deal)
    deal.refuse("GET", r"/external/", status=status)
    report = compared(deal)
    assert numbers(report) == {"in_dynamics": 1, "missing": 1}
    assert [(one.record_id, one.missing_in, one.explained) for one in report.differences] == [
        (DEAL, ACTIVECAMPAIGN, False)
    ]
    (found,) = report.sums
    assert (found.dynamics.number, found.activecampaign.number) == (1, 0)


def test_one_that_no_cycle_has_read_is_missing(sales: Story) -> None:
    sales.opportunity(DEAL, ADA)
    assert numbers(compared(sales)) == {"in_dynamics": 1, "missing": 1}


def test_those_without_a_contact_there_are_not_expected_with_the_reason(deal: Story) -> None:
    deal.account()
    for number in range(3):
        deal.contact(deal_id(number), None)
        deal.opportunity(deal_id(number), deal_id(number))
    deal.opportunity(OTHER, None, "cccccccc-1111-4000-8000-000000000001")
    deal.sync()
    tally = of_deals(deal.verify())
    assert (tally.in_dynamics, tally.in_scope) == (5, 1)
    assert tally.not_expected == {
        "waits for a contact, which has no e-mail address": 3,
        "waits for a contact: it is related to none": 1,
    }


def test_those_out_of_scope_or_not_picked_are_not_expected(deal: Story) -> None:
    deal.opportunity(OTHER, ADA)
    criteria = {"field": "estimatedvalue", "operator": "has_value"}
    deal.configure(opportunity={"scope": "criteria", "criteria": criteria})
    assert of_deals(deal.verify()).not_expected == {"out of scope": 1}
    deal.configure(opportunity={"scope": "manual", "criteria": None})
    deal.pick(DEAL)
    assert of_deals(deal.verify()).not_expected == {"was not picked by hand": 1}


@pytest.mark.parametrize("how", ["status", "nothing", "delete"])
def test_a_deleted_one_is_as_configured(deal: Story, how: str) -> None:
    deal.configure(opportunity={"on_deleted": how})
    deal.delete("opportunity", DEAL)
    deal.sync()
    report = deal.verify()
    assert (numbers(report), report.differences) == ({}, [])


def test_a_deletion_that_nobody_has_read_yet_leaves_a_record_that_dynamics_lacks(deal: Story) -> None:
    deal.delete("opportunity", DEAL)
    report = compared(deal)
    assert (numbers(report), absent(report), report.agrees) == ({"absent": 1}, [DEAL], False)


def test_a_record_left_over_because_its_contact_is_gone_too_is_explained(deal: Story) -> None:
    deal.edit_there(ADA_AT, delete=True)
    deal.delete("opportunity", DEAL)
    deal.sync(Entity.OPPORTUNITY)
    assert deal.record(Entity.OPPORTUNITY, DEAL)["state"] == "deleted"
    assert told(compared(deal))[DEAL] == {"": ALONE}


def test_records_of_somebody_else_are_differences(deal: Story) -> None:
    for external in (STRANGER, "opp-1", None):
        put_there(deal, external, number_of(deal, ADA_AT), topic="Somebody else's")
    deal.ac.clock.advance(60)
    report = compared(deal)
    assert (numbers(report), report.agrees) == ({"in_dynamics": 1, "equal": 1, "absent": 3}, False)
    assert sorted(map(str, absent(report))) == [STRANGER, "None", "None"]
    own = (there(deal) or {})["id"]
    assert {one.as_json()["activecampaign"] for one in report.differences} == story_records(deal) - {own}


def story_records(story: Story) -> set[str]:
    return {number for rows in story.ac.records.values() for number in rows}


def test_a_second_record_of_one_opportunity_is_a_difference(deal: Story) -> None:
    put_twin(deal)
    deal.ac.clock.advance(60)
    report = compared(deal)
    assert absent(report) == [DEAL]
    assert len(story_records(deal)) == 2


def test_what_is_on_its_way_or_failed_explains(sales: Story) -> None:
    sales.opportunity(DEAL, ADA)
    sales.refuse("POST", r"/api/3/customObjects/records/.*", body='{"errors": [{"title": "no"}]}')
    sales.sync(state="partial")
    (reason,) = told(compared(sales))[DEAL].values()
    assert str(reason).startswith("on the failure list: ")
    assert sales.verify().agrees


def test_those_from_before_a_start_from_now_are_explained(story: Story) -> None:
    provision.carry_out(story.context, "test")
    story.refresh()
    story.configure(opportunity={"enabled": True, "history": "load"})
    story.contact(ADA, ADA_AT)
    story.opportunity(DEAL, ADA)
    story.baseline()
    story.edit("contact", ADA, firstname="Ada")
    story.sync()
    assert told(compared(story)) == {DEAL: {"": "not changed since the sync was switched on"}}
