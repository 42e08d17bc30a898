"""`ac365 provision activecampaign`: shown first, made once, and nothing of anybody's is lost."""

from __future__ import annotations

import json
from typing import Any

from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from mapping.objects import SLUG, STANDARD
from simulators.activecampaign.ops import objects
from simulators.common.faults import Fault


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


def test_a_schema_whose_answer_was_lost_is_found_the_next_time(story: Story) -> None:
    story.ac.faults.add(Fault("reset_after", path="customObjects/schemas", method="POST"))
    assert ac365("--apply").exit_code == 1
    assert answer("--apply")["complete"]
    assert len(story.ac.schemas) == 1
