"""Opportunities without custom objects: the fields and tags of their contacts say it all."""

from __future__ import annotations

import threading

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import Story

from engine import deliver, provision
from mapping import rollups
from simulators.common.faults import Fault
from sync.model import Entity, Lane
from sync.rollup import LOST, OPEN, TAGS, WON

DEAL = "0ddddddd-0000-4000-8000-000000000001"
OTHER = "0ddddddd-0000-4000-8000-000000000002"
FULL = {"estimatedvalue": 1200, "estimatedclosedate": "2026-12-15", "stepname": "2-Develop"}
WORKERS = 3
CONTACTS = "PUT /api/3/contacts/<number>"


@pytest.fixture
def sales(story: Story) -> Story:
    """Ada and Ben are on both sides; opportunities are on, shown on their contacts, and nobody asks first."""
    story.ac.switches["custom_objects"] = False
    story.configure(opportunity={"enabled": True, "shown_as": "contact_fields", "history": "load"})
    provision.carry_out(story.context, "test")
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.contact(BEN, BEN_AT, firstname="Ben")
    story.sync(Entity.CONTACT)
    return story


def shown(story: Story, address: str = ADA_AT) -> dict[str, str]:
    """What a contact's fields say, without those that are empty or were never written."""
    known = {one.tag for one in rollups.FIELDS}
    return {tag: text for tag, text in story.ac.values_of(address).items() if tag in known and text}


def tags(story: Story, address: str = ADA_AT) -> set[str]:
    return story.ac.tags_of(address) & set(TAGS)


def puts(story: Story) -> int:
    """How many contacts were written by their ids since the requests were forgotten."""
    return sum(number for route, number in story.routes().items() if route == CONTACTS)


