"""A dry run with opportunities: what the next cycle writes per record and field, whom they wait for, what it asks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.deals import DEAL, OTHER, number_of, open_for_business, there, value
from support.story import CONTOSO, Story
from typer.testing import CliRunner

from cli.main import app
from engine import provision
from store import records
from sync.model import Entity

OUTCOMES = ("created", "updated", "unchanged", "skipped", "waiting", "failed")


def ac365(*words: str, typed: str | None = None) -> Any:
    return CliRunner().invoke(app, list(words), input=typed, catch_exceptions=False)


def look(*words: str) -> dict[str, Any]:
    """What `ac365 sync --dry-run` tells, by entity; with "inbound" behind it where it goes to Dynamics."""
    ran = ac365("sync", "--dry-run", "--json", *words)
    assert ran.exit_code == 0, ran.stderr
    told = json.loads(ran.stdout)["entities"]
    return {one["entity"] + (" inbound" if one["direction"] == "inbound" else ""): one for one in told}


def counted(one: dict[str, Any]) -> dict[str, int]:
    return {name: one[name] for name in OUTCOMES if one[name]}


def agree(story: Story) -> None:
    """A dry run and the sync after it count the same."""
    would = {name: counted(one) for name, one in look().items()}
    assert story.sync() == would


def written(one: dict[str, Any]) -> dict[str, Any]:
    """What would be written, by record."""
    return {sample["record"]: sample["values"] for sample in one["sample"]}


@pytest.fixture
def sales(story: Story) -> Story:
    """Ada is on both sides, and so is her opportunity."""
    open_for_business(story)
    story.opportunity(DEAL, ADA, stepname="2-Develop", closeprobability=40)
    story.sync()
    return story


@pytest.fixture
def first(story: Story) -> Story:
    """Everything is switched on, and nothing was ever synced."""
    provision.carry_out(story.context, "test")
    story.refresh()
    story.configure(opportunity={"enabled": True, "history": "load"})
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.opportunity(DEAL, ADA, stepname="2-Develop")
    return story


def test_before_the_very_first_sync_they_find_the_people_of_the_same_cycle(first: Story) -> None:
    one = look()["opportunity"]
    assert counted(one) == {"created": 1}
    values = written(one)[DEAL]
    assert (values["topic"], values["stage"], values["contact"]) == ("Licences", "2-Develop", ADA)
    agree(first)


def test_a_change_is_shown_with_the_fields_that_differ(sales: Story) -> None:
    sales.crm.clock.advance(60)
    sales.edit("opportunity", DEAL, stepname="3-Propose", closeprobability=None)
    one = look("--entity", "opportunity")["opportunity"]
    values = written(one)[DEAL]
    assert {name: values[name] for name in values if name != "modified-on"} == {
        "stage": "3-Propose",
        "probability": None,
    }
    assert one["reasons"] == [{"outcome": "updated", "reason": "changed", "count": 1}]
    agree(sales)


def test_nothing_changed_is_nothing_to_show(sales: Story) -> None:
    assert counted(look()["opportunity"]) == {}


def test_another_contact_is_shown_with_its_id(sales: Story) -> None:
    sales.contact(BEN, BEN_AT)
    sales.sync()
    sales.edit("opportunity", DEAL, **{"parentcontactid@odata.bind": f"/contacts({BEN})"})
    assert written(look()["opportunity"])[DEAL]["contact"] == number_of(sales, BEN_AT)
    agree(sales)


@pytest.mark.parametrize(
    ("how", "outcome", "values"),
    [
        ("status", "updated", {"status": "Deleted"}),
        ("delete", "updated", {"deleted": True}),
        ("nothing", "skipped", None),
    ],
)
def test_a_deletion_is_shown_as_configured(sales: Story, how: str, outcome: str, values: Any) -> None:
    sales.configure(opportunity={"on_deleted": how})
    sales.delete("opportunity", DEAL)
    one = look()["opportunity"]
    assert one["reasons"] == [{"outcome": outcome, "reason": "deleted in Dynamics", "count": 1}]
    assert written(one).get(DEAL) == values
    agree(sales)


def test_those_that_would_wait_are_told_with_their_reason(sales: Story) -> None:
    sales.contact(BEN, None)
    sales.opportunity(OTHER, BEN)
    one = look()["opportunity"]
    assert one["waiting_sample"] == [
        {"record": OTHER, "reason": f"waits for contact {BEN}, which has no e-mail address"}
    ]
    assert one["reasons"] == [
        {"outcome": "waiting", "reason": "waits for a contact, which has no e-mail address", "count": 1}
    ]
    assert "opportunities that would wait" in ac365("sync", "--dry-run").stdout
    agree(sales)


def test_one_whose_contact_leaves_with_the_same_cycle_would_wait(sales: Story) -> None:
    sales.edit("opportunity", DEAL, stepname="3-Propose")
    sales.edit("contact", ADA, emailaddress1=None)
    one = look()["opportunity"]
    assert one["waiting_sample"][0]["reason"] == f"waits for contact {ADA}, which has no e-mail address"
    agree(sales)
    assert sales.record(Entity.OPPORTUNITY, DEAL)["reason"] == one["waiting_sample"][0]["reason"]


def test_the_next_relation_counts_where_the_first_contact_leaves(sales: Story) -> None:
    sales.configure(opportunity={"contacts": ["primary", "account"]})
    sales.account(_primarycontactid_value=BEN)
    sales.contact(BEN, BEN_AT)
    sales.opportunity(OTHER, ADA, CONTOSO)
    sales.sync()
    sales.edit("opportunity", OTHER, stepname="3-Propose")
    sales.edit("contact", ADA, emailaddress1=None)
    assert written(look()["opportunity"])[OTHER]["contact"] == number_of(sales, BEN_AT)
    agree(sales)


def test_a_contact_that_shares_its_address_is_found_through_it(first: Story) -> None:
    first.contact(BEN, ADA_AT)
    first.opportunity(OTHER, BEN)
    assert counted(look()["opportunity"]) == {"created": 2}
    agree(first)


def test_a_contact_that_would_be_linked_by_this_very_cycle_counts(first: Story) -> None:
    first.configure(contact={"direction": "both"})
    first.edit_there(ADA_AT, create=True, set={"firstName": "Ada", "lastName": "Byron"})
    found = look()
    assert found["contact inbound"]["linked"] == 1
    assert written(found["opportunity"])[DEAL]["contact"] == number_of(first, ADA_AT)
    agree(first)


def test_the_question_before_the_first_load_is_announced(first: Story) -> None:
    first.configure(opportunity={"history": "ask"})
    question = look()["opportunity"]["question"]
    assert "1 opportunities would be the first in ActiveCampaign" in question
    assert "'D365 Opportunity is created'" in question
    assert f"The sync would stop and ask first: {question}." in ac365("sync", "--dry-run").stdout
    cycle = first.pump.sync()
    assert (cycle["state"], cycle["note"]) == ("stopped", question.replace(" N`", f" {cycle['id']}`"))


def test_nothing_is_asked_where_the_history_is_to_be_loaded(first: Story) -> None:
    assert look()["opportunity"]["question"] == ""


def test_those_that_nobody_picked_are_left_out(sales: Story) -> None:
    sales.configure(opportunity={"scope": "manual"})
    sales.opportunity(OTHER, ADA)
    sales.pick(OTHER)
    one = look()["opportunity"]
    assert counted(one) == {"created": 1, "skipped": 1}
    assert {"outcome": "skipped", "reason": "was not picked by hand", "count": 1} in one["reasons"]
    agree(sales)


def test_those_from_before_the_sync_began_are_passed_by(first: Story) -> None:
    first.baseline()
    first.configure(opportunity={"contacts": ["primary"]})
    assert counted(look("--entity", "opportunity")["opportunity"]) == {"skipped": 1}
    assert first.sync(Entity.OPPORTUNITY) == {"opportunity": {"skipped": 1}}


def test_without_the_custom_object_the_others_are_shown_and_it_says_what_to_do(story: Story) -> None:
    story.configure(opportunity={"enabled": True})
    story.contact(ADA, ADA_AT)
    story.opportunity(DEAL, ADA)
    found = look()
    assert (counted(found["contact"]), found["opportunity"]["read"]) == ({"created": 1}, 0)
    assert "`ac365 provision activecampaign --apply`" in found["opportunity"]["stopped"]
    assert "No opportunity would travel." in ac365("sync", "--dry-run").stdout


def test_without_the_right_to_read_them_the_others_are_shown(sales: Story) -> None:
    sales.contact(BEN, BEN_AT)
    sales.opportunity(OTHER, BEN)
    sales.forbid("prvReadOpportunity")
    found = look()
    assert counted(found["contact"]) == {"created": 1}
    assert "prvReadOpportunity" in found["opportunity"]["stopped"]


def test_broken_criteria_are_told_instead_of_a_result(sales: Story) -> None:
    tree = {"all": [{"field": "stepname", "operator": "equals", "value": "A"}]}
    sales.configure(opportunity={"scope": "criteria", "criteria": tree})
    del sales.crm.catalog.tables["opportunity"].columns["stepname"]
    sales.crm.catalog.version += 1
    sales.refresh()
    assert "Correct this entity's criteria" in look()["opportunity"]["stopped"]


def test_it_leaves_no_trace(first: Story) -> None:
    first.forget_requests()
    look()
    assert {route.split()[0] for route in first.routes()} == {"GET"}
    assert first.backlog() == 0
    with first.transaction() as tx:
        assert records.get(tx, first.context.id, Entity.OPPORTUNITY, DEAL) is None
        assert tx.execute("SELECT count(*) AS number FROM related_contacts").fetchone() == {"number": 0}
    assert first.link(Entity.OPPORTUNITY, DEAL) is None


def test_the_question_before_a_first_sync_counts_them_and_says_what_it_will_ask(
    first: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    first.configure(opportunity={"history": "ask"})
    first.opportunity(OTHER, ADA)
    first.win(OTHER, 100)
    monkeypatch.setattr("cli.sync.on_terminal", lambda: True)
    ran = ac365("sync", typed="n\n")
    (row,) = [line.split() for line in ran.stdout.splitlines() if line.split()[:1] == ["opportunities"]]
    assert row == ["opportunities", "2", "2"]
    assert "This sync will stop and ask first: 2 opportunities would be the first" in ran.stdout


@pytest.mark.parametrize(("column", "number"), [(None, "1"), ("isrevenuesystemcalculated", "0")])
def test_of_those_picked_by_hand_only_these_are_counted(
    first: Story, monkeypatch: pytest.MonkeyPatch, column: str | None, number: str
) -> None:
    first.configure(opportunity={"scope": "manual", "picked_by": column})
    first.pick(DEAL)
    monkeypatch.setattr("cli.sync.on_terminal", lambda: True)
    ran = ac365("sync", typed="n\n")
    (row,) = [line.split() for line in ran.stdout.splitlines() if line.split()[:1] == ["opportunities"]]
    assert row == ["opportunities", "1", number]


def test_the_question_before_a_first_sync_does_without_the_custom_object(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.configure(opportunity={"enabled": True})
    monkeypatch.setattr("cli.sync.on_terminal", lambda: True)
    ran = ac365("sync", typed="n\n")
    assert ran.exit_code == 1
    assert "No opportunity would travel. The custom object" in ran.stdout


def test_one_record_on_request_is_read_anew_and_written(sales: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.sync.send", lambda _services, wakes: sales.pump.run(wakes))
    sales.edit("opportunity", DEAL, stepname="3-Propose")
    sales.opportunity(OTHER, ADA)
    assert ac365("sync", "--record", DEAL).exit_code == 0
    assert (value(sales, "stage"), there(sales, OTHER)) == ("3-Propose", None)
    assert ac365("sync", "--entity", "opportunity", "--record", OTHER).exit_code == 0
    assert there(sales, OTHER) is not None


def test_the_status_counts_those_that_wait_for_a_contact(sales: Story) -> None:
    sales.contact(BEN, None)
    sales.opportunity(OTHER, BEN)
    sales.sync()
    (connection,) = json.loads(ac365("status", "--json").stdout)["connections"]
    (one,) = [entity for entity in connection["entities"] if entity["entity"] == "opportunity"]
    assert (one["in_sync"], one["awaiting"], one["waiting"]) == (1, 1, 0)
    assert any(line.split()[:1] == ["opportunities"] for line in ac365("status").stdout.splitlines())
