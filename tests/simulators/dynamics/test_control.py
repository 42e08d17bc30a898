"""Control routes, seeding and the entry."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from support.dynamics_hand import ACCOUNT, BEN, NOBODY, Hand, code

from simulators.dynamics import __main__ as entry
from simulators.dynamics import seed
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import Dynamics


def test_a_person_edits_without_limits_and_privileges(hand: Hand) -> None:
    hand.control("switches", {"requests_per_window": 0})
    hand.edit(
        {"table": "lead", "id": BEN, "set": {"statecode": 1}}, {"table": "lead", "id": BEN, "set": {"jobtitle": "x"}}
    )
    answer = hand.control("edit", [{"table": "account", "create": {"name": "New"}}]).get_json()
    assert answer[0]["table"] == "account"


def test_an_edit_that_fails_undoes_its_whole_list(hand: Hand) -> None:
    edits = [{"table": "lead", "id": BEN, "set": {"jobtitle": "x"}}, {"table": "lead", "delete": NOBODY}]
    assert code(hand.control("edit", edits)) == (404, "0x80040217")
    assert hand.get(f"leads({BEN})").get_json()["jobtitle"] is None


def test_unknown_switches_are_refused(hand: Hand) -> None:
    assert hand.control("switches", {"no_such_switch": 1}).status_code == 400


def test_a_new_person_can_sign_in(hand: Hand) -> None:
    made = hand.control(
        "people", {"first": "Cleo", "last": "Ptolemy", "upn": "cleo@contoso.example", "roles": ["Salesperson"]}
    )
    found = hand.rows(f"RetrieveAadUserRoles(DirectoryObjectId={made.get_json()['oid']})?$select=name")
    assert [role["name"] for role in found] == ["Salesperson"]
    assert "Cleo Ptolemy" in [person.name for person in hand.state.people()]


def test_an_application_is_added_with_roles(hand: Hand) -> None:
    sent = {"client_id": "66666666-6666-4666-8666-666666666666", "secret": "s", "roles": ["System Customizer"]}
    hand.control("applications", sent)
    hand.token = hand.ask_token(sent["client_id"], "s").get_json()["access_token"]
    assert hand.get("EntityDefinitions(LogicalName='lead')?$select=LogicalName").status_code == 200
    assert code(hand.get("leads")) == (403, "0x80040220")


@pytest.mark.parametrize(
    "parent",
    [
        {"_parentcustomerid_value": ACCOUNT},
        {"parentcustomerid": ACCOUNT, "parentcustomerid_type": "account"},
        {"parentcustomerid_account@odata.bind": f"/accounts({ACCOUNT})"},
    ],
)
def test_a_seeded_lookup_may_be_written_in_three_ways(hand: Hand, state: Dynamics, parent: dict[str, str]) -> None:
    state.load("contact", [{"lastname": "Seeded", **parent}])
    assert hand.find(
        "contacts", "parentcustomerid_account/name eq 'Difference Ltd' and lastname eq 'Seeded'", "lastname"
    )


def test_a_seeded_row_keeps_its_dates_and_gets_the_rest(hand: Hand, state: Dynamics) -> None:
    state.load(
        "lead", [{"leadid": NOBODY, "firstname": "Old", "lastname": "Lead", "createdon": "2020-01-01T00:00:00Z"}]
    )
    row = hand.get(f"leads({NOBODY})").get_json()
    assert (row["createdon"], row["modifiedon"], row["fullname"]) == (
        "2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z",
        "Old Lead",
    )
    assert (row["statuscode"], row["donotemail"]) == (1, False)
    assert row["_owningbusinessunit_value"]


def test_seeding_over_the_wire(hand: Hand) -> None:
    assert hand.control("load/lead", [{"lastname": "A"}, {"lastname": "B"}]).get_json() == {"loaded": 2}
    assert hand.get("leads/$count").text == "\ufeff3"


def test_an_unknown_column_is_not_seeded(state: Dynamics) -> None:
    with pytest.raises(KeyError, match="shoesize"):
        state.load("lead", [{"shoesize": 1}])


def test_generated_records_fill_an_environment(state: Dynamics) -> None:
    options = argparse.Namespace(data=None, seed=7, accounts=3, contacts=10, leads=5, opportunities=4)
    loaded = dict(entry.fill(state, entry.chosen_records(options)))
    assert loaded == {"account": 3, "contact": 10, "lead": 5, "opportunity": 4}


def test_the_entry_serves_over_tls_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simulators.dynamics", "--port", "0", "--tls", str(tmp_path)]
    (tmp_path / "scratch").mkdir()
    scratch = {**os.environ, "TMPDIR": str(tmp_path / "scratch")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=scratch) as process:
        assert process.stdout is not None
        try:
            lines = iter(process.stdout.readline, "")
            url = next(found[0] for line in lines if (found := re.search(r"https://\S+", line)))
            assert requests.get(f"{url}/_sim/health", verify=str(tmp_path / "ca.pem"), timeout=10).json() == {
                "ok": True
            }
        finally:
            process.terminate()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_role_is_made_given_and_taken_away(hand: Hand) -> None:
    noor, oid = "noor.seller@contoso.example", stable_id("person", "noor.seller@contoso.example")
    held = f"RetrieveAadUserRoles(DirectoryObjectId={oid})?$select=name,_parentrootroleid_value"
    root = hand.control("roles", {"name": "ActiveCampaign User"}).get_json()["roleid"]
    hand.control("members", {"upn": noor, "role": "ActiveCampaign User"})
    assert {row["name"]: row["_parentrootroleid_value"] for row in hand.rows(held)}["ActiveCampaign User"] == root
    hand.control("members", {"upn": noor, "role": "ActiveCampaign User", "member": False})
    assert [row["name"] for row in hand.rows(held)] == ["Salesperson"]


def test_a_role_of_a_unit_below_has_a_root_of_its_own(hand: Hand) -> None:
    above = hand.control("roles", {"name": "Same"}).get_json()["roleid"]
    below = hand.control("roles", {"name": "Same", "unit": seed.NORTH_UNIT}).get_json()["roleid"]
    roots = {
        (row["_businessunitid_value"], row["_parentrootroleid_value"])
        for row in hand.rows("roles?$select=_businessunitid_value,_parentrootroleid_value&$filter=name eq 'Same'")
    }
    assert roots == {(seed.ROOT_UNIT, above), (seed.NORTH_UNIT, above), (seed.NORTH_UNIT, below)}
