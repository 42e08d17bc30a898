"""Opportunities in ActiveCampaign: records of the right contact, with all values, once the contact is there."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.deals import deal_id
from support.story import CONTOSO, Story

from engine import provision
from sync.model import Entity

DEAL = "0ddddddd-0000-4000-8000-000000000001"
OTHER = "0ddddddd-0000-4000-8000-000000000002"
FULL = {
    "estimatedvalue": 25000.55,
    "estimatedclosedate": "2026-12-15",
    "closeprobability": 40,
    "stepname": "2-Develop",
}


@pytest.fixture
def sales(story: Story) -> Story:
    """Ada is on both sides; opportunities are on, and nobody asks before they are loaded."""
    provision.carry_out(story.context, "test")
    story.refresh()
    story.configure(opportunity={"enabled": True, "history": "load"})
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.sync(Entity.CONTACT)
    return story


def the_record(story: Story, record_id: str = DEAL) -> dict[str, Any] | None:
    """The values of the record of this opportunity, and under `contact` the id of its contact."""
    (schema,) = story.ac.schemas
    number = story.ac.externals.get((schema, record_id))
    if number is None:
        return None
    row = story.ac.records[schema][number]
    values = {one["id"]: one["value"] for one in row["fields"]}
    return {**values, "contact": int(row["relationships"]["primary-contact"][0])}


def events(story: Story) -> list[tuple[str, str | None]]:
    """What the triggers of custom objects heard."""
    return [(one["kind"], one["field"]) for one in story.ac.object_events]


def contact_id(story: Story, address: str) -> int:
    contact = story.person(address)
    assert contact is not None
    return contact.id


def test_an_opportunity_becomes_a_record_of_its_contact_with_all_values(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    assert sales.sync() == {"account": {}, "contact": {}, "lead": {}, "opportunity": {"created": 1}}
    found = the_record(sales)
    assert found is not None
    assert found["contact"] == contact_id(sales, ADA_AT)
    assert (found["topic"], found["stage"], found["status"]) == ("Licences", "2-Develop", "Open")
    assert (found["estimated-revenue"], found["estimated-close-date"]) == (25000.55, "2026-12-15")
    assert (found["probability"], found["currency"]) == (40, "EUR")
    assert found["dynamics-link"].endswith(f"etn=opportunity&pagetype=entityrecord&id={DEAL}")


def test_a_change_of_stage_is_one_write_and_one_event_of_its_field(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    before = len(sales.ac.object_events)
    sales.forget_requests()
    sales.edit("opportunity", DEAL, stepname="3-Propose")
    assert sales.sync()["opportunity"] == {"updated": 1}
    assert sales.ac.stats.as_json()["write_requests"] == 1
    assert events(sales)[before:].count(("updated", "stage")) == 1
    sales.forget_requests()
    assert sales.sync()["opportunity"] == {}
    assert sales.ac.stats.as_json()["write_requests"] == 0


def test_an_edit_of_what_does_not_travel_writes_nothing(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.forget_requests()
    sales.edit("opportunity", DEAL, description="A note")
    assert sales.sync()["opportunity"] == {"unchanged": 1}
    assert sales.ac.stats.as_json()["write_requests"] == 0


def test_winning_carries_actual_revenue_and_date(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.win(DEAL, 19999.99)
    sales.sync()
    found = the_record(sales)
    assert found is not None
    assert (found["status"], found["actual-revenue"]) == ("Won", 19999.99)
    assert found["actual-close-date"] == sales.row("opportunity", DEAL)["actualclosedate"]


def test_one_without_a_syncing_contact_waits_and_goes_by_itself_later(sales: Story) -> None:
    sales.contact(BEN, None)
    sales.opportunity(DEAL, BEN, **FULL)
    assert sales.sync()["opportunity"] == {"waiting": 1}
    assert the_record(sales) is None
    record = sales.record(Entity.OPPORTUNITY, DEAL)
    assert record["state"] == "waiting"
    assert record["awaits"] == BEN
    assert record["reason"] == f"waits for contact {BEN}, which has no e-mail address"
    sales.edit("contact", BEN, emailaddress1=BEN_AT)
    sales.sync()
    found = the_record(sales)
    assert found is not None
    assert found["contact"] == contact_id(sales, BEN_AT)
    assert sales.record(Entity.OPPORTUNITY, DEAL)["state"] == "linked"


def test_one_that_is_related_to_nobody_waits_with_that_reason(sales: Story) -> None:
    sales.account()
    sales.opportunity(DEAL, None, CONTOSO)
    assert sales.sync()["opportunity"] == {"waiting": 1}
    assert sales.record(Entity.OPPORTUNITY, DEAL)["reason"] == "waits for a contact: it is related to none"


def test_the_primary_contact_of_the_account_stands_in_where_that_is_wanted(sales: Story) -> None:
    sales.configure(opportunity={"contacts": ["primary", "customer", "account"]})
    sales.account(_primarycontactid_value=ADA)
    sales.contact(BEN, BEN_AT)
    sales.opportunity(DEAL, None, CONTOSO)
    sales.sync()
    found = the_record(sales)
    assert found is not None
    assert found["contact"] == contact_id(sales, ADA_AT)
    sales.edit("account", CONTOSO, **{"primarycontactid@odata.bind": f"/contacts({BEN})"})
    sales.sync()
    found = the_record(sales)
    assert found is not None
    assert found["contact"] == contact_id(sales, BEN_AT)


@pytest.mark.parametrize(("how", "status"), [("status", "Deleted"), ("nothing", "Open"), ("delete", None)])
def test_a_deleted_one_is_told_as_configured(sales: Story, how: str, status: str | None) -> None:
    sales.configure(opportunity={"on_deleted": how})
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.delete("opportunity", DEAL)
    sales.sync()
    found = the_record(sales)
    assert (found["status"] if found else None) == status
    assert how != "status" or (found or {})["topic"] == "Licences"


def test_the_first_load_writes_the_newest_last(sales: Story) -> None:
    ids = [deal_id(number) for number in range(1, 26)]
    for number in ids:
        sales.opportunity(number, ADA)
    newest_last = [*ids[7:], *ids[:7]]
    for number in newest_last:
        sales.edit("opportunity", number, name="Licences, edited")
    sales.refuse("POST", "customObjects/records", status=429, times=2)
    sales.pump.sync(initial=True)
    sales.later()
    sales.sweep()
    assert [one for _, one in sales.ac.externals] == newest_last


def test_the_first_load_asks_and_goes_on_when_somebody_agrees(sales: Story) -> None:
    sales.configure(opportunity={"history": "ask"})
    sales.opportunity(DEAL, ADA)
    cycle = sales.pump.sync(initial=True)
    assert cycle["state"] == "stopped"
    assert "D365 Opportunity is created" in cycle["note"]
    assert the_record(sales) is None
    assert events(sales) == []
    sales.approve(cycle["id"])
    assert the_record(sales) is not None
    sales.opportunity(OTHER, ADA)
    assert sales.sync()["opportunity"] == {"created": 1}


def test_only_those_that_were_picked_travel(sales: Story) -> None:
    sales.configure(opportunity={"scope": "manual"})
    sales.opportunity(DEAL, ADA)
    sales.opportunity(OTHER, ADA)
    sales.pick(DEAL)
    assert sales.sync()["opportunity"] == {"created": 1, "skipped": 1}
    assert the_record(sales, OTHER) is None


def test_a_contact_made_anew_there_gets_its_opportunities_again(sales: Story) -> None:
    sales.opportunity(DEAL, ADA, **FULL)
    sales.sync()
    sales.edit_there(ADA_AT, delete=True)
    sales.edit("contact", ADA, firstname="Augusta")
    sales.sync()
    sales.sweep()
    assert sales.record(Entity.OPPORTUNITY, DEAL)["state"] == "waiting"
    assert sales.failures() == []


def test_contacts_go_on_while_opportunities_are_on_their_way(sales: Story) -> None:
    for number in range(60):
        sales.opportunity(f"0eeeeeee-0000-4000-8000-{number:012d}", ADA)
    first = sales.start()
    sales.pump.run(sales.wakes_of(first), lambda: sales.is_trailing(first) and sales.delay())
    sales.edit("contact", ADA, firstname="Augusta")
    second = sales.start(Entity.CONTACT)
    sales.pump.run(sales.wakes_of(second), lambda: sales.state_of(second) == "complete")
    assert sales.state_of(first) == "running"
    sales.later()
    sales.sweep()
    assert sales.state_of(first) == "complete"


def test_a_question_about_the_first_load_holds_nobody_else_up(sales: Story) -> None:
    sales.configure(opportunity={"history": "ask"})
    sales.opportunity(DEAL, ADA)
    assert sales.pump.sync()["state"] == "stopped"
    sales.edit("contact", ADA, firstname="Augusta")
    assert sales.sync(Entity.CONTACT)["contact"] == {"updated": 1}
