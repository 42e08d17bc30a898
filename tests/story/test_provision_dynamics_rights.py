"""The role of the application user is enough for everything that ac365 does, and for no more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, CLEO_AT
from support.provisioned import ac365, answer, become, environment, run, switch_on
from support.story import Story

from clients.dynamics import Dynamics
from engine import provision as opportunities
from mapping import companion
from simulators.dynamics.metadata.changes import drop_column
from sync.errors import MissingPermission
from sync.model import Lane

BOTH = {"direction": "both"}
ON = {"enabled": True}
TAGS = ["[D365: Lead]", "[D365: Pulled from ActiveCampaign]"]
LEA = "11111111-0000-4000-8000-000000000001"


@pytest.fixture
def least(story: Story) -> Story:
    """The application user has the role of ac365 and no other."""
    become(story, "System Administrator")
    ac365("--apply")
    story.crm.clock.advance(60)
    become(story, companion.APPLICATION_ROLE)
    return story


def check() -> dict[str, Any]:
    return {one["what"]: one for one in json.loads(run("check", "--json").stdout)["findings"]}


def wrong(found: dict[str, Any]) -> list[str]:
    return [what for what, one in found.items() if one["required"] and not one["ok"]]


def test_a_first_sync_both_ways_needs_no_other_role(least: Story) -> None:
    opportunities.carry_out(least.context, "test")
    least.refresh()
    shown = {"enabled": True, "history": "load", "contacts": ["stakeholder", "primary"]}
    least.configure(account=BOTH, contact=BOTH, lead=BOTH, opportunity=shown)
    least.contact(ADA, ADA_AT, least.account(), firstname="Ada")
    least.lead(LEA, "lea@example.com")
    least.opportunity(ADA, ADA)
    least.edit_there(CLEO_AT, create=True, set={"lastName": "Ono"}, tags={"add": TAGS})
    told = least.sync()
    assert (told["lead inbound"]["created"], told["opportunity"]) == (1, {"created": 1})
    least.edit_there(ADA_AT, set={"firstName": "Augusta"})
    least.sync()
    assert least.row("contact", ADA)["firstname"] == "Augusta"
    assert least.failures() == []
    least.verify()


def test_the_check_is_clean_with_no_other_role(least: Story) -> None:
    opportunities.carry_out(least.context, "test")
    shown = {"enabled": True, "contacts": ["stakeholder", "primary"]}
    least.configure(account=BOTH, contact=BOTH, lead=BOTH, opportunity=shown)
    switch_on(least, activities=ON, panel=ON)
    found = check()
    assert wrong(found) == []
    assert found["dynamics: what ac365 has there"]["ok"]
    assert found["dynamics: privileges for activities and the panel"]["ok"]
    assert not [what for what, one in found.items() if what.startswith("dynamics") and not one["ok"]]


def test_rows_of_ac365_are_written_and_deleted_with_no_other_role(least: Story) -> None:
    client, key = least.context.dynamics, "ac365_activityid"
    least.contact(ADA, ADA_AT)
    row = {"ac365_name": "Opened", "ac365_ContactId@odata.bind": f"/contacts({ADA})"}
    client.create_record("ac365_activities", key, ADA, row, lane=Lane.SYNC)
    client.drop(f"ac365_activities({ADA})", lane=Lane.SYNC)


FORBIDDEN: tuple[tuple[str, str, Any], ...] = (
    ("DELETE", f"contacts({ADA})", None),
    ("POST", "PublishAllXml", None),
    ("POST", "roles", {"name": "mine"}),
    ("POST", "ac365_requests", {"ac365_name": "mine"}),
    ("DELETE", f"ac365_requests({ADA})", None),
    ("PATCH", f"opportunities({ADA})", {"name": "mine"}),
    ("POST", "webresourceset", {"name": "ac365_/mine.js", "webresourcetype": 3}),
    ("DELETE", "EntityDefinitions(LogicalName='ac365_request')", None),
    ("GET", "annotations", None),
)


def test_and_for_no_more(least: Story) -> None:
    least.contact(ADA, ADA_AT)
    least.opportunity(ADA, ADA)
    least.crm.load("ac365_request", [{"ac365_requestid": ADA, "ac365_name": "theirs"}])
    client: Dynamics = least.context.dynamics
    for method, path, body in FORBIDDEN:
        with pytest.raises(MissingPermission):
            client.define(method, path, body, lane=Lane.LIVE)


def test_who_may_not_install_is_told_which_role_to_give_before_anything_is_made(least: Story) -> None:
    drop_column(least.crm, least.crm.catalog.tables["ac365_activity"], "ac365_source")
    before = environment(least)
    for roles in ((companion.APPLICATION_ROLE,), ("Integration",), ("System Customizer",)):
        become(least, *roles)
        least.forget_requests()
        refused = ac365("--apply", "--assign")
        assert (refused.exit_code, "System Administrator" in refused.stderr) == (1, True), roles
        assert "take it away afterwards" in refused.stderr
        assert least.crm.stats.as_json()["write_requests"] == 0
    assert environment(least) == before


def test_the_role_is_given_on_request_and_asked_for_otherwise(story: Story) -> None:
    become(story, "System Administrator")
    ac365("--apply")
    assert f"Give the application user the role {companion.APPLICATION_ROLE}" in ac365().stdout
    told = answer("--apply", "--assign")
    assert ([one["part"] for one in told["steps"]], told["role_assigned"]) == (["assignment"], True)
    assert "Give the application user" not in ac365().stdout
    assert answer("--apply", "--assign")["steps"] == []


def test_the_check_says_nothing_while_nothing_is_switched_on(story: Story) -> None:
    assert not [what for what in check() if "ac365" in what]


def test_the_check_names_everything_that_is_missing(least: Story) -> None:
    switch_on(least, activities=ON, panel=ON)
    tables = least.crm.catalog.tables
    drop_column(least.crm, tables["ac365_activity"], "ac365_source")
    tables["ac365_choice"].columns["ac365_key"].kind = "Memo"
    with least.crm.storage.write() as session:
        session.run("DELETE FROM webresource WHERE name = ?", (companion.PANEL,))
    found = check()
    assert wrong(found) == [
        "dynamics: in the way",
        "dynamics: column ac365_activity.ac365_source",
        f"dynamics: web resource {companion.PANEL}",
    ]
    assert "ac365 provision dynamics --apply" in found["dynamics: column ac365_activity.ac365_source"]["advice"]


def test_the_check_of_an_environment_without_any_of_it_names_the_tables(story: Story) -> None:
    become(story, "System Administrator")
    switch_on(story, activities=ON)
    assert wrong(check()) == [f"dynamics: table {name}" for name in ("ac365_activity", "ac365_choice", "ac365_request")]


def test_privileges_that_the_application_user_lacks_are_named(least: Story) -> None:
    switch_on(least, activities=ON)
    become(least, "Integration")
    (told,) = (one for what, one in check().items() if what == "dynamics: what ac365 has there")
    assert (told["ok"], companion.APPLICATION_ROLE in told["advice"]) == (False, True)
