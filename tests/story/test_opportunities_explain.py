"""`ac365 explain opportunity`: whose it is and why, what its record holds, and what the pipeline does next."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.deals import DEAL, OTHER, number_of, open_for_business, put_there, remove_there, value
from support.story import CONTOSO, Story
from typer.testing import CliRunner

from cli.main import app
from sync.model import Entity

FULL = {"estimatedvalue": 25000.55, "closeprobability": 40, "stepname": "2-Develop"}


def ac365(*words: str) -> Any:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def explain(*words: str) -> Any:
    ran = ac365("explain", *words, "--json")
    assert ran.exit_code == 0, ran.stderr
    (record,) = json.loads(ran.stdout)["records"]
    return record


def field(record: Any, name: str) -> Any:
    return next(state for state in record["fields"] if state["field"] == name)


def effects(record: Any, *names: str) -> list[str]:
    return [field(record, name)["effect"] for name in names]


def checks(record: Any) -> dict[str, bool | None]:
    return {check["rule"]: check["ok"] for check in record["checks"]}


@pytest.fixture
def sales(story: Story) -> Story:
    """Ada is on both sides, and so is her opportunity."""
    open_for_business(story)
    story.opportunity(DEAL, ADA, **FULL)
    story.sync()
    return story


def test_a_delivered_one_belongs_to_its_contact_with_equal_values_on_both_sides(sales: Story) -> None:
    record = explain("opportunity", DEAL)
    number = number_of(sales, ADA_AT)
    assert (record["in_scope"], record["would"]["outcome"]) == (True, "unchanged")
    belongs = record["opportunity"]
    assert belongs["target"] == {"contact": ADA, "activecampaign_id": number, "waits": ""}
    assert [(one["contact"], one["relations"]) for one in belongs["contacts"]] == [(ADA, ["primary", "customer"])]
    both = (belongs["contact"]["agreed"], belongs["contact"]["activecampaign"])
    assert (belongs["contact"]["column"], both) == ("parentcontactid", (number, number))
    stage = field(record, "stage")
    assert [stage[side] for side in ("dynamics", "agreed", "activecampaign")] == ["2-Develop"] * 3
    assert record["activecampaign"]["found_by"] == "external id"
    assert [row["outcome"] for row in record["history"]] == ["created"]


def test_an_id_alone_is_enough_whether_or_not_it_was_read_before(sales: Story) -> None:
    sales.opportunity(OTHER, ADA)
    assert [explain(one)["entity"] for one in (DEAL, OTHER)] == ["opportunity", "opportunity"]


def test_what_a_sync_would_write_is_what_it_writes(sales: Story) -> None:
    sales.edit("opportunity", DEAL, stepname="3-Propose", closeprobability=None)
    record = explain(DEAL)
    assert effects(record, "stage", "probability", "topic") == ["written", "cleared", "unchanged"]
    assert record["opportunity"]["contact"]["effect"] == "unchanged"
    sales.sync()
    assert sales.reasons(Entity.OPPORTUNITY, DEAL)[0] == record["would"]["reason"]
    assert explain(DEAL)["would"]["outcome"] == "unchanged"


def test_an_edit_of_what_does_not_travel_is_no_reason_to_write(sales: Story) -> None:
    sales.crm.clock.advance(60)
    sales.edit("opportunity", DEAL, description="A note")
    record = explain(DEAL)
    assert record["would"]["action"] == "none"
    assert field(record, "modified-on")["note"] == "alone it is no reason to write"


def test_what_somebody_changed_there_stays_until_the_next_write(sales: Story) -> None:
    put_there(sales, topic="Mine")
    record = explain(DEAL)
    assert (field(record, "topic")["activecampaign"], effects(record, "topic")) == ("Mine", ["unchanged"])
    assert "stays until the opportunity changes" in field(record, "topic")["note"]
    sales.edit("opportunity", DEAL, stepname="3-Propose")
    record = explain(DEAL)
    assert effects(record, "topic") == ["written"]
    assert "the whole record is written" in field(record, "topic")["note"]
    sales.sync()
    assert value(sales, "topic") == "Licences"


def test_another_contact_moves_the_record(sales: Story) -> None:
    sales.contact(BEN, BEN_AT)
    sales.sync(Entity.CONTACT)
    sales.edit("opportunity", DEAL, **{"parentcontactid@odata.bind": f"/contacts({BEN})"})
    record = explain(DEAL)
    contact = record["opportunity"]["contact"]
    assert (contact["dynamics"], contact["activecampaign"], contact["effect"]) == (
        BEN,
        number_of(sales, ADA_AT),
        "written",
    )
    assert "contact" in record["would"]["reason"]


def test_one_whose_contact_has_no_address_tells_for_whom_it_waits_and_why(sales: Story) -> None:
    sales.contact(BEN, None)
    sales.opportunity(OTHER, BEN)
    sales.sync()
    record = explain(OTHER)
    why = f"waits for contact {BEN}, which has no e-mail address"
    assert (record["in_scope"], record["would"]["outcome"], record["would"]["reason"]) == (True, "waiting", why)
    assert record["opportunity"]["target"]["waits"] == why == sales.record(Entity.OPPORTUNITY, OTHER)["reason"]
    assert effects(record, "topic") == ["left out"]
    assert f"nobody: {why}" in ac365("explain", OTHER).stdout


def test_each_contact_that_may_stand_for_it_is_told_with_its_relation(sales: Story) -> None:
    sales.configure(opportunity={"contacts": ["primary", "account"]})
    sales.account(_primarycontactid_value=ADA)
    sales.contact(BEN, None)
    sales.sync(Entity.CONTACT)
    sales.opportunity(OTHER, BEN, CONTOSO)
    first, second = explain(OTHER)["opportunity"]["contacts"]
    assert (first["relations"], first["in_activecampaign"]) == (["primary"], False)
    assert first["hindrance"] == "has no e-mail address"
    assert (second["relations"], second["activecampaign_id"]) == (["account"], number_of(sales, ADA_AT))
    assert explain(OTHER)["would"]["action"] == "create"


def test_one_that_is_related_to_nobody_says_so(sales: Story) -> None:
    sales.account()
    sales.opportunity(OTHER, None, CONTOSO)
    record = explain(OTHER)
    assert record["would"]["reason"] == "waits for a contact: it is related to none"
    assert record["opportunity"]["contacts"] == []


def test_one_that_criteria_leave_out_names_the_condition(sales: Story) -> None:
    tree = {"all": [{"field": "name", "operator": "equals", "value": "Services"}]}
    sales.configure(opportunity={"scope": "criteria", "criteria": tree})
    record = explain(DEAL)
    assert (record["in_scope"], checks(record)["criteria"]) == (False, False)
    assert "Services" in record["would"]["reason"]


def test_one_that_nobody_picked_says_how_to(sales: Story) -> None:
    sales.configure(opportunity={"scope": "manual"})
    assert "was not picked by hand (`ac365 opportunities pick`)" in ac365("explain", DEAL).stdout
    assert checks(explain(DEAL)) == {"entity": True, "exists": True, "picked": False}
    sales.pick(DEAL)
    assert (checks(explain(DEAL))["picked"], explain(DEAL)["would"]["action"]) == (True, "none")


def test_the_column_that_picks_is_named(sales: Story) -> None:
    sales.configure(opportunity={"scope": "manual", "picked_by": "isrevenuesystemcalculated"})
    (check,) = [one for one in explain(DEAL)["checks"] if one["rule"] == "picked"]
    assert check == {
        "rule": "picked",
        "ok": False,
        "reason": "was not picked by hand: isrevenuesystemcalculated is not yes",
    }


@pytest.mark.parametrize(("how", "status"), [("status", "written"), ("delete", "left out"), ("nothing", "left out")])
def test_a_deleted_one_is_explained_before_and_after_it_was_told(sales: Story, how: str, status: str) -> None:
    sales.configure(opportunity={"on_deleted": how})
    sales.delete("opportunity", DEAL)
    before = explain(DEAL)
    assert (before["dynamics"]["exists"], before["would"]["action"]) == (False, "unlink")
    assert effects(before, "status", "topic") == [status, "left out"]
    sales.sync()
    after = explain(DEAL)
    assert (after["link"], after["would"]["outcome"], after["would"]["reason"]) == (
        None,
        "unchanged",
        "deleted in Dynamics",
    )


def test_a_record_that_somebody_deleted_there_is_missed(sales: Story) -> None:
    remove_there(sales)
    assert explain(DEAL)["activecampaign"]["exists"] is False
    assert "it was deleted there; the next write makes it again" in ac365("explain", DEAL).stdout


def test_a_failed_one_comes_with_message_and_advice(sales: Story) -> None:
    sales.refuse("POST", "/api/3/customObjects/records/*", times=9, body='{"errors":[{"message":"No such stage"}]}')
    sales.edit("opportunity", DEAL, stepname="9-Nowhere")
    sales.sync(state="partial")
    (failure,) = explain(DEAL)["failures"]
    assert failure["advice"]
    assert "FAILED" in ac365("explain", DEAL).stdout


def test_what_is_on_its_way_is_told(sales: Story) -> None:
    sales.opportunity(OTHER, ADA)
    sales.start(Entity.OPPORTUNITY)
    sales.go_on(until=lambda: sales.backlog() > 0)
    (pending,) = explain(OTHER)["pending"]
    assert pending["state"] == "waiting"


def test_nothing_is_written_anywhere(sales: Story) -> None:
    sales.edit("opportunity", DEAL, stepname="3-Propose")
    sales.forget_requests()
    explain(DEAL)
    assert {route.split()[0] for route in sales.routes()} == {"GET"}
    assert sales.backlog() == 0


def test_a_person_reads_whose_it_is(sales: Story) -> None:
    lines = ac365("explain", DEAL).stdout.splitlines()
    number = number_of(sales, ADA_AT)
    assert lines[0] == f"opportunity {DEAL}"
    assert f"  belongs to         contact {number} in ActiveCampaign" in lines
    assert (
        f"  related to         contact {ADA} (primary, customer), which is contact {number} in ActiveCampaign" in lines
    )
    (row,) = [line.split() for line in lines if line.split()[:1] == ["primary-contact"]]
    assert row == ["primary-contact", ADA[:8], str(number), str(number), "unchanged"]
