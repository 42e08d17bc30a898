"""A comparison of opportunities on its way: many pages, lists that lag behind, interruptions, and what is printed."""

from __future__ import annotations

import json

import pytest
from support.cast import ADA, BEN
from support.compared import compared, told
from support.deals import (
    DEAL,
    OTHER,
    deal_id,
    long_ago,
    open_for_business,
    put_there,
    remove_there,
    value,
    with_a_deal,
)
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from engine.verify_pair import MOVED
from engine.verify_report import Report
from engine.verify_run import IN_FIELDS
from sync.model import Entity

LIST = "GET /api/3/customObjects/records/<schema>"
ONE = "GET /api/3/customObjects/records/<schema>/external/<path:external>"
MANY = 130


@pytest.fixture
def sales(story: Story) -> Story:
    return open_for_business(story)


@pytest.fixture
def deal(sales: Story) -> Story:
    return with_a_deal(sales)


@pytest.fixture
def many(sales: Story) -> Story:
    """130 opportunities on both sides for an hour, in two pages of records."""
    rows = [{"opportunityid": deal_id(n), "name": f"Deal {n}", "_parentcontactid_value": ADA} for n in range(MANY)]
    customer = {"_customerid_value": ADA, "customerid_type": "contact", "estimatedvalue": 0.07}
    sales.crm.load("opportunity", [row | customer for row in rows])
    sales.sync()
    long_ago(sales)
    return sales


class Interrupted(Exception):
    """What Ctrl-C does, in a test."""


def interrupt(story: Story, what: str, number: int) -> None:
    def progress(now: str, count: int) -> None:
        if now == what and count >= number:
            raise Interrupted

    with pytest.raises(Interrupted):
        compared(story, progress=progress)


def calls(story: Story) -> tuple[int, int]:
    """Pages of records, and single records, that were asked for since the last time."""
    routes = story.routes()
    story.forget_requests()
    return routes.get(LIST, 0), routes.get(ONE, 0)


def equal(report: Report) -> int:
    return report.tallies[-1].equal


# Pages and lists


def test_records_are_compared_page_by_page(many: Story) -> None:
    many.forget_requests()
    report = many.verify()
    assert (equal(report), report.records) == (MANY, MANY)
    assert calls(many) == (2, 0)
    (found,) = report.sums
    assert (found.as_json()["activecampaign"]["estimated_revenue"], found.agrees) == ("9.10", True)


def test_only_records_that_seem_wrong_are_asked_for_once_more(many: Story) -> None:
    put_there(many, deal_id(3), topic="Changed")
    remove_there(many, deal_id(7))
    many.ac.clock.advance(60)
    many.forget_requests()
    report = compared(many)
    assert {one.record_id: one.fields for one in report.differences} == {deal_id(3): ("topic",), deal_id(7): ()}
    # One that is not in the list may have slipped from page to page; what the list shows is old enough to be true.
    assert calls(many) == (2, 1)


def test_a_record_that_the_list_does_not_show_yet_is_not_missing(sales: Story) -> None:
    sales.ac.switches["object_list_lag_s"] = 3600
    sales.opportunity(DEAL, ADA)
    sales.sync()
    sales.forget_requests()
    report = sales.verify()
    assert (equal(report), report.records, report.differences) == (1, 1, [])
    assert calls(sales) == (1, 1)


def test_a_record_that_the_list_shows_as_it_was_before_is_not_different(deal: Story) -> None:
    deal.ac.switches["object_list_lag_s"] = 3600
    deal.edit("opportunity", DEAL, name="Renewal")
    deal.sync()
    report = deal.verify()
    assert (equal(report), report.differences) == (1, [])


def test_a_deletion_that_the_list_does_not_show_yet_is_no_stray(deal: Story) -> None:
    deal.ac.switches["object_list_lag_s"] = 3600
    deal.delete("opportunity", DEAL)
    deal.sync()
    assert value(deal, "status") == "Deleted"
    assert deal.verify().differences == []


def test_lag_hides_nothing_that_is_wrong(sales: Story) -> None:
    sales.ac.switches["object_list_lag_s"] = 3600
    sales.opportunity(DEAL, ADA)
    sales.sync()
    put_there(sales, topic="Changed")
    assert [one.fields for one in compared(sales).differences] == [("topic",)]


