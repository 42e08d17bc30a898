"""Opportunities as deals, on plans without custom objects: one deal each, whatever goes wrong on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.compared import compared, repaired
from support.deals import DEAL, OTHER, long_ago, number_of
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from clients.probe import Finding
from engine import check, deliver, provision
from engine.opportunities import deal_check, deal_search
from mapping.rollups import OPEN_COUNT
from simulators.common.faults import Fault
from store import connections
from sync.model import Entity, Lane

FULL = {
    "estimatedvalue": 25000.55,
    "estimatedclosedate": "2026-12-15",
    "closeprobability": 40,
    "stepname": "2-Develop",
    "budgetamount": 12.5,
}
OWN = [{"dynamics": "budgetamount", "activecampaign": "budget"}]
AS_DEALS = {"enabled": True, "shown_as": "deals", "history": "load", "fields": OWN}
OPEN, WON, LOST = 0, 1, 2


@pytest.fixture
def sales(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Ada and Ben are on both sides; opportunities are on, as deals, and lists show at once what was written."""
    monkeypatch.setattr(deal_search, "LISTED_AFTER", timedelta(0))
    story.ac.switches |= {"custom_objects": False, "deal_list_lag_s": 0}
    story.configure(opportunity=AS_DEALS)
    provision.carry_out(story.context, "test")
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.contact(BEN, BEN_AT, firstname="Ben")
    story.sync(Entity.CONTACT)
    return story


@pytest.fixture
def deal(sales: Story) -> Story:
    """Ada has one opportunity, which is a deal."""
    sales.opportunity(DEAL, ADA, **FULL)
    assert sales.sync()["opportunity"] == {"created": 1}
    return sales


def all_deals(story: Story) -> list[dict[str, Any]]:
    """The deals of ActiveCampaign, custom values under their labels."""
    labels = {row["id"]: row["fieldLabel"] for row in story.ac.deal_fields}
    stages = {row["id"]: row["title"] for row in story.ac.deal_stages}
    return [
        {
            **row,
            "stage": stages[row["stage"]],
            **{labels[number]: one["value"] for number, one in row["values"].items() if one["value"]},
        }
        for row in story.ac.deals
    ]


def the_deal(story: Story) -> dict[str, Any]:
    (found,) = all_deals(story)
    return found


def test_an_opportunity_becomes_a_deal_to_the_cent_and_the_day(deal: Story) -> None:
    found = the_deal(deal)
    assert (found["title"], found["value"], found["currency"]) == ("Licences", 2500055, "eur")
    assert (found["contact"], found["stage"], found["status"]) == (number_of(deal, ADA_AT), "2-Develop", OPEN)
    assert (found["D365 Opportunity ID"], found["D365 Status"]) == (DEAL, "Open")
    assert (found["D365 Estimated Revenue"], found["D365 Estimated Close Date"]) == ("25000.55", "2026-12-15")
    assert (found["D365 Probability"], found["D365 Stage"], found["D365 Budget Amount"]) == ("40", "2-Develop", "12.5")
    assert found["D365 Link to Dynamics"].endswith(f"id={DEAL}")
    deal.forget_requests()
    assert deal.sync()["opportunity"] == {}
    assert deal.ac.stats.as_json()["write_requests"] == 0


def test_a_change_of_stage_is_exactly_one_write(deal: Story) -> None:
    deal.opportunity(OTHER, ADA, stepname="3-Propose")
    deal.sync()
    deal.forget_requests()
    deal.edit("opportunity", DEAL, stepname="3-Propose")
    assert deal.sync()["opportunity"] == {"updated": 1}
    assert deal.ac.stats.as_json()["write_requests"] == 1
    assert [one["stage"] for one in all_deals(deal)] == ["3-Propose", "3-Propose"]
    assert [row["title"] for row in deal.ac.deal_stages].count("3-Propose") == 1


def test_won_carries_what_it_brought_in_and_reopened_what_is_estimated(deal: Story) -> None:
    deal.win(DEAL, 19999.99)
    deal.sync()
    found = the_deal(deal)
    assert (found["status"], found["value"], found["D365 Status"]) == (WON, 1999999, "Won")
    assert found["D365 Actual Revenue"] == "19999.99"
    assert found["D365 Actual Close Date"] == deal.row("opportunity", DEAL)["actualclosedate"]
    deal.edit("opportunity", DEAL, statecode=0, statuscode=1, actualvalue=None, actualclosedate=None)
    deal.sync()
    found = the_deal(deal)
    assert (found["status"], found["value"], found.get("D365 Actual Revenue")) == (OPEN, 2500055, None)


