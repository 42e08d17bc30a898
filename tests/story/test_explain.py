"""`ac365 explain`: what it says of a record is what both sides hold and what the pipeline does next."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO_AT, DOV
from support.story import CONTOSO, Story
from typer.testing import CliRunner

from cli.main import app
from store import imports, pauses
from sync import tags
from sync.model import Direction, Entity, Lane


def ac365(*words: str) -> Any:
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def explain(*words: str) -> Any:
    ran = ac365("explain", *words, "--json")
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout)


def one(*words: str) -> Any:
    (record,) = explain(*words)["records"]
    return record


def field(record: Any, name: str) -> Any:
    return next(state for state in record["fields"] if state["field"] == name)


def checks(record: Any) -> dict[str, bool | None]:
    return {check["rule"]: check["ok"] for check in record["checks"]}


@pytest.fixture
def ada(story: Story) -> Story:
    """Ada works for Contoso and is in both systems."""
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, jobtitle="Countess", telephone1="+44 1632 960001")
    story.sync()
    return story


def test_a_synced_record_is_linked_with_equal_values_on_both_sides(ada: Story) -> None:
    record = one("contact", ADA)
    number = ada.person(ADA_AT).id
    assert (record["in_scope"], record["holder"], record["activecampaign"]["id"]) == (True, True, number)
    assert record["would"]["outcome"] == "unchanged"
    job = field(record, "JOB_TITLE")
    assert [job[side] for side in ("dynamics", "agreed", "activecampaign")] == ["Countess"] * 3
    assert set(record["link"]["tags"]) == set(record["activecampaign"]["tags"]) == {tags.CONTACT, tags.PUSHED}
    assert record["link"]["since"] is not None
    assert [row["outcome"] for row in record["history"]] == ["created"]


def test_the_account_is_told_with_both_ids(ada: Story) -> None:
    account = one("contact", ADA)["account"]
    assert (account["dynamics"], account["agreed"], account["effect"]) == (CONTOSO, CONTOSO, "unchanged")
    assert account["activecampaign"] == one("account", CONTOSO)["activecampaign"]["id"]


def test_an_account_is_explained_by_its_id(ada: Story) -> None:
    record = one("account", CONTOSO)
    assert (record["in_scope"], record["activecampaign"]["found_by"]) == (True, "link")
    assert field(record, "name")["activecampaign"] == "Contoso"
    assert record["account"] is None


def test_what_a_sync_would_write_is_what_it_writes(ada: Story) -> None:
    nobody = {"parentcustomerid_account@odata.bind": None}
    ada.edit("contact", ADA, jobtitle="Engineer", telephone1=None, **nobody)
    record = one("contact", ADA)
    assert {name: field(record, name)["effect"] for name in ("JOB_TITLE", "phone", "lastName")} == {
        "JOB_TITLE": "written",
        "phone": "cleared",
        "lastName": "unchanged",
    }
    assert record["account"]["effect"] == "cleared"
    would = record["would"]["reason"]
    ada.sync()
    assert ada.reasons(Entity.CONTACT, ADA)[0] == would
    assert one("contact", ADA)["would"]["outcome"] == "unchanged"


def test_a_value_that_activecampaign_changed_is_named(ada: Story) -> None:
    ada.context.activecampaign.sync_contact({"email": ADA_AT, "lastName": "Lovelace"}, lane=Lane.LIVE)
    name = field(one("contact", ADA), "lastName")
    assert (name["dynamics"], name["activecampaign"], name["effect"]) == ("Byron", "Lovelace", "unchanged")
    assert "ActiveCampaign holds another value" in name["note"]


def test_a_value_that_on_empty_keeps_is_kept(story: Story) -> None:
    kept = {"dynamics": "jobtitle", "activecampaign": "JOB_TITLE", "on_empty": "keep"}
    story.configure(contact={"standard": {"jobtitle": False}, "fields": [kept]})
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.sync()
    story.edit("contact", ADA, jobtitle=None)
    assert field(one(ADA_AT), "JOB_TITLE")["effect"] == "kept"


def test_an_address_tells_of_every_record_the_holder_first(story: Story) -> None:
    story.lead(BEN, ADA_AT.upper())
    story.contact(ADA, ADA_AT)
    story.sync()
    holder, other = explain(ADA_AT)["records"]
    assert (holder["record"], holder["holder"]) == (ADA, True)
    assert (other["entity"], other["in_scope"], other["holder"]) == ("lead", False, False)
    assert other["would"]["reason"] == f"shadowed by contact {ADA}" == story.reasons(Entity.LEAD, BEN)[0]


def test_who_would_take_an_address_over_is_foretold(story: Story) -> None:
    story.lead(BEN, BEN_AT)
    story.sync()
    story.contact(ADA, BEN_AT, jobtitle="Countess")
    new, former = explain(BEN_AT)["records"]
    assert (new["record"], new["would"]["action"], new["link"]) == (ADA, "update", None)
    assert former["would"]["reason"] == f"shadowed by contact {ADA}"
    story.sync()
    assert story.reasons(Entity.CONTACT, ADA)[0] == new["would"]["reason"]


def test_a_record_that_criteria_leave_out_names_the_condition(story: Story) -> None:
    tree = {"all": [{"field": "jobtitle", "operator": "equals", "value": "Countess"}]}
    story.configure(contact={"scope": "criteria", "criteria": tree})
    story.contact(BEN, BEN_AT, jobtitle="Clerk")
    record = one("contact", BEN)
    assert record["in_scope"] is False
    assert checks(record) == {**dict.fromkeys(checks(record), True), "criteria": False}
    assert "Countess" in record["would"]["reason"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"statecode": 1, "statuscode": 2}, "active"), ({"emailaddress1": None}, "address")],
    ids=["inactive", "no address"],
)
def test_a_record_that_may_not_travel_names_the_rule(ada: Story, changes: dict[str, Any], rule: str) -> None:
    ada.edit("contact", ADA, **changes)
    record = one("contact", ADA)
    assert [name for name, ok in checks(record).items() if not ok] == [rule]
    assert record["would"]["action"] == "none"
    assert {state["effect"] for state in record["fields"]} == {"left out"}


def test_a_record_of_an_entity_that_is_off_says_so(story: Story) -> None:
    story.configure(lead={"enabled": False})
    story.lead(BEN, BEN_AT)
    record = one(BEN_AT)
    assert checks(record)["entity"] is False
    assert record["would"]["reason"] == "lead is switched off"


def test_criteria_that_are_broken_leave_the_scope_open(story: Story) -> None:
    tree = {"all": [{"field": "nickname", "operator": "equals", "value": "A"}]}
    story.configure(contact={"scope": "criteria", "criteria": tree})
    story.contact(ADA, ADA_AT)
    requests.delete(f"{story.crm.url}/_sim/columns/contact/nickname").raise_for_status()
    story.refresh()
    record = one(ADA_AT)
    assert (record["in_scope"], checks(record)["criteria"]) == (None, None)
    assert record["would"]["outcome"] == "waiting"


def test_a_failed_record_comes_with_message_and_advice(story: Story) -> None:
    story.contact(DOV, "dov..dov@example.com")
    story.sync(state="partial")
    (failure,) = one("contact", DOV)["failures"]
    assert "not valid" in failure["message"]
    assert failure["advice"]
    assert "FAILED" in ac365("explain", DOV).stdout


def test_what_is_on_its_way_is_told(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.start(Entity.CONTACT)
    story.go_on(until=lambda: story.backlog() > 0)
    (pending,) = one("contact", ADA)["pending"]
    assert pending["state"] == "waiting"
    assert "On its way: waiting" in ac365("explain", "contact", ADA).stdout


def test_what_travels_with_an_import_names_it(story: Story) -> None:
    story.ac.switches |= {"import_delay_s": [60, 60]}
    ids = story.crowd(30)
    story.start(Entity.CONTACT)
    story.go_on(until=lambda: under_way(story) > 0)
    (pending,) = one("contact", ids[0])["pending"]
    assert pending["state"] == "in an import"
    assert f"in an import {pending['import']['id']} " in ac365("explain", ids[0]).stdout


def under_way(story: Story) -> int:
    with story.transaction() as tx:
        return imports.outstanding(tx, story.pump.connection_id)


def test_a_deleted_record_is_explained_from_memory(ada: Story) -> None:
    ada.delete("contact", ADA)
    before = one(ADA)
    assert (before["dynamics"]["exists"], before["would"]["action"]) == (False, "unlink")
    assert {state["effect"] for state in before["fields"]} == {"left out"}
    ada.sync()
    after = one(ADA)
    assert (after["link"], after["would"]["action"]) == (None, "none")
    assert tags.DELETED in after["activecampaign"]["tags"]


def test_somebody_whom_only_activecampaign_knows_is_found_there(story: Story) -> None:
    story.ac.load_contacts([{"email": CLEO_AT}])
    found = explain(CLEO_AT)
    assert found["records"] == []
    assert found["stranger"]["id"] == story.person(CLEO_AT).id
    assert "No record of Dynamics has this address" in ac365("explain", CLEO_AT).stdout


@pytest.mark.parametrize("words", [["contact", ADA], [ADA], [ADA_AT]], ids=["id", "id alone", "address"])
def test_what_is_nowhere_is_one_sentence(story: Story, words: list[str]) -> None:
    ran = ac365("explain", *words)
    assert ran.exit_code == 1
    assert "neither in Dynamics nor in ActiveCampaign" in ran.stderr


def test_an_id_of_another_entity_is_named(ada: Story) -> None:
    ran = ac365("explain", "lead", ADA)
    assert ran.exit_code == 1
    assert "known as a contact" in ran.stderr


def test_a_pause_and_the_global_switch_are_told_as_holding_back(ada: Story) -> None:
    ada.configure(sync={"enabled": False})
    with ada.transaction() as tx:
        pauses.pause(tx, ada.pump.connection_id, Entity.CONTACT, Direction.OUTBOUND, "mira", "spring sale")
    switch, pause = one("contact", ADA)["held_back"]
    assert "global switch is off" in switch
    assert "mira: spring sale" in pause


def test_a_baseline_record_waits_for_its_next_change(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.baseline()
    assert "changed before ac365 was switched on" in one(ADA_AT)["would"]["reason"]
    story.edit("contact", ADA, jobtitle="Countess")
    assert one(ADA_AT)["would"]["action"] == "create"


def test_a_contact_that_is_gone_in_activecampaign_is_missed(ada: Story) -> None:
    ada.edit("contact", ADA, emailaddress1=BEN_AT)
    ada.sync()
    number = ada.link(Entity.CONTACT, ADA).ac_id
    del ada.ac.contacts.rows[number]
    there = one("contact", ADA)["activecampaign"]
    assert (there["exists"], there["missing_id"]) == (False, number)


def test_without_dynamics_what_is_known_is_shown(ada: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNAMICS_URL", "https://127.0.0.1:9")
    found = explain("contact", ADA)
    (record,) = found["records"]
    assert (record["dynamics"]["exists"], record["in_scope"], record["would"]) == (None, None, None)
    assert record["activecampaign"]["exists"] is True
    assert found["remarks"]


def test_without_activecampaign_what_is_known_is_shown(ada: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIVECAMPAIGN_URL", "https://127.0.0.1:9")
    ran = ac365("explain", "contact", ADA)
    assert ran.exit_code == 0
    assert "Not everything could be read: activecampaign" in ran.stderr
    assert "Countess" in ran.stdout


def test_nothing_is_written_anywhere(ada: Story) -> None:
    ada.edit("contact", ADA, jobtitle="Engineer")
    ada.forget_requests()
    explain(ADA_AT)
    assert {route.split()[0] for route in ada.routes()} == {"GET"}
    assert ada.backlog() == 0


def test_a_person_reads_both_sides_next_to_each_other(ada: Story) -> None:
    ada.edit("contact", ADA, jobtitle="[Engineer]")
    lines = ac365("explain", ADA_AT).stdout.splitlines()
    assert lines[0] == f"contact {ADA} {ADA_AT}"
    (job,) = [line.split() for line in lines if line.split()[:1] == ["JOB_TITLE"]]
    assert job == ["JOB_TITLE", "[Engineer]", "Countess", "Countess", "written"]
