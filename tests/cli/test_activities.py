"""`ac365 activities`: how marketing activities stand, in words and as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from store import activities, activity_lines, activity_news
from worker.services import now


@pytest.fixture
def busy(place: Any) -> Any:
    """Activities are on, some are there, and writing was stopped."""
    place.configure(lambda document: document["activities"].update(enabled=True))
    moment = now()
    rows = [
        {"event_id": str(number), "ac_id": number, "at": moment.isoformat(), "kind": kind, "state": state, "told": {},
         "asks": False, "reason": reason}
        for number, (kind, state, reason) in enumerate(
            [("opened", "written", ""), ("opened", "ready", ""), ("sent", "refused", "too long")]
        )
    ]  # fmt: skip
    place.mine(activities.file, rows, moment)
    place.mine(activity_lines.ensure, moment)
    place.mine(activity_lines.claim, "write", "a", moment, moment + timedelta(minutes=1))
    error = {"class": "stop", "code": "dynamics.unknown_table", "message": "no table", "advice": "Make it."}
    place.mine(activity_lines.release, "write", "a", moment + timedelta(hours=1), error)
    place.mine(activity_news.hint, 9, moment, moment)
    return place


def test_it_says_that_activities_are_off(connected, place):
    ran = connected("activities")
    assert ran.status == 0
    assert "Marketing activities are off" in ran.out
    assert "Reading: not begun yet" in ran.out


def test_it_shows_kinds_what_waits_and_what_stopped(connected, busy):
    ran = connected("activities")
    assert "stopped by no table. Make it." in ran.out
    assert "Contacts with news that were not read yet: 1" in ran.out
    assert "1 refused: too long" in ran.out
    assert [line.split()[:4] for line in ran.out.splitlines() if line.strip().startswith("opened")] == [
        ["opened", "2", "1", "1"]
    ]


def test_as_json_it_is_complete(connected, busy):
    found = connected("activities", "--json").json
    assert (found["enabled"], found["way"], found["news"], found["linked"]) == (True, "feed", 1, 0)
    assert found["kinds"]["sent"]["refused"] == 1
    assert found["writing"]["error"]["code"] == "dynamics.unknown_table"


def test_what_was_refused_is_tried_again(connected, busy):
    assert "1 will be written again" in connected("activities", "retry").out
    assert busy.mine(activities.waiting) == {"ready": 2, "refused": 0}
    assert busy.mine(activity_lines.get, "write")["due_at"] <= now()


def test_the_status_has_a_line_about_them(connected, busy):
    out = connected("status").out
    assert "Marketing activities: last read never, 1 on their way, 1 contacts with news to be read" in out
    assert "Activities can't be written: no table. Make it." in out
    assert "Dynamics refused 1 activities" in out
    assert connected("status", "--json").json["connections"][0]["activities"]["ready"] == 1


def test_the_status_is_silent_while_they_are_off(connected, place):
    assert "activities" not in connected("status").out
    assert connected("status", "--json").json["connections"][0]["activities"] is None
