"""`ac365 verify --repair` of opportunities: records come right, and what belongs to somebody else is left alone."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN_AT
from support.compared import compared, repaired
from support.deals import (
    DEAL,
    number_of,
    open_for_business,
    put_there,
    put_twin,
    remove_there,
    there,
    value,
    with_a_deal,
)
from support.story import Story


@pytest.fixture
def sales(story: Story) -> Story:
    return open_for_business(story)


@pytest.fixture
def deal(sales: Story) -> Story:
    return with_a_deal(sales)


def test_values_changed_there_get_those_of_dynamics_back(deal: Story) -> None:
    names = ("stage", "topic", "actual-revenue")
    before = [value(deal, name) for name in names]
    put_there(deal, stage="3-Propose", topic=None, actual_revenue=5)
    deal.ac.clock.advance(60)
    assert repaired(deal) == {"records": 1, "dynamics": 1, "activecampaign": 0}
    assert [value(deal, name) for name in names] == before
    assert deal.verify().differences == []


def test_a_record_deleted_there_is_made_again(deal: Story) -> None:
    remove_there(deal)
    repaired(deal)
    assert (value(deal, "topic"), value(deal, "estimated-revenue")) == ("Licences", 100)
    assert deal.verify().differences == []


def test_the_record_of_another_contact_comes_back_to_its_own(deal: Story) -> None:
    put_there(deal, contact=deal.ac.load_contacts([{"email": BEN_AT}])[0])
    deal.ac.clock.advance(60)
    repaired(deal)
    assert (there(deal) or {})["relationships"] == {"primary-contact": [str(number_of(deal, ADA_AT))]}
    assert deal.verify().differences == []


def test_one_that_no_cycle_has_read_is_brought(sales: Story) -> None:
    sales.opportunity(DEAL, ADA)
    repaired(sales)
    assert sales.verify().differences == []


def test_a_deletion_that_nobody_has_read_yet_is_told(deal: Story) -> None:
    deal.delete("opportunity", DEAL)
    repaired(deal)
    assert value(deal, "status") == "Deleted"
    assert deal.verify().differences == []


def test_a_record_left_over_from_another_setting_is_told(deal: Story) -> None:
    deal.configure(opportunity={"on_deleted": "nothing"})
    deal.delete("opportunity", DEAL)
    deal.sync()
    deal.configure(opportunity={"on_deleted": "status"})
    repaired(deal)
    assert (value(deal, "status"), value(deal, "topic")) == ("Deleted", "Licences")
    assert deal.verify().differences == []


def test_records_of_somebody_else_and_second_ones_are_left_alone(deal: Story) -> None:
    put_there(deal, "0fffffff-0000-4000-8000-000000000009", number_of(deal, ADA_AT), topic="Somebody else's")
    put_twin(deal)
    deal.ac.clock.advance(60)
    before = dict(deal.ac.records)
    assert repaired(deal) == {"records": 0, "dynamics": 0, "activecampaign": 0}
    assert deal.ac.records == before
    assert not compared(deal).agrees