def test_what_is_made_changed_or_deleted_during_the_comparison_counts_for_nothing(many: Story) -> None:
    def act(now: str, count: int) -> None:
        if now == "ActiveCampaign opportunities" and count == 100:
            many.opportunity(OTHER, ADA)
            many.sync()
            many.ac.clock.advance(60)
            many.edit("opportunity", deal_id(MANY - 1), name="Renewal")
            many.delete("opportunity", deal_id(MANY - 2))
            # Another record slips from the next page to this one, which was read already.
            remove_there(many, deal_id(0))

    report = compared(many, progress=act)
    assert report.agrees, report.differences
    tally = report.tallies[-1]
    assert (tally.in_dynamics, tally.equal, tally.different) == (MANY, MANY - 2, 1)
    assert tally.not_expected == {MOVED: 1}
    assert told(report) == {deal_id(MANY - 1): {"topic": MOVED, "modified-on": MOVED}}


def test_a_record_that_is_shown_on_two_pages_is_counted_once(many: Story) -> None:
    """The list's order changes between two pages: the last record comes first, and pushes another one on."""

    def act(now: str, count: int) -> None:
        if now == "ActiveCampaign opportunities" and count == 100:
            last = max(
                (row for rows in many.ac.records.values() for row in rows.values()), key=lambda row: row["created"]
            )
            last["created"] = 0.0

    report = compared(many, progress=act)
    assert (equal(report), report.differences) == (MANY, [])
    assert all(one.agrees for one in report.sums)


# Interruptions


def test_it_goes_on_where_it_stopped_with_the_same_numbers(many: Story) -> None:
    put_there(many, deal_id(3), topic="Changed", estimated_revenue=0.08)
    put_there(many, deal_id(110), topic="Changed")
    remove_there(many, deal_id(50))
    many.ac.clock.advance(60)
    whole = compared(many).as_json()
    assert len(whole["differences"]) == 3
    here, records = "Dynamics opportunities", "ActiveCampaign opportunities"
    for what, number, pages_left in ((here, 0, 2), (records, 100, 1), (records, MANY - 1, 0)):
        interrupt(many, what, number)
        many.forget_requests()
        assert compared(many).as_json() == whole
        assert calls(many)[0] == pages_left


def test_nothing_is_left_behind(many: Story) -> None:
    tables = ("verify_records", "verify_sums", "verify_here")
    interrupt(many, "ActiveCampaign opportunities", 100)
    assert _rows(many, tables)["verify_records"] == 100
    compared(many)
    assert set(_rows(many, tables).values()) == {0}


def _rows(story: Story, tables: tuple[str, ...]) -> dict[str, int]:
    with story.transaction() as tx:
        return {name: tx.execute(f"SELECT count(*) AS n FROM {name}").fetchone()["n"] for name in tables}


# What can't be compared, and what is printed


@pytest.mark.parametrize("known", [True, False], ids=["before it is noticed", "afterwards"])
def test_without_the_custom_object_the_rest_is_compared(deal: Story, known: bool) -> None:
    deal.ac.schemas.clear()
    if not known:
        deal.refresh()
    report = deal.verify()
    assert [tally.entity for tally in report.tallies] == [Entity.ACCOUNT, Entity.CONTACT, Entity.LEAD]
    (note,) = report.as_json()["notes"]
    assert note.startswith("Opportunities were not compared: the custom object of opportunities is not in")
    assert "ac365 provision activecampaign --apply" in note


def test_opportunities_in_fields_of_contacts_are_not_compared_with_records(deal: Story) -> None:
    deal.configure(opportunity={"shown_as": "contact_fields"})
    assert deal.verify().notes == [f"Opportunities were not compared: {IN_FIELDS}"]


def test_the_command_prints_sums_and_whether_they_agree(deal: Story) -> None:
    deal.contact(BEN, None)
    deal.opportunity(OTHER, BEN)
    deal.sync()
    put_there(deal, estimated_revenue=1000.5)
    deal.ac.clock.advance(60)
    ran = CliRunner().invoke(app, ["verify"])
    printed = " ".join(ran.stdout.split())
    assert ran.exit_code == 3
    assert "opportunities 2 1 · 1" in printed
    assert "1 waits for a contact, which has no e-mail address" in printed
    assert "1 records of opportunities" in printed
    assert "EUR Dynamics 365 1 100.00 0.00 NO ActiveCampaign 1 1,000.50 0.00" in printed
    found = json.loads(CliRunner().invoke(app, ["verify", "--json"]).stdout)
    assert [one["agrees"] for one in found["sums"]] == [False]
    assert found["activecampaign"]["opportunities"] == 1
