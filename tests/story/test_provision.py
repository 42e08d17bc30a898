"""`ac365 provision activecampaign`: shown first, made once, and nothing of anybody's is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from mapping import rollups
from mapping.objects import SLUG, STANDARD
from simulators.activecampaign.ops import definitions, objects
from simulators.activecampaign.routes.events import ACCOUNT_ID, EVENT_KEY
from simulators.common.faults import Fault
from sync.rollup import OPEN, TAGS
from sync.rollup_events import NAMES

DEAL = "0ddddddd-0000-4000-8000-000000000001"


def ac365(*words: str) -> Any:
    ran = CliRunner().invoke(app, ["provision", "activecampaign", *words])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran


def answer(*words: str) -> Any:
    return json.loads(ac365(*words, "--json").stdout)


def the_schema(story: Story) -> dict[str, Any]:
    (found,) = story.ac.schemas.values()
    return dict(found)


def test_it_shows_what_it_would_do_and_does_nothing(story: Story) -> None:
    told = answer()
    assert (told["create"], told["made"], told["complete"]) == (True, False, False)
    assert [one["id"] for one in told["fields"]] == [one.id for one in STANDARD]
    assert "--apply" in ac365().stdout
    assert not story.ac.schemas


def test_it_makes_the_object_once(story: Story) -> None:
    assert answer("--apply")["made"]
    assert the_schema(story)["slug"] == SLUG
    assert the_schema(story)["relationships"][0]["namespace"] == "contacts"
    story.forget_requests()
    again = answer("--apply")
    assert (again["made"], again["complete"], again["schema"]) == (False, True, the_schema(story)["id"])
    assert story.ac.stats.as_json()["write_requests"] == 0
    assert "nothing to do" in ac365().stdout


def test_a_missing_field_is_added_and_records_and_own_fields_stay(story: Story) -> None:
    ac365("--apply")
    made = story.ac.schemas[the_schema(story)["id"]]
    made["fields"] = [one for one in made["fields"] if one["id"] != "stage"]
    made["fields"].append({**made["fields"][0], "id": "own", "labels": {"singular": "Own", "plural": "Own"}})
    values = [{"id": "topic", "value": "Licences"}, {"id": "own", "value": "kept"}]
    objects.upsert(story.ac, made, {"externalId": "one", "fields": values})
    assert [one["id"] for one in answer("--apply")["fields"]] == ["stage"]
    assert {"stage", "own"} <= {one["id"] for one in the_schema(story)["fields"]}
    (record,) = story.ac.records[made["id"]].values()
    assert record["fields"] == values


def test_a_field_in_the_way_is_named_and_nothing_is_written(story: Story) -> None:
    ac365("--apply")
    story.ac.schemas[the_schema(story)["id"]]["fields"][0]["type"] = "date"
    shown = ac365()
    assert (shown.exit_code, "In the way: Topic (topic)" in shown.stdout) == (1, True)
    story.forget_requests()
    refused = ac365("--apply")
    assert (refused.exit_code, "should be text" in refused.stderr) == (1, True)
    assert story.ac.stats.as_json()["write_requests"] == 0


def test_a_plan_without_custom_objects_is_told_with_what_to_do(story: Story) -> None:
    story.ac.switches["custom_objects"] = False
    refused = ac365("--apply")
    assert refused.exit_code == 1
    assert "can't have custom objects" in refused.stderr
    assert "Enterprise" in refused.stderr
    assert "entities.opportunity.shown_as to contact_fields" in refused.stderr


def test_a_schema_whose_answer_was_lost_is_found_the_next_time(story: Story) -> None:
    story.ac.faults.add(Fault("reset_after", path="customObjects/schemas", method="POST"))
    assert ac365("--apply").exit_code == 1
    assert answer("--apply")["complete"]
    assert len(story.ac.schemas) == 1


def own_fields(story: Story) -> None:
    """Two mappings of the administrator's own; the label of one is that of a standard field."""
    mapped = {"description": "notes", "name": "deal-name"}
    fields = [{"dynamics": column, "activecampaign": field} for column, field in mapped.items()]
    story.configure(opportunity={"enabled": True, "history": "load", "fields": fields})


def test_fields_of_own_mappings_are_made_and_used_by_the_next_cycle(story: Story) -> None:
    ac365("--apply")
    own_fields(story)
    made = answer("--apply")["fields"]
    assert [(one["id"], one["type"]) for one in made] == [("notes", "textarea"), ("deal-name", "text")]
    assert made[1]["label"] == "Topic (deal-name)"
    assert answer("--apply")["complete"]
    story.contact(ADA, ADA_AT)
    story.opportunity(DEAL, ADA, description="Urgent")
    story.sync()
    (record,) = story.ac.records[the_schema(story)["id"]].values()
    values = {one["id"]: one["value"] for one in record["fields"]}
    assert (values["notes"], values["deal-name"], values["topic"]) == ("Urgent", "Licences", "Licences")