def test_a_contact_shows_its_opportunities_in_fields_and_a_tag(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.opportunity(OTHER, ADA, name="Training", estimatedvalue=300.5, estimatedclosedate="2026-11-30")
    assert sales.sync()["opportunity"] == {"created": 2}
    found = shown(sales)
    assert (found[rollups.OPEN_COUNT], found[rollups.OPEN_REVENUE]) == ("2", "1500.50")
    assert (found[rollups.WON_REVENUE], found[rollups.NEXT_CLOSE]) == ("0.00", "2026-11-30")
    assert found[rollups.LAST_STATUS] == "Open"
    assert tags(sales) == {OPEN}
    assert not shown(sales, BEN_AT)


def test_many_opportunities_of_one_contact_are_one_write(sales: Story) -> None:
    for number in range(1, 8):
        sales.opportunity(f"0ddddddd-0000-4000-8000-{number:012d}", ADA, **FULL)
    sales.forget_requests()
    assert sales.sync()["opportunity"] == {"created": 7}
    assert shown(sales)[rollups.OPEN_REVENUE] == "8400.00"
    assert puts(sales) == 1


def test_only_values_that_changed_are_written(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.edit_there(ADA_AT, fields={rollups.OPEN_COUNT: "by hand"})
    sales.forget_requests()
    sales.edit("opportunity", DEAL, stepname="3-Propose")
    assert sales.sync()["opportunity"] == {"updated": 1}
    assert puts(sales) == 1
    assert (shown(sales)[rollups.LAST_STAGE], shown(sales)[rollups.OPEN_COUNT]) == ("3-Propose", "by hand")


def test_what_does_not_show_is_agreed_on_without_a_write(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.forget_requests()
    sales.edit("opportunity", DEAL, closeprobability=80)
    assert sales.sync()["opportunity"] == {"updated": 1}
    assert sales.ac.stats.as_json()["write_requests"] == 0
    assert sales.sync()["opportunity"] == {}


def test_winning_moves_revenue_and_tags(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.win(DEAL, 1100)
    sales.sync()
    found = shown(sales)
    assert (found[rollups.OPEN_COUNT], found[rollups.OPEN_REVENUE], found[rollups.WON_REVENUE]) == (
        "0", "0.00", "1100.00",
    )  # fmt: skip
    assert (found[rollups.LAST_STATUS], found.get(rollups.NEXT_CLOSE)) == ("Won", None)
    assert tags(sales) == {WON}


def test_a_lost_one_beside_an_open_one_shows_both_tags(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.opportunity(OTHER, ADA, statecode=2, statuscode=4)
    sales.sync()
    assert tags(sales) == {OPEN, LOST}


def test_one_that_moves_to_another_contact_is_told_on_both(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.opportunity(OTHER, ADA, estimatedvalue=300)
    sales.sync()
    sales.forget_requests()
    sales.edit("opportunity", DEAL, **{"parentcontactid@odata.bind": f"/contacts({BEN})"})
    sales.sync()
    assert puts(sales) == 2
    assert (shown(sales)[rollups.OPEN_REVENUE], shown(sales, BEN_AT)[rollups.OPEN_REVENUE]) == ("300.00", "1200.00")
    assert (tags(sales), tags(sales, BEN_AT)) == ({OPEN}, {OPEN})


@pytest.mark.parametrize("how", ["status", "delete", "nothing"])
def test_a_contact_that_lost_its_last_one_shows_zeros(sales: Story, how: str) -> None:
    sales.configure(opportunity={"on_deleted": how})
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.delete("opportunity", DEAL)
    sales.sync()
    zeros = {rollups.OPEN_COUNT: "0", rollups.OPEN_REVENUE: "0.00", rollups.WON_REVENUE: "0.00"}
    assert (shown(sales), tags(sales)) == (zeros, set())


def test_an_answer_that_was_lost_leaves_nothing_wrong(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.ac.faults.add(Fault("reset_after", path="contacts/", method="PUT"))
    sales.edit("opportunity", DEAL, estimatedvalue=900)
    sales.sync()
    sales.edit("opportunity", DEAL, estimatedvalue=1200)
    sales.sync()
    assert shown(sales)[rollups.OPEN_REVENUE] == "1200.00"
    assert sales.failures() == []


def test_one_that_moves_on_after_a_lost_answer_leaves_nothing_behind(sales: Story) -> None:
    sales.sync()
    sales.opportunity(DEAL, ADA, **FULL)
    sales.ac.faults.add(Fault("reset_after", path="contacts/", method="PUT"))
    sales.start(Entity.OPPORTUNITY)
    sales.go_on(until=lambda: bool(shown(sales)))
    sales.edit("opportunity", DEAL, **{"parentcontactid@odata.bind": f"/contacts({BEN})"})
    sales.later()
    sales.sync()
    assert (shown(sales)[rollups.OPEN_COUNT], shown(sales, BEN_AT)[rollups.OPEN_COUNT]) == ("0", "1")
    assert (tags(sales), tags(sales, BEN_AT)) == (set(), {OPEN})


def test_workers_with_opportunities_of_one_contact_leave_the_whole_sum(
    sales: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "SINGLES_AT_ONCE", 1)
    for number in range(1, WORKERS + 1):
        sales.opportunity(f"0ddddddd-0000-4000-8000-{number:012d}", ADA, estimatedvalue=100 * number)
    sales.start(Entity.OPPORTUNITY)
    sales.go_on(until=lambda: sales.backlog() == WORKERS)
    sales.ac.faults.add(Fault("slow", path="contacts/", method="PUT", times=None, seconds=0.3))
    what = (sales.context, Entity.OPPORTUNITY, Lane.BACKFILL)
    threads = [threading.Thread(target=deliver.upsert, args=what) for _ in range(WORKERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    sales.go_on()
    assert (shown(sales)[rollups.OPEN_COUNT], shown(sales)[rollups.OPEN_REVENUE]) == ("3", "600.00")


def test_the_first_load_asks_because_of_tags_and_goes_on_when_somebody_agrees(sales: Story) -> None:
    sales.configure(opportunity={"history": "ask"})
    sales.opportunity(DEAL, ADA, **FULL)
    cycle = sales.pump.sync(initial=True)
    assert cycle["state"] == "stopped"
    assert OPEN in cycle["note"]
    assert not shown(sales)
    sales.approve(cycle["id"])
    assert shown(sales)[rollups.OPEN_COUNT] == "1"


def test_without_the_fields_nothing_is_read_and_it_is_said_what_to_do(sales: Story) -> None:
    sales.ac.fields.remove(next(row["id"] for row in sales.ac.fields if row["perstag"] == rollups.LAST_STAGE))
    sales.refresh()
    cycle = sales.pump.sync(Entity.OPPORTUNITY)
    assert cycle["state"] == "failed"
    error = cycle["streams"][0]["error"]
    assert (error["code"], "provision activecampaign --apply" in error["advice"]) == ("opportunities.no_fields", True)


def test_a_field_that_was_made_anew_is_filled_again(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    lost = next(row["id"] for row in sales.ac.fields if row["perstag"] == rollups.LAST_STAGE)
    for contact in sales.ac.contacts.rows.values():
        contact.values.pop(lost, None)
    sales.ac.fields.remove(lost)
    provision.carry_out(sales.context, "test")
    sales.sync()
    assert shown(sales)[rollups.LAST_STAGE] == "2-Develop"


def test_an_object_that_was_made_anew_gets_its_records_again(sales: Story) -> None:
    sales.ac.switches["custom_objects"] = True
    sales.configure(opportunity={"shown_as": "object"})
    provision.carry_out(sales.context, "test")
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    for held in (sales.ac.schemas, sales.ac.records, sales.ac.externals):
        held.clear()
    provision.carry_out(sales.context, "test")
    assert sales.sync()["opportunity"] == {"created": 1}
    assert [len(rows) for rows in sales.ac.records.values()] == [1]


def test_records_that_become_fields_and_fields_that_become_records_are_all_shown(sales: Story) -> None:
    sales.ac.switches["custom_objects"] = True
    sales.configure(opportunity={"shown_as": "object"})
    provision.carry_out(sales.context, "test")
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    assert (len(sales.ac.object_events), shown(sales)) == (1, {})
    sales.configure(opportunity={"shown_as": "contact_fields"})
    assert sales.sync()["opportunity"] == {"created": 1}
    assert (shown(sales)[rollups.OPEN_COUNT], tags(sales)) == ("1", {OPEN})
    assert sales.sync()["opportunity"] == {}
    sales.configure(opportunity={"shown_as": "object"})
    assert sales.sync()["opportunity"] == {"created": 1}
    assert sales.sync()["opportunity"] == {}


def test_a_contact_made_anew_there_shows_its_opportunities_again(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.edit_there(ADA_AT, delete=True)
    sales.edit("opportunity", DEAL, stepname="3-Propose")
    sales.pump.sync()
    sales.sweep()
    assert sales.record(Entity.OPPORTUNITY, DEAL)["state"] in ("linked", "waiting")
    assert sales.failures() == []