def test_a_lost_one_is_a_lost_deal(deal: Story) -> None:
    deal.edit("opportunity", DEAL, statecode=2, statuscode=4)
    deal.sync()
    assert (the_deal(deal)["status"], the_deal(deal)["D365 Status"]) == (LOST, "Lost")


@pytest.mark.parametrize(
    ("how", "left"), [("status", [(LOST, "Deleted")]), ("nothing", [(OPEN, "Open")]), ("delete", [])]
)
def test_a_deleted_one_is_told_as_configured_and_brought_back_it_has_one_deal(
    deal: Story, how: str, left: list[tuple[int, str]]
) -> None:
    deal.configure(opportunity={"on_deleted": how})
    deal.delete("opportunity", DEAL)
    deal.sync()
    assert [(one["status"], one["D365 Status"]) for one in all_deals(deal)] == left
    deal.opportunity(DEAL, ADA, **FULL)
    assert deal.sync()["opportunity"] == {"created": 1}
    assert (the_deal(deal)["status"], the_deal(deal)["D365 Status"]) == (OPEN, "Open")


def test_an_opportunity_waits_for_its_contact_and_moves_to_another(sales: Story) -> None:
    sales.edit("contact", BEN, emailaddress1=None)
    sales.opportunity(DEAL, None, **FULL)
    assert sales.sync()["opportunity"] == {"waiting": 1}
    assert all_deals(sales) == []
    sales.edit("opportunity", DEAL, **{"parentcontactid@odata.bind": f"/contacts({ADA})"})
    sales.sync()
    assert the_deal(sales)["contact"] == number_of(sales, ADA_AT)
    sales.edit("contact", BEN, emailaddress1=BEN_AT)
    sales.edit("opportunity", DEAL, **{"parentcontactid@odata.bind": f"/contacts({BEN})"})
    sales.sync()
    assert the_deal(sales)["contact"] == number_of(sales, BEN_AT)


def test_a_lost_answer_makes_no_second_deal(sales: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deal_search, "LISTED_AFTER", timedelta(hours=1))
    sales.sync()
    sales.ac.faults.add(Fault("reset_after", path="deals", method="POST"))
    sales.opportunity(DEAL, ADA, **FULL)
    sales.start(Entity.OPPORTUNITY)
    sales.go_on(until=lambda: bool(all_deals(sales)))
    sales.later()
    deliver.upsert(sales.context, Entity.OPPORTUNITY, Lane.SYNC)
    assert (len(all_deals(sales)), sales.backlog()) == (1, 1)
    sales.edit("opportunity", DEAL, **{"parentcontactid@odata.bind": f"/contacts({BEN})"})
    monkeypatch.setattr(deal_search, "LISTED_AFTER", timedelta(0))
    sales.later()
    sales.sync()
    assert the_deal(sales)["contact"] == number_of(sales, BEN_AT)
    link = sales.link(Entity.OPPORTUNITY, DEAL)
    assert link is not None
    assert link.ac_id == the_deal(sales)["id"]


def test_one_that_was_deleted_there_is_made_anew_once(deal: Story) -> None:
    deal.ac.deals.remove(the_deal(deal)["id"])
    deal.ac.faults.add(Fault("status_after", path="deals", method="POST", status=503))
    deal.edit("opportunity", DEAL, estimatedvalue=900)
    deal.sync()
    assert the_deal(deal)["value"] == 90000
    assert deal.failures() == []


def test_a_new_database_asks_and_finds_the_deals_that_are_there(deal: Story) -> None:
    with deal.transaction() as tx:
        tx.execute("DELETE FROM links WHERE entity = 'opportunity'")
        tx.execute("DELETE FROM snapshots WHERE key = 'activecampaign:deals_met'")
    deal.configure(opportunity={"history": "ask"})
    deal.edit("opportunity", DEAL, estimatedvalue=900)
    cycle = deal.pump.sync()
    assert (cycle["state"], "pipeline Dynamics 365" in cycle["note"]) == ("stopped", True)
    deal.approve(cycle["id"])
    assert the_deal(deal)["value"] == 90000


