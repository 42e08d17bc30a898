"""The command line over whole runs: both simulators, real servers, only the messages are carried by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from support.cast import ADA, BEN, CLEO, DOV
from support.pump import Pump
from typer.testing import CliRunner

from cli.main import app
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from store import configurations
from sync import tags
from sync.model import Lane

CONTOSO = "cccccccc-1111-4000-8000-000000000001"
FABRIKAM = "cccccccc-1111-4000-8000-000000000002"
SUMS = ("created", "updated", "unchanged", "skipped", "waiting", "failed")


def ac365(*words: str) -> Any:
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*words: str) -> Any:
    ran = ac365(*words, "--json")
    assert ran.stdout, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture(autouse=True)
def _carried(pump: Pump, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command sends is carried out before it goes on."""
    monkeypatch.setattr("cli.sync.send", lambda _services, wakes: pump.run(wakes))
    monkeypatch.setattr("cli.failures.send", lambda _services, wakes: pump.run(wakes))


@pytest.fixture
def people(crm: Dynamics) -> Dynamics:
    """Ada works for Contoso; Ben is a lead, and Cleo a lead with Ada's address; Dov has none."""
    crm.load("account", [{"accountid": CONTOSO, "name": "Contoso"}])
    crm.load("contact", [person("contact", ADA, "Ada", "ada@contoso.example") | {"jobtitle": "Countess"}])
    crm.load("contact", [person("contact", DOV, "Dov", None)])
    crm.load("lead", [person("lead", BEN, "Ben", "ben@contoso.example")])
    crm.load("lead", [person("lead", CLEO, "Cleo", "ADA@contoso.example")])
    return crm


def person(table: str, record_id: str, name: str, address: str | None) -> dict[str, Any]:
    row = {f"{table}id": record_id, "lastname": name, "emailaddress1": address}
    if table == "contact":
        return row | {"_parentcustomerid_value": CONTOSO, "parentcustomerid_type": "account"}
    return row | {"subject": "Web", "_parentaccountid_value": CONTOSO}


def edit(crm: Dynamics, table: str, record_id: str, **values: Any) -> None:
    """A person changes a record in Dynamics."""
    requests.post(f"{crm.url}/_sim/edit", json=[{"table": table, "id": record_id, "set": values}]).raise_for_status()


def contacts_in(ac: ActiveCampaign) -> int:
    return int(requests.get(f"{ac.url}/_sim/totals").json()["contacts"])


def by_entity(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["entity"]: row for row in rows}


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(people: Dynamics, ac: ActiveCampaign) -> None:
    found = by_entity(answer("sync", "--dry-run")["entities"])
    assert (found["contact"]["created"], found["contact"]["skipped"]) == (1, 1)
    assert found["contact"]["sample"][0]["values"]["JOB_TITLE"] == "Countess"
    assert (found["lead"]["created"], found["lead"]["skipped"]) == (1, 1)
    assert contacts_in(ac) == 0


def test_the_dry_run_and_the_sync_after_it_agree(people: Dynamics) -> None:
    would = by_entity(answer("sync", "--dry-run")["entities"])
    did = by_entity(answer("sync", "--wait", "--yes")["streams"])
    counts = ("read", "created", "updated", "unchanged", "skipped")
    assert {e: [would[e][c] for c in counts] for e in would} == {e: [did[e][c] for c in counts] for e in did}


def test_a_waited_for_sync_is_complete_and_adds_up(people: Dynamics) -> None:
    ran = ac365("sync", "--wait", "--yes", "--json")
    assert ran.stdout, ran.stderr
    found = json.loads(ran.stdout)
    assert (ran.exit_code, found["state"]) == (0, "complete")
    assert all(s["read"] == sum(s[name] for name in SUMS) for s in found["streams"])


def test_a_second_dry_run_finds_only_what_changed_since(people: Dynamics) -> None:
    ac365("sync", "--wait", "--yes")
    edit(people, "contact", ADA, jobtitle="Engineer")
    found = by_entity(answer("sync", "--dry-run")["entities"])
    assert (found["contact"]["read"], found["contact"]["updated"]) == (1, 1)
    assert found["contact"]["sample"][0]["values"] == {"JOB_TITLE": "Engineer"}
    assert found["lead"]["read"] == 0


def test_verify_agrees_after_a_sync_and_accounts_for_everybody(people: Dynamics) -> None:
    ac365("sync", "--wait", "--yes")
    ran = ac365("verify", "--json")
    found = json.loads(ran.stdout)
    assert (ran.exit_code, found["agrees"]) == (0, True)
    contacts, leads = (by_entity(found["entities"])[name] for name in ("contact", "lead"))
    assert (contacts["equal"], contacts["not_expected"]) == (1, {"no address": 1})
    assert (leads["equal"], leads["not_expected"]) == (1, {"shadowed": 1})


def test_verify_before_the_first_sync_misses_everybody(people: Dynamics) -> None:
    ran = ac365("verify")
    assert ran.exit_code == 3
    assert "Both sides do NOT agree: 3 records" in ran.stdout


def test_verify_names_a_field_that_somebody_changed_in_activecampaign(people: Dynamics, ac: ActiveCampaign) -> None:
    ac365("sync", "--wait", "--yes")
    change = {"contact": "ada@contoso.example", "set": {"lastName": "Lovelace"}}
    requests.post(f"{ac.url}/_sim/edit", json=change).raise_for_status()
    ran = ac365("verify", "--json")
    assert ran.exit_code == 3
    assert [(d["record"], d["fields"]) for d in json.loads(ran.stdout)["differences"]] == [(ADA, ["lastName"])]


