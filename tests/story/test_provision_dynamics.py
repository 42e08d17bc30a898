"""`ac365 provision dynamics`: shown first, made once whatever goes wrong, and nothing of anybody's is lost."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from support.provisioned import ac365, answer, become, environment, installed
from support.story import Story

from engine.companion import provision
from engine.companion.steps import Step
from mapping import companion
from mapping.companion_tables import TABLES
from mapping.form_placement import placement, take_out
from panel import assemble
from simulators.common.faults import Fault
from simulators.dynamics import control_people
from simulators.dynamics.metadata.changes import drop_column
from sync.errors import SyncError

WRITES = r"/api/data/v9\.2/(?!\$batch)"


@pytest.fixture(autouse=True)
def _administrator(story: Story) -> None:
    become(story, "System Administrator")


def forms(story: Story, *tables: str) -> list[str]:
    """The main forms as people see them."""
    return [row["formxml"] for row in rows(story, "systemform", "formid") if row["objecttypecode"] in tables]


def rows(story: Story, table: str, key: str) -> list[dict[str, Any]]:
    with story.crm.storage.read() as session:
        ids = [row[0] for row in session.rows(f"SELECT {key} FROM {table} ORDER BY 1")]
    return [story.row(table, one) for one in ids]


def resource(story: Story, name: str) -> str:
    """A web resource as people get it."""
    found = {row["name"]: row["content"] for row in rows(story, "webresource", "webresourceid")}
    return base64.b64decode(found[name]).decode()


def parts(told: dict[str, Any]) -> list[str]:
    return [one["part"] for one in told["steps"]]


def test_it_shows_what_it_would_do_and_does_nothing(story: Story) -> None:
    before = environment(story)
    story.forget_requests()
    told = answer()
    assert (told["made"], told["complete"], len(told["steps"])) == (False, False, 44)
    assert parts(told)[:3] == ["publisher", "solution", "table"]
    assert "--apply" in ac365().stdout
    assert environment(story) == before
    assert story.crm.stats.as_json()["write_requests"] == 0


def test_it_makes_everything_once(story: Story) -> None:
    first = answer("--apply")
    assert (first["made"], first["complete"], first["by_hand"]) == (True, True, [])
    made = environment(story)
    assert set(made["tables"]) >= {table.logical for table in TABLES}
    story.forget_requests()
    again = answer("--apply")
    assert (again["made"], again["complete"], again["steps"]) == (False, True, [])
    assert story.crm.stats.as_json()["write_requests"] == 0
    assert environment(story) == made
    assert "nothing to do" in ac365().stdout


def test_everything_belongs_to_the_solution(story: Story) -> None:
    ac365("--apply")
    kinds = [kind for kind, _ in environment(story)["component"]]
    # Three tables, three roles, two web resources, and columns and keys of their own.
    assert [kinds.count(kind) for kind in (1, 20, 61)] == [3, 3, 2]


def test_every_main_form_of_leads_and_contacts_shows_the_panel_and_keeps_what_it_had(story: Story) -> None:
    before = forms(story, "lead", "contact")
    others = forms(story, "account", "opportunity")
    ac365("--apply")
    after = forms(story, "lead", "contact")
    assert len(after) == 3
    assert all(placement(xml).complete for xml in after)
    assert [take_out(xml) for xml in after] == before
    assert forms(story, "account", "opportunity") == others


def test_the_web_resources_are_those_of_this_version(story: Story) -> None:
    ac365("--apply")
    assert resource(story, companion.PANEL) == assemble.page()
    assert resource(story, companion.FORM_SCRIPT) == assemble.form_script()


def test_a_newer_version_renews_the_web_resources_and_nothing_else(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    ac365("--apply")
    monkeypatch.setattr(assemble, "page", lambda: "<!DOCTYPE html><title>newer</title>")
    assert parts(answer("--apply")) == ["web resource", "publishing"]
    assert "newer" in resource(story, companion.PANEL)


def test_what_somebody_took_away_is_made_again(story: Story) -> None:
    ac365("--apply")
    tables = story.crm.catalog.tables
    drop_column(story.crm, tables["ac365_activity"], "ac365_source")
    tables["ac365_activity"].columns["ac365_kind"].options.pop()
    tables["ac365_request"].change_tracking = False
    told = answer("--apply")
    assert parts(told) == ["column", "option", "change tracking", "publishing"]
    assert answer()["complete"]
    assert story.crm.catalog.tables["ac365_request"].change_tracking


def test_privileges_are_only_ever_added(story: Story) -> None:
    ac365("--apply")
    own = {"prvReadac365_Choice": None, "prvReadLead": "Global", "prvReadac365_Request": "Global"}
    control_people._change_privileges(story.crm, companion.USER_ROLE, own)
    assert [(one["part"], one["does"]) for one in answer("--apply")["steps"]] == [("privileges", "gets 1 privilege")]
    held = privileges(story, companion.USER_ROLE)
    assert [held[name] for name in own] == [4, 4, 4]


def privileges(story: Story, role: str) -> dict[str, int]:
    (number,) = {number for number, name in environment(story)["role"] if name == role and owns(story, number)}
    return {name: depth for owner, name, depth in environment(story)["grant"] if owner == number}


def owns(story: Story, role: str) -> bool:
    """Only the copy in the root unit has privileges of its own."""
    return bool(story.row("role", role)["parentrootroleid"] == role)


def test_a_column_of_another_type_is_named_and_nothing_is_written(story: Story) -> None:
    ac365("--apply")
    story.crm.catalog.tables["ac365_request"].columns["ac365_answer"].kind = "String"
    story.crm.catalog.tables["ac365_choice"].remove("ac365_offered")
    shown = ac365()
    assert (shown.exit_code, "In the way: column ac365_answer of ac365_request is String" in shown.stdout) == (1, True)
    story.forget_requests()
    refused = ac365("--apply")
    assert (refused.exit_code, "should be Memo" in refused.stderr) == (1, True)
    assert story.crm.stats.as_json()["write_requests"] == 0


def test_a_publisher_with_another_prefix_stands_in_the_way(story: Story) -> None:
    row = {"publisherid": "99999999-0000-4000-8000-000000000001", "uniquename": "ac365", "friendlyname": "x"}
    story.crm.load("publisher", [row | {"customizationprefix": "other", "customizationoptionvalueprefix": 20_000}])
    assert "prefix other" in ac365().stdout


def test_a_form_that_nobody_may_customize_is_left_to_people_and_the_rest_goes_on(story: Story) -> None:
    with story.crm.storage.write() as session:
        session.run("UPDATE systemform SET iscustomizable = 0 WHERE objecttypecode = 'lead'")
    told = answer("--apply")
    assert (told["made"], told["complete"]) == (True, False)
    (left,) = told["by_hand"]
    assert (left["name"], left["why"]) == ("lead: Lead", "the form can't be customized")
    assert all(word in left["do"] for word in (companion.PANEL, companion.FORM_SCRIPT, "ac365.onLoad"))
    assert sum(placement(xml).complete for xml in forms(story, "lead", "contact")) == 2
    assert "By hand: form lead: Lead" in ac365().stdout


def test_a_form_that_is_refused_is_left_to_people_and_the_rest_goes_on(story: Story) -> None:
    body = '{"error": {"code": "0x80040203", "message": "The form is in use elsewhere."}}'
    story.crm.faults.add(Fault("status", path="systemforms", method="PATCH", status=400, times=1, body=body))
    told = answer("--apply")
    assert [one["part"] for one in told["by_hand"]] == ["form"]
    assert sum(placement(xml).complete for xml in forms(story, "lead", "contact")) == 2
    assert answer("--apply")["complete"]


def test_what_others_saved_on_a_form_and_did_not_publish_stays(story: Story) -> None:
    (lead,) = (row for row in rows(story, "systemform", "formid") if row["objecttypecode"] == "lead")
    changed = lead["formxml"].replace("Summary", "Overview")
    story.administrate("PATCH", f"systemforms({lead['formid']})", {"formxml": changed})
    ac365("--apply")
    (xml,) = forms(story, "lead")
    assert "Overview" in xml
    assert placement(xml).complete


@pytest.mark.parametrize("kind", ["status_after", "reset_after", "status", "reset_before"])
def test_no_lost_answer_makes_anything_twice(story: Story, kind: str) -> None:
    """The first write of each sort is hurt: applied or not, nobody hears of it."""
    hurt: list[str] = []
    waits: list[float] = []

    def disturb(step: Step) -> None:
        if step.part not in hurt:
            hurt.append(step.part)
            story.crm.faults.add(Fault(kind, path=WRITES, method="POST|PATCH|PUT", status=504, times=1))

    done = provision.carry_out(story.context, "test", tell=disturb, sleep=waits.append)
    assert (done.made, done.by_hand, len(hurt)) == (True, (), 10)
    # What was applied is found; what was not is done once more.
    assert bool(waits) is (kind in ("status", "reset_before"))
    assert provision.look(story.context.dynamics).nothing
    found = environment(story)
    assert [len(found[what]) for what in ("publisher", "solution", "resource")] == [2, 1, 3]
    assert len(found["role"]) == 2 * (4 + 3)


def test_new_requests_are_announced_where_the_installation_is_reached(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = environment(story)
    for base in ("https://ac365.contoso.example", "https://other.contoso.example"):
        monkeypatch.setenv("AC365_PUBLIC_URL", base)
        assert "web hook" in parts(answer("--apply"))
        ((name, url),) = environment(story)["endpoint"]
        assert (name, url.startswith(f"{base}/hooks/{story.pump.connection_id}/requests/")) == ("ac365 requests", True)
        assert environment(story)["step"] == [("ac365 requests: Create",)]
        assert answer("--apply")["steps"] == []
    answer("--remove", "--apply", "--yes")
    assert environment(story) == before


@pytest.mark.parametrize("after", [1, 3, 16, 33, 41])
def test_an_interrupted_run_goes_on_where_it_was(story: Story, after: int) -> None:
    seen: list[Step] = []

    def stop(step: Step) -> None:
        seen.append(step)
        if len(seen) > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        provision.carry_out(story.context, "test", tell=stop)
    rest = provision.carry_out(story.context, "test")
    assert rest.steps[0].name == seen[-1].name
    assert provision.look(story.context.dynamics).nothing


def test_it_waits_while_somebody_else_publishes(story: Story) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            story.crm.customizing.release()

    story.crm.customizing.acquire()
    assert provision.carry_out(story.context, "test", sleep=wait).made
    assert waits == [10.0] * 3


def test_a_service_that_stays_away_ends_the_run_and_the_next_goes_on(story: Story) -> None:
    story.crm.faults.add(Fault("status", path="webresourceset", method="POST", status=503, times=None))
    with pytest.raises(SyncError):
        provision.carry_out(story.context, "test", sleep=lambda _: None)
    assert "ac365_request" in story.crm.catalog.tables
    story.crm.faults.clear()
    assert provision.carry_out(story.context, "test").made


def test_a_key_that_could_not_be_built_is_built_again(story: Story) -> None:
    installed(story)
    become(story, "System Administrator")
    story.crm.clock.advance(60)
    assert answer()["building"] == []
    (key,) = story.crm.catalog.tables["ac365_choice"].keys.values()
    key.status, key.ready_at = "Failed", 0.0
    assert [(one["part"], one["does"]) for one in answer("--apply")["steps"]] == [("key", "is built again")]


def test_what_was_done_stands_in_the_audit_log(story: Story) -> None:
    ac365("--apply")
    with story.transaction() as tx:
        noted = tx.execute("SELECT action, subject FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    assert tuple(noted.values() if isinstance(noted, dict) else noted) == ("provision", "ac365")