def findings() -> dict[str, Any]:
    """What `ac365 check` says, by what it looks at; of several the last."""
    ran = CliRunner().invoke(app, ["check", "--json"])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return {one["what"]: one for one in json.loads(ran.stdout)["findings"]}


def test_check_names_a_missing_object_and_missing_fields_with_what_to_do(story: Story) -> None:
    assert "opportunities: custom object" not in findings()
    story.configure(opportunity={"enabled": True})
    told = findings()["opportunities: custom object"]
    assert (told["ok"], told["required"], "--apply" in told["advice"]) == (False, True, True)
    assert not story.ac.schemas
    ac365("--apply")
    assert findings()["opportunities: custom object"]["ok"]
    own_fields(story)
    told = findings()
    assert "Topic (deal-name) (deal-name)" in told["opportunities: custom object"]["message"]
    assert "--apply" in told["mapping: opportunity.description -> notes"]["advice"]


def test_check_names_the_way_out_on_a_plan_without_custom_objects(story: Story) -> None:
    story.ac.switches["custom_objects"] = False
    story.configure(opportunity={"enabled": True})
    told = findings()["opportunities: custom object"]
    assert (told["ok"], told["required"]) == (False, True)
    assert "Forbidden" in told["message"]
    assert "shown_as to contact_fields" in told["advice"]


@pytest.fixture
def summed_up(story: Story) -> Story:
    """Opportunities are shown on their contacts, where the plan leaves no choice."""
    story.ac.switches["custom_objects"] = False
    story.configure(opportunity={"enabled": True, "shown_as": "contact_fields"})
    return story


def test_contact_fields_and_tags_are_shown_first_and_made_once(summed_up: Story) -> None:
    told = answer()
    assert [one["title"] for one in told["fields"]] == [one.title for one in rollups.FIELDS]
    assert (told["tags"], told["events"], told["made"]) == (list(TAGS), [], False)
    assert "--apply" in ac365().stdout
    before = len(summed_up.ac.fields)
    assert answer("--apply")["made"]
    made = {row["title"]: row for row in summed_up.ac.fields}
    assert {one.title: made[one.title]["type"] for one in rollups.FIELDS} == {
        one.title: one.kind for one in rollups.FIELDS
    }
    shown = {row["field"] for row in summed_up.ac.field_rels if row["relid"] == 0}
    assert {made[one.title]["id"] for one in rollups.FIELDS} <= shown
    summed_up.forget_requests()
    assert (answer("--apply")["complete"], len(summed_up.ac.fields)) == (True, before + len(rollups.FIELDS))
    assert summed_up.ac.stats.as_json()["write_requests"] == 0
    assert "nothing to do" in ac365().stdout


def test_a_field_that_lost_its_way_onto_the_lists_is_shown_again(summed_up: Story) -> None:
    summed_up.ac.faults.add(Fault("reset_before", path="fieldRels", method="POST"))
    assert ac365("--apply").exit_code == 1
    assert answer("--apply")["complete"]
    shown = {row["field"] for row in summed_up.ac.field_rels}
    assert {row["id"] for row in summed_up.ac.fields if row["title"].startswith("D365 ")} <= shown


def test_a_contact_field_in_the_way_is_named_and_nothing_is_made(summed_up: Story) -> None:
    definitions.add_field(summed_up.ac, "D365 Next Close Date", "dropdown")
    assert (ac365().exit_code, "should be date" in ac365().stdout) == (1, True)
    summed_up.forget_requests()
    refused = ac365("--apply")
    assert (refused.exit_code, "type dropdown" in refused.stderr) == (1, True)
    assert summed_up.ac.stats.as_json()["write_requests"] == 0


def test_names_of_events_are_registered_where_events_are_sent(
    summed_up: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = findings()["opportunities: events"]
    assert (told["ok"], told["required"], "ACTIVECAMPAIGN_EVENT_KEY" in told["advice"]) == (False, False, True)
    monkeypatch.setenv("ACTIVECAMPAIGN_EVENT_ACCOUNT", ACCOUNT_ID)
    monkeypatch.setenv("ACTIVECAMPAIGN_EVENT_KEY", EVENT_KEY)
    assert "--apply" in findings()["opportunities: events"]["advice"]
    assert answer("--apply")["events"] == list(NAMES)
    assert set(NAMES) <= set(summed_up.ac.event_names)
    assert "switched off" in findings()["opportunities: events"]["message"]
    summed_up.ac.tracking_enabled = True
    assert findings()["opportunities: events"]["ok"]


def test_check_says_what_the_contacts_lack_and_why_there_is_no_object(summed_up: Story) -> None:
    told = findings()
    assert "Forbidden" in told["opportunities: shown as"]["message"]
    missing = told["opportunities: contact fields"]
    assert (missing["ok"], missing["required"], "--apply" in missing["advice"]) == (False, True, True)
    assert "D365 Last Stage" in missing["message"]
    assert OPEN in missing["message"]
    ac365("--apply")
    assert findings()["opportunities: contact fields"]["ok"]
    summed_up.configure(opportunity={"standard": {"statecode": False}})
    assert "open, won or lost" in findings()["opportunities: contact fields"]["message"]