def test_verify_counts_those_that_left_the_scope_as_strays(people: Dynamics) -> None:
    ac365("sync", "--wait", "--yes")
    edit(people, "lead", BEN, statecode=2, statuscode=4)
    found = answer("verify")
    assert found["agrees"] is True
    assert found["activecampaign"]["strays"] == 1
    assert by_entity(found["entities"])["lead"]["not_expected"] == {"shadowed": 1, "inactive": 1}


def test_a_baseline_brings_nothing_old_and_verify_explains_it(people: Dynamics, ac: ActiveCampaign) -> None:
    assert ac365("sync", "--from-now", "--wait").exit_code == 0
    assert contacts_in(ac) == 0
    found = answer("verify")
    assert found["agrees"] is True
    assert by_entity(found["entities"])["contact"]["explained"] == 1


def test_one_record_goes_alone(people: Dynamics, ac: ActiveCampaign) -> None:
    found = answer("sync", "--entity", "lead", "--record", BEN, "--wait")
    assert [stream["created"] for stream in found["streams"]] == [1]
    assert ac.tags_of("ben@contoso.example") == {tags.LEAD, tags.PUSHED}


def test_check_finds_everything_in_order(people: Dynamics) -> None:
    ran = ac365("check", "--json")
    wrong = [one for one in json.loads(ran.stdout)["findings"] if one["required"] and not one["ok"]]
    assert (ran.exit_code, wrong) == (0, [])


def test_check_refuses_a_copy_of_the_organisation(people: Dynamics, pump: Pump) -> None:
    with pump.services.db.transaction() as tx:
        tx.execute("UPDATE connections SET organization_id = gen_random_uuid()")
    ran = ac365("check")
    assert ran.exit_code == 1
    assert "another one than before" in ran.stdout
    assert ac365("sync", "--yes").exit_code == 1


def test_check_names_a_missing_permission(people: Dynamics) -> None:
    wish = {"role": "Integration", "set": {"prvReadLead": None}}
    requests.post(f"{people.url}/_sim/privileges", json=wish).raise_for_status()
    ran = ac365("check")
    assert ran.exit_code == 1
    assert "prvReadLead" in ran.stdout


def test_check_names_a_wrong_key(people: Dynamics, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIVECAMPAIGN_API_KEY", "wrong")
    ran = ac365("check")
    assert ran.exit_code == 1
    assert "WRONG activecampaign: key" in ran.stdout


def test_an_import_is_checked_against_what_both_services_have_today(
    people: Dynamics, pump: Pump, tmp_path: Any
) -> None:
    file = tmp_path / "ac365.yaml"
    file.write_text(
        "entities:\n  contact:\n    enabled: true\n    fields:\n      - {dynamics: jobtitle, activecampaign: MOTTO}\n"
    )
    ran = ac365("config", "import", str(file), "--yes")
    assert ran.exit_code == 1
    assert "line 5" in ran.stderr
    with pump.services.db.transaction() as tx:
        assert configurations.current(tx, pump.connection_id)[0] == 2


def test_check_names_a_standard_mapping_whose_column_is_gone(people: Dynamics) -> None:
    requests.delete(f"{people.url}/_sim/columns/contact/jobtitle").raise_for_status()
    ran = ac365("check")
    assert ran.exit_code == 0
    assert "note  mapping: contact.jobtitle -> JOB_TITLE: is inactive" in ran.stdout


def test_a_first_sync_on_a_terminal_shows_how_much_it_is_and_asks(
    people: Dynamics, ac: ActiveCampaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.sync.on_terminal", lambda: True)
    ran = CliRunner().invoke(app, ["sync"], input="n\n")
    assert ran.exit_code == 1
    assert "active and in scope" in ran.stdout
    assert contacts_in(ac) == 0


def test_verify_notices_a_tag_and_an_account_that_somebody_removed(
    people: Dynamics, ac: ActiveCampaign, pump: Pump
) -> None:
    ac365("sync", "--wait", "--yes")
    client = pump.services.context(pump.connection_id).activecampaign
    client.dissociate(client.account_of(ac.contact("ada@contoso.example").id, lane=Lane.LIVE).id, lane=Lane.LIVE)
    change = {"contact": "ben@contoso.example", "tags": {"remove": [tags.LEAD]}}
    requests.post(f"{ac.url}/_sim/edit", json=change).raise_for_status()
    found = {one["record"]: one["fields"] for one in answer("verify")["differences"]}
    assert found == {ADA: ["account"], BEN: ["tags"]}


def test_a_failed_record_explains_itself_and_comes_through_after_its_correction(
    people: Dynamics, ac: ActiveCampaign
) -> None:
    edit(people, "contact", DOV, emailaddress1="dov@nowhere")
    ran = ac365("sync", "--wait", "--yes", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["state"]) == (3, "partial")
    assert answer("verify")["agrees"] is True
    edit(people, "contact", DOV, emailaddress1="dov@contoso.example")
    assert answer("failures", "retry", "--all") == {"retrying": 1}
    assert ac.tags_of("dov@contoso.example")
    assert answer("failures", "list")["failures"] == []
