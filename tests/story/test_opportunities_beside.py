"""What changes about opportunities without their own rows: stakeholders, and stages of their process."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.compared import repaired
from support.deals import DEAL, OTHER, long_ago, number_of, open_for_business, there, value
from support.story import CONTOSO, Story
from typer.testing import CliRunner

from cli.main import app
from simulators.common.faults import Fault
from sync.model import TWO_WAY, Entity

TO_SEE_STAKEHOLDERS = ("prvReadConnection", "prvReadConnectionRole")


@pytest.fixture
def sales(story: Story) -> Story:
    """Ada is on both sides; an opportunity of Contoso's names nobody, and its stakeholders count."""
    story.allow("prvReadOpportunitySalesProcess", *TO_SEE_STAKEHOLDERS)
    open_for_business(story).configure(opportunity={"contacts": ["primary", "customer", "stakeholder"]})
    story.account()
    story.opportunity(DEAL, None, CONTOSO)
    return story


def whose(story: Story) -> int:
    """The contact that the record of the opportunity belongs to."""
    record = there(story)
    assert record is not None
    return int(record["relationships"]["primary-contact"][0])


def asked(story: Story, *entities: Entity) -> int:
    """How many requests to Dynamics a cycle over these takes in which nothing has changed."""
    story.forget_requests()
    assert set(map(len, story.sync(*entities).values())) == {0}
    return int(story.crm.stats.as_json()["requests"])


def ac365(*words: str) -> Any:
    return json.loads(CliRunner().invoke(app, list(words)).stdout)


def test_the_stakeholder_who_was_added_first_has_the_opportunity(sales: Story) -> None:
    sales.contact(BEN, BEN_AT)
    sales.stakeholder(DEAL, BEN, role="Account Manager")
    sales.stakeholder(DEAL, ADA, role="Decision Maker")
    sales.crm.clock.advance(1)
    sales.stakeholder(DEAL, BEN)
    assert sales.sync()["opportunity"] == {"created": 1}
    assert whose(sales) == number_of(sales, ADA_AT)
    (record,) = ac365("explain", DEAL, "--json")["records"]
    told = [(one["contact"], one["relations"]) for one in record["opportunity"]["contacts"]]
    assert told == [(ADA, ["stakeholder"]), (BEN, ["stakeholder"])]


def test_one_that_waits_goes_by_itself_when_a_stakeholder_is_added_and_waits_when_it_goes(sales: Story) -> None:
    assert sales.sync()["opportunity"] == {"waiting": 1}
    sales.stakeholder(DEAL, ADA)
    assert sales.sync()["opportunity"] == {}
    assert whose(sales) == number_of(sales, ADA_AT)
    (made, _) = sorted(sales.rows("connection"), key=lambda row: not row["ismaster"])
    sales.edit("connection", made["connectionid"], statecode=1)
    sales.sync()
    assert sales.record(Entity.OPPORTUNITY, DEAL)["state"] == "waiting"


def test_a_connection_that_was_deleted_is_found_by_verify(sales: Story) -> None:
    sales.contact(BEN, BEN_AT)
    sales.stakeholder(DEAL, ADA)
    sales.crm.clock.advance(1)
    sales.stakeholder(DEAL, BEN)
    sales.sync()
    (made,) = (row for row in sales.rows("connection") if row["ismaster"] and row["record2id"] == ADA)
    sales.delete("connection", made["connectionid"])
    sales.sync()
    assert whose(sales) == number_of(sales, ADA_AT)
    long_ago(sales)
    repaired(sales)
    assert whose(sales) == number_of(sales, BEN_AT)


def test_a_stakeholder_who_arrives_later_gets_the_opportunity(sales: Story) -> None:
    sales.contact(BEN, None)
    sales.stakeholder(DEAL, BEN)
    sales.sync()
    assert sales.record(Entity.OPPORTUNITY, DEAL)["awaits"] == BEN
    sales.edit("contact", BEN, emailaddress1=BEN_AT)
    sales.sync()
    assert whose(sales) == number_of(sales, BEN_AT)


def test_a_move_to_another_stage_alone_is_one_write_and_one_event(sales: Story) -> None:
    sales.move_stage(DEAL, "Qualify")
    sales.stakeholder(DEAL, ADA)
    sales.sync()
    assert value(sales, "stage") == "Qualify"
    before, row = len(sales.ac.object_events), sales.row("opportunity", DEAL)
    sales.move_stage(DEAL, "Propose")
    sales.forget_requests()
    assert sales.sync()["opportunity"] == {}
    assert value(sales, "stage") == "Propose"
    assert sales.row("opportunity", DEAL) == row
    assert sales.ac.stats.as_json()["write_requests"] == 1
    assert [one["field"] for one in sales.ac.object_events][before:] == ["stage"]


def test_a_quiet_cycle_asks_each_table_once_and_writes_nothing(sales: Story) -> None:
    sales.move_stage(DEAL, "Qualify")
    sales.stakeholder(DEAL, ADA)
    sales.sync()
    usual = asked(sales, Entity.ACCOUNT)
    assert asked(sales, Entity.OPPORTUNITY) == usual + 2
    assert sales.ac.stats.as_json()["write_requests"] == 0
    sales.configure(opportunity={"contacts": ["primary"]})
    sales.sync()
    assert asked(sales, Entity.OPPORTUNITY) == usual + 1
    sales.configure(opportunity={"enabled": False})
    assert asked(sales, *TWO_WAY) == usual * len(TWO_WAY)


def test_a_look_that_is_not_filed_finds_the_same_again(sales: Story) -> None:
    sales.opportunity(OTHER, ADA)
    sales.sync()
    sales.move_stage(OTHER, "Propose")
    sales.crm.faults.add(Fault("status", path="opportunities", method="GET", status=400))
    sales.sync(state="partial")
    assert value(sales, "stage", OTHER) == "Qualify"
    sales.sync()
    assert value(sales, "stage", OTHER) == "Propose"


def test_stakeholders_that_may_not_be_read_are_passed_by_and_that_is_said(sales: Story) -> None:
    sales.forbid(*TO_SEE_STAKEHOLDERS)
    sales.stakeholder(DEAL, ADA)
    assert sales.sync()["opportunity"] == {"waiting": 1}
    assert "Read on Connection and Connection Role" in json.dumps(ac365("explain", DEAL, "--json"))
    finding = next(one for one in ac365("check", "--json")["findings"] if one["what"] == "dynamics: stakeholders")
    assert (finding["ok"], finding["required"]) == (False, True)
    assert "Read on Connection and Connection Role" in finding["advice"]
    sales.allow(*TO_SEE_STAKEHOLDERS)
    sales.sync()
    assert whose(sales) == number_of(sales, ADA_AT)
