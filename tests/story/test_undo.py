"""Undoing a cycle: what it overwrote goes back to the side where it wrote, and nothing that somebody changed since."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.deals import DEAL, open_for_business, with_a_deal
from support.story import CONTOSO, Story
from typer.testing import CliRunner

from cli.main import app
from engine import undo as use_case
from engine import undo_accounts, undo_imports, undo_people
from simulators.common.faults import Fault
from store import audit
from sync import undo

BOTH = {"direction": "both"}


def ac365(*words: str, status: int = 0) -> str:
    ran = CliRunner().invoke(app, ["undo", *words])
    assert ran.exit_code == status, (ran.exit_code, ran.stdout, ran.stderr)
    return ran.stdout if status in (0, 3) else ran.stderr


def report(*words: str, status: int = 0) -> dict[tuple[str, str], dict[str, Any]]:
    """The JSON by entity and direction."""
    told = json.loads(ac365(*words, "--json", status=status))
    return {(one["entity"], one["direction"]): one for one in told["entities"]}


def newest(story: Story) -> str:
    return str(story.last_cycle()["id"])


def wrote(story: Story) -> bool:
    """Whether a service was written to since `forget_requests`."""
    story.ac.settle()
    return bool(story.ac.stats.as_json()["writes"] or story.crm.stats.as_json()["write_requests"])


@pytest.fixture
def edited(story: Story) -> Story:
    """A crowd, Ada, Ben and Contoso are in ActiveCampaign; then a mass edit in Dynamics travelled there."""
    story.account(telephone1="+44 1")
    story.crowd(12, jobtitle="Director")
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    story.edit_all("contact", [*story.ids, ADA], jobtitle="CTO")
    story.edit("contact", ADA, firstname="Augusta", telephone1="+44 2")
    story.edit("lead", BEN, firstname="Benjamin")
    story.sync()
    return story


def jobs(story: Story) -> set[str]:
    return {story.ac.values_of(f"person{n}@example.com")["JOB_TITLE"] for n in range(1, 13)}


def test_what_would_be_put_back_is_shown_and_nothing_is_written(edited: Story) -> None:
    edited.forget_requests()
    told = ac365(newest(edited))
    assert 'JOB_TITLE "CTO" → "Director"' in told
    assert "would put back" in told
    assert not wrote(edited)
    assert report(newest(edited))["contact", "outbound"]["put_back"]["records"] == 13


def test_a_mass_edit_is_put_back_in_bulk_and_a_value_that_was_empty_is_empty(edited: Story) -> None:
    edited.forget_requests()
    found = report(newest(edited), "--yes")
    assert found["contact", "outbound"]["put_back"] == {
        "records": 13,
        "values": 15,
        "fields": {"JOB_TITLE": 13, "firstName": 1, "phone": 1},
    }
    assert found["lead", "outbound"]["put_back"]["records"] == 1
    assert jobs(edited) == {"Director"}
    ada = edited.person(ADA_AT)
    assert (ada.first, ada.phone, edited.ac.values_of(ADA_AT)["JOB_TITLE"]) == ("Ada", "", "Countess")
    assert edited.person(BEN_AT).first == "Ben"
    assert edited.routes()["POST /api/3/import/bulk_import"] == 1


def test_what_somebody_changed_since_stays(edited: Story) -> None:
    edited.edit_there(ADA_AT, fields={"JOB_TITLE": "Queen"})
    edited.edit_there("person1@example.com", fields={"JOB_TITLE": "Director"})
    cycle = newest(edited)
    edited.edit("contact", edited.ids[1], jobtitle="Chair")
    edited.sync()
    found = report(cycle, "--yes")["contact", "outbound"]
    assert {one["reason"]: one["values"] for one in found["left_alone"]} == {undo.CHANGED: 2, undo.ALREADY: 1}
    assert edited.ac.values_of(ADA_AT)["JOB_TITLE"] == "Queen"
    assert edited.ac.values_of("person2@example.com")["JOB_TITLE"] == "Chair"
    assert jobs(edited) == {"Director", "Chair"}


def test_page_by_page_every_record_has_its_turn(edited: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_case, "PAGE", 11)
    monkeypatch.setattr(undo_imports, "AT_ONCE", 0)
    edited.forget_requests()
    assert report(newest(edited), "--yes")["contact", "outbound"]["put_back"]["records"] == 13
    assert jobs(edited) == {"Director"}
    assert edited.writes() == {"import/bulk_import": 10, "contacts/<number>": 4}


def test_on_a_terminal_it_shows_and_asks(edited: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.undo.on_terminal", lambda: True)
    runner, words = CliRunner(), ["undo", newest(edited)]
    refused = runner.invoke(app, words, input="n\n")
    assert (refused.exit_code, jobs(edited)) == (1, {"CTO"})
    assert "Put back 16 values of 14 records?" in refused.stdout
    assert runner.invoke(app, words, input="y\n").exit_code == 0
    assert jobs(edited) == {"Director"}


def test_a_second_time_does_nothing(edited: Story) -> None:
    ac365(newest(edited), "--yes")
    edited.forget_requests()
    found = report(newest(edited), "--yes")
    assert {(one["put_back"]["records"], one["failed"]) for one in found.values()} == {(0, 0)}
    assert found["contact", "outbound"]["put_back_before"] == 13
    assert not wrote(edited)


def test_one_way_it_stays_until_its_source_changes_again(edited: Story) -> None:
    ac365(newest(edited), "--yes")
    edited.sync()
    assert jobs(edited) == {"Director"}
    edited.edit("contact", edited.ids[0], jobtitle="Chair")
    edited.sync()
    assert jobs(edited) == {"Director", "Chair"}


def test_both_ways_it_goes_back_to_its_source_and_then_both_sides_agree(edited: Story) -> None:
    cycle = newest(edited)
    edited.configure(account=BOTH, contact=BOTH, lead=BOTH)
    edited.sync()
    ac365(cycle, "--yes")
    edited.sync()
    edited.sync()
    assert {edited.row("contact", one)["jobtitle"] for one in edited.ids} == jobs(edited) == {"Director"}
    assert edited.row("contact", ADA)["firstname"] == edited.person(ADA_AT).first == "Ada"
    edited.verify()
    edited.forget_requests()
    edited.sync()
    assert not wrote(edited)


def test_accounts_get_their_values_back(edited: Story) -> None:
    edited.edit("account", CONTOSO, websiteurl="https://contoso.example")
    edited.sync()
    edited.edit("account", CONTOSO, websiteurl="https://other.example")
    edited.sync()
    for few in (undo_accounts.FEW, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(undo_accounts, "FEW", few)
            assert report(newest(edited))["account", "outbound"]["put_back"]["fields"] == {"accountUrl": 1}
    ac365(newest(edited), "--yes")
    assert edited.ac.accounts.first(name="Contoso")["accountUrl"] == "https://contoso.example"


def test_contacts_whose_ids_nobody_knows_are_found_by_when_they_changed(
    edited: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_people, "FEW", 0)
    edited.forget_requests()
    ac365(newest(edited), "--yes")
    assert jobs(edited) == {"Director"}
    assert edited.routes()["GET /api/3/contacts"] <= 4


def test_whom_an_import_refuses_is_written_alone(edited: Story) -> None:
    edited.ac.faults.add(Fault("custom", name="import_row_fails", path="^person1@"))
    edited.forget_requests()
    assert report(newest(edited), "--yes")["contact", "outbound"]["failed"] == 0
    assert jobs(edited) == {"Director"}
    assert edited.writes() == {"import/bulk_import": 11, "contacts/<number>": 3}


def test_an_import_that_is_refused_as_a_whole_is_taken_apart(edited: Story) -> None:
    edited.refuse("POST", "/api/3/import/bulk_import")
    assert report(newest(edited), "--yes")["contact", "outbound"]["put_back"]["records"] == 13
    assert jobs(edited) == {"Director"}


def test_stopped_in_between_it_goes_on_where_it_was(edited: Story) -> None:
    cycle = newest(edited)
    edited.refuse("PUT", f"/api/3/contacts/{edited.person(ADA_AT).id}", status=402)
    ac365(cycle, "--yes", status=1)
    report(cycle, "--yes")
    assert jobs(edited) == {"Director"}
    assert edited.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"
    again = report(cycle, "--yes")
    assert {name[0]: one["put_back_before"] for name, one in again.items()} == {"contact": 13, "lead": 1}


def test_opportunities_are_not_kept(story: Story) -> None:
    with_a_deal(open_for_business(story))
    story.edit("opportunity", DEAL, estimatedvalue=200)
    assert story.sync()["opportunity"] == {"updated": 1}
    assert "overwrote no values" in ac365(newest(story), status=1)


def test_who_was_deleted_there_is_left_alone_and_who_was_made_stays(edited: Story) -> None:
    edited.contact(BEN, "new@example.com")
    edited.edit("contact", ADA, jobtitle="Queen")
    edited.edit("contact", edited.ids[0], jobtitle="Queen")
    edited.sync()
    edited.edit_there(ADA_AT, delete=True)
    found = report(newest(edited), "--yes")["contact", "outbound"]
    assert (found["created"], found["put_back"]["records"]) == (1, 1)
    assert found["left_alone"] == [{"reason": "not there any more", "values": 1}]
    assert [(one["record"], one["field"]) for one in found["staying"]] == [(ADA, "JOB_TITLE")]
    assert edited.person("new@example.com") is not None


def test_addresses_and_names_of_accounts_are_never_put_back(edited: Story) -> None:
    edited.edit("contact", ADA, emailaddress1="countess@example.com", jobtitle="Queen")
    edited.edit("account", CONTOSO, name="Contoso Ltd", websiteurl="https://contoso.example")
    edited.sync()
    found = report(newest(edited), "--yes")
    assert found["contact", "outbound"]["left_alone"] == [{"reason": undo.IDENTITY, "values": 1}]
    assert edited.ac.values_of("countess@example.com")["JOB_TITLE"] == "CTO"
    account = edited.ac.accounts.first(name="Contoso Ltd")
    assert account["accountUrl"] in ("", None)


def test_who_refuses_is_named_and_can_be_tried_again(edited: Story) -> None:
    edited.refuse("PUT", f"/api/3/contacts/{edited.person(ADA_AT).id}", status=422)
    found = report(newest(edited), "--yes", status=3)["contact", "outbound"]
    assert (found["failed"], found["put_back"]["records"]) == (1, 12)
    assert [one["record"] for one in found["failures"]] == [ADA]
    assert report(newest(edited), "--yes")["contact", "outbound"]["put_back"]["records"] == 1
    assert edited.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"


def test_the_audit_log_says_who_and_how_many_and_no_values(edited: Story) -> None:
    ac365(newest(edited), "--yes")
    with edited.transaction() as tx:
        told = audit.listed(tx, edited.pump.connection_id, 1)[0]
    assert (told["action"], told["subject"]) == ("undo", f"cycle {newest(edited)}")
    assert told["after"]["contact outbound"] == {"records": 13, "values": 15, "failed": 0}
    assert told["author"].startswith("cli")


def test_a_cycle_that_runs_is_refused_with_advice(edited: Story) -> None:
    edited.start()
    assert "has not ended" in ac365(newest(edited), "--yes", status=1)


def test_a_cycle_that_nobody_knows_or_that_overwrote_nothing_is_refused(edited: Story) -> None:
    assert "there is no cycle 99" in ac365("99", status=1)
    assert "overwrote no values" in ac365("1", status=1)
    with edited.transaction() as tx:
        tx.execute("DELETE FROM pages; DELETE FROM streams WHERE cycle_id = 1; DELETE FROM cycles WHERE id = 1")
    assert "older than history" in ac365("1", status=1)