def test_a_pipeline_that_somebody_deleted_stops_with_what_to_do_and_is_filled_again(deal: Story) -> None:
    with deal.ac.lock:
        for table in (deal.ac.deals, deal.ac.deal_stages, deal.ac.deal_groups):
            for row in table:
                table.remove(row["id"])
    deal.edit("opportunity", DEAL, stepname="3-Propose")
    cycle = deal.pump.sync()
    assert [one["error"]["code"] for one in cycle["streams"] if one["error"]] == ["opportunities.no_pipeline"]
    provision.carry_out(deal.context, "test")
    deal.later()
    deal.pump.sync()
    deal.sweep()
    assert (the_deal(deal)["stage"], deal.failures()) == ("3-Propose", [])


def test_a_plan_without_deals_is_named_by_check_and_sync(story: Story) -> None:
    story.ac.switches["deals"] = False
    story.configure(opportunity=AS_DEALS)
    assert error_of(story) == ("opportunities.no_deals", "this ActiveCampaign plan has no deals")
    story.ac.switches["deals"] = True
    assert not checked(story)[deal_check.DEALS].ok
    assert error_of(story)[0] == "opportunities.no_pipeline"
    assert (provision.look(story.context).pipeline, len(story.ac.deal_groups)) == (True, 0)
    assert [provision.carry_out(story.context, "test").made for _ in range(2)] == [True, False]
    assert checked(story)[deal_check.DEALS].ok
    assert [len(table) for table in (story.ac.deal_groups, story.ac.deal_fields)] == [1, 14]
    story.ac.users.rows[1] |= {"admin": False, "denied": ["dealGroups"]}
    assert "You do not have permission to view dealGroups" in checked(story)[deal_check.DEALS].message
    story.ac.users.rows[1] |= {"admin": True, "denied": []}
    story.ac.deal_groups.remove(1)
    assert "pipeline Dynamics 365" in checked(story)[deal_check.DEALS].message


def checked(story: Story) -> dict[str, Finding]:
    """What `ac365 check` says of the connection."""
    with story.transaction() as tx:
        row = connections.get(tx, story.pump.connection_id)
    return {one.what: one for one in check.connection(story.pump.services, row or {}, story.context.document)}


def error_of(story: Story) -> tuple[str, str]:
    """Code and message with which the stream of opportunities stopped."""
    (stream,) = story.pump.sync(Entity.OPPORTUNITY)["streams"]
    return stream["error"]["code"], stream["error"]["message"]


def test_what_changed_in_activecampaign_is_explained_and_a_dry_run_says_what_is_written(deal: Story) -> None:
    deal.ac.deals.rows[1]["status"] = WON
    deal.edit("opportunity", DEAL, estimatedvalue=900)
    ran = CliRunner().invoke(app, ["explain", "opportunity", DEAL, "--json"], catch_exceptions=False)
    (told,) = json.loads(ran.stdout)["records"]
    fields = {one["field"]: (one["activecampaign"], one["effect"]) for one in told["fields"]}
    assert (fields["estimated-revenue"], fields["status"]) == (("25000.55", "written"), (1, "written"))
    ran = CliRunner().invoke(app, ["sync", "--dry-run", "--json", "--entity", "opportunity"], catch_exceptions=False)
    (told,) = json.loads(ran.stdout)["entities"]
    assert told["sample"][0]["values"]["estimated-revenue"] == "900"
    assert the_deal(deal)["value"] == 2500055


def test_every_way_shows_everything_anew_and_the_deal_stays_one(sales: Story) -> None:
    sales.ac.switches["custom_objects"] = True
    sales.opportunity(DEAL, ADA, **FULL)
    for way in ("object", "deals", "contact_fields", "deals", "object", "deals"):
        sales.configure(opportunity={"shown_as": way})
        provision.carry_out(sales.context, "test")
        assert sales.sync()["opportunity"] == {"created": 1}
    assert the_deal(sales)["value"] == 2500055
    assert sales.ac.values_of(ADA_AT)[OPEN_COUNT] == "1"


def test_the_comparison_sees_what_differs_in_deals_and_a_repair_ends_it(deal: Story) -> None:
    deal.opportunity(OTHER, ADA, estimatedvalue=0.1)
    deal.sync()
    long_ago(deal)
    report = deal.verify()
    assert all(one.agrees for one in report.sums)
    first, second = deal.ac.deals
    first["value"] = 1
    second["stage"] = first["stage"]
    report = compared(deal)
    assert {(one.record_id, one.fields) for one in report.differences} == {
        (DEAL, ("estimated-revenue",)),
        (OTHER, ("stage",)),
    }
    deal.ac.deals.remove(first["id"])
    assert {one.missing_in for one in compared(deal).differences} == {"", "activecampaign"}
    repaired(deal)
    deal.verify()
