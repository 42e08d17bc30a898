"""`ac365 check` on marketing activities, and the clockwork that begins with them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA_AT
from support.marketing import READ, WRITE, Marketing
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from engine.activities import lines
from engine.asked import Purpose
from engine.hook_paths import Signer
from engine.wake import Stage, Wake
from store import connections


def check() -> dict[str, Any]:
    result = CliRunner().invoke(app, ["check", "--json"])
    assert not result.exception or isinstance(result.exception, SystemExit), result.exception
    found = {one["what"]: one for one in json.loads(result.stdout)["findings"]}
    return {what.removeprefix("activities: "): one for what, one in found.items() if what.startswith("activities")}


def address(marketing: Marketing) -> str:
    services = marketing.story.pump.services
    row = marketing.story._mine(connections.get)
    return f"https://sync.contoso.example{Signer(services.settings.secret_keys).paths(row)[Purpose.ACTIVITY]}"


def test_all_is_well(marketing: Marketing) -> None:
    hook = {"name": "ac365", "url": address(marketing), "events": ["open", "click"], "sources": ["public"]}
    marketing.call("POST", "webhooks", {"webhook": hook})
    found = check()
    assert {what: (one["ok"], one["message"]) for what, one in found.items()} == {
        "feed of ActiveCampaign": (True, "answers for the whole account"),
        "webhook": (True, "tells of click, open"),
    }


def test_a_missing_webhook_is_noted_with_what_to_do(marketing: Marketing) -> None:
    one = check()["webhook"]
    assert (one["ok"], one["required"]) == (False, False)
    assert "ac365 webhooks" in one["advice"]


def test_a_feed_that_wants_a_contact_is_no_fault(marketing: Marketing) -> None:
    marketing.story.ac.switches["activities_without_contact"] = "refused"
    one = check()["feed of ActiveCampaign"]
    assert (one["ok"], "one by one" in one["message"]) == (True, True)


def test_nothing_is_said_while_they_are_off(story: Story) -> None:
    assert check() == {}


@pytest.mark.parametrize(("enabled", "expected"), [(True, {READ, WRITE}), (False, set())])
def test_the_tick_begins_what_is_switched_on(marketing: Marketing, enabled: bool, expected: set[str]) -> None:
    marketing.settings(enabled=enabled)
    services = marketing.story.pump.services
    found = lines.begin_due(services.db, services.now())
    assert {wake.args[1] for wake in found} == expected
    assert all(isinstance(wake, Wake) and wake.stage is Stage.ACTIVITIES for wake in found)


def test_what_is_woken_runs_to_its_end_and_wakes_the_other_line(marketing: Marketing) -> None:
    marketing.happen("open", ADA_AT)
    services = marketing.story.pump.services
    waiting = lines.begin_due(services.db, services.now())
    for _ in range(20):
        if not waiting:
            break
        waiting += marketing.story.pump.step(waiting.pop(0))
    assert marketing.kinds() == ["opened"]
    assert lines.wake_due(services.db, services.now()) == []


def test_quiet_hours_are_kept(marketing: Marketing) -> None:
    marketing.story.configure(sync={"quiet": [{"from": "00:00", "to": "23:59"}]})
    marketing.happen("open", ADA_AT)
    assert "activities" not in marketing.calls(marketing.turn)
