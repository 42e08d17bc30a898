"""Events of opportunities that are no records: each once, none of what was there before, and none holds anything up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.cast import ADA, ADA_AT
from support.story import Story

from clients import limits
from engine import configure, provision
from mapping import rollups
from simulators.activecampaign.routes.events import ACCOUNT_ID, EVENT_KEY
from simulators.common.faults import Fault
from store import connections
from sync.model import Entity
from sync.rollup_events import CREATED, UPDATED

DEAL = "0ddddddd-0000-4000-8000-000000000001"
OTHER = "0ddddddd-0000-4000-8000-000000000002"
FULL = {"estimatedvalue": 1200, "estimatedclosedate": "2026-12-15", "stepname": "2-Develop"}
HISTORY = {"createdon": "2020-01-01T08:00:00Z", "modifiedon": "2020-01-01T08:00:00Z"}
NEW = {"createdon": "2099-01-01T08:00:00Z", "modifiedon": "2099-01-01T08:00:00Z"}
EVENTS = {"activecampaign_event_account": ACCOUNT_ID, "activecampaign_event_key": EVENT_KEY}
NO_EVENTS = dict.fromkeys(EVENTS, "")
NAMES = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)


@pytest.fixture
def tracked(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Ada is on both sides, opportunities are shown on their contacts, events are sent at their own pace, and the first
    sync is over."""
    lifted = dict.fromkeys(NAMES, limits.Limit(1000, 1.0))
    monkeypatch.setattr(limits, "activecampaign_limits", lambda *_: {**lifted, limits.EVENTS: limits.Limit(5, 1.0)})
    story.ac.switches["custom_objects"] = False
    story.ac.tracking_enabled = True
    credentials(story, **EVENTS)
    story.configure(opportunity={"enabled": True, "shown_as": "contact_fields", "history": "load"})
    provision.carry_out(story.context, "test")
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.sync()
    return story


def credentials(story: Story, **changed: str) -> None:
    """The administrator saves other credentials of ActiveCampaign; an empty one is left out."""
    services = story.pump.services
    with story.transaction() as tx:
        row = connections.get(tx, story.pump.connection_id)
        assert row is not None
        secrets = {**services.vault.decrypt(row["secrets"]), **changed}
        wanted = {**dict.fromkeys(configure.SECRET, ""), **{name: row[name] for name in configure.PLAIN}, **secrets}
        configure.save(tx, services.vault, configure.FIRST, wanted)


def forget_the_past(story: Story) -> None:
    """Nothing was ever read."""
    with story.transaction() as tx:
        for table in ("streams", "cycles", "watermarks", "snapshots"):
            tx.execute(f"DELETE FROM {table}")
    story.refresh()


def events(story: Story) -> list[str]:
    """The names of the events that were recorded, the oldest first."""
    return [row["event"] for row in story.ac.tracking]


def open_ones(story: Story) -> str:
    """How many open opportunities Ada's field counts."""
    return story.ac.values_of(ADA_AT)[rollups.OPEN_COUNT]


def test_history_makes_no_events_and_what_happens_from_now_on_does(tracked: Story) -> None:
    tracked.opportunity(DEAL, ADA, **FULL, **HISTORY)
    tracked.pump.sync(Entity.OPPORTUNITY, initial=True)
    assert events(tracked) == []
    tracked.edit("opportunity", DEAL, stepname="3-Propose")
    tracked.opportunity(OTHER, ADA, **NEW)
    tracked.sync()
    assert sorted(events(tracked)) == [CREATED, UPDATED]
    tracked.sync()
    assert len(events(tracked)) == 2


def test_an_old_one_that_arrives_later_is_no_event(tracked: Story) -> None:
    tracked.opportunity(DEAL, ADA, **FULL, **HISTORY)
    tracked.sync()
    assert open_ones(tracked) == "1"
    assert events(tracked) == []


def test_what_is_created_after_a_start_from_now_on_is_new(tracked: Story) -> None:
    forget_the_past(tracked)
    tracked.opportunity(OTHER, ADA, **HISTORY)
    tracked.baseline()
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    tracked.opportunity(DEAL, ADA, createdon=now, modifiedon=now)
    tracked.sync()
    assert events(tracked) == [CREATED]


def test_an_event_says_which_opportunity_it_is_about(tracked: Story) -> None:
    tracked.opportunity(DEAL, ADA, **FULL, **NEW)
    tracked.sync()
    (row,) = tracked.ac.tracking
    assert row["data"] == f'{{"id":"{DEAL}","topic":"Licences","stage":"2-Develop","status":"Open"}}'
    assert tracked.ac.contacts.rows[row["contact"]].email == ADA_AT


@pytest.mark.parametrize("kind", ["reset_after", "status_after"])
def test_an_event_without_a_clear_answer_is_not_sent_again(tracked: Story, kind: str) -> None:
    tracked.ac.faults.add(Fault(kind, path="^/event", method="POST"))
    tracked.opportunity(DEAL, ADA, **FULL, **NEW)
    assert tracked.sync()["opportunity"] == {"created": 1}
    assert events(tracked) == [CREATED]
    assert "not sent again" in tracked.reasons(Entity.OPPORTUNITY, DEAL)[0]


def test_an_event_that_surely_was_not_recorded_is_sent_with_the_next_try(tracked: Story) -> None:
    tracked.refuse("POST", "^/event", status=429)
    tracked.opportunity(DEAL, ADA, **FULL, **NEW)
    assert tracked.sync()["opportunity"] == {"created": 1}
    assert events(tracked) == [CREATED]


def test_events_of_one_batch_are_sent_once_each_although_the_limit_cuts_in(tracked: Story) -> None:
    tracked.ac.switches["tracking_calls_per_second"] = 1
    for number in (DEAL, OTHER):
        tracked.opportunity(number, ADA, **FULL, **NEW)
    assert tracked.sync()["opportunity"] == {"created": 2}
    assert events(tracked) == [CREATED, CREATED]
    assert len({row["data"] for row in tracked.ac.tracking}) == 2


def test_an_event_that_is_refused_holds_nothing_up_and_is_told(tracked: Story) -> None:
    credentials(tracked, activecampaign_event_key="wrong")
    tracked.opportunity(DEAL, ADA, **FULL, **NEW)
    assert tracked.sync()["opportunity"] == {"created": 1}
    assert open_ones(tracked) == "1"
    told = tracked.reasons(Entity.OPPORTUNITY, DEAL)[0]
    assert "event was refused: Invalid account id or event key" in told
    assert "wrong" not in told


def test_without_the_key_of_event_tracking_there_are_no_events(tracked: Story) -> None:
    credentials(tracked, **NO_EVENTS)
    tracked.opportunity(DEAL, ADA, **FULL, **NEW)
    tracked.sync()
    assert open_ones(tracked) == "1"
    assert events(tracked) == []
