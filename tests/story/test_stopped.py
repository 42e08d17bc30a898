"""A person stops a cycle: it writes nothing more of what it had not read to its end, and nothing is lost by it."""

from __future__ import annotations

import json

import pytest
from support.story import NEWS, Story
from typer.testing import CliRunner

from cli.main import app
from engine import stopping
from store import audit
from sync.model import Entity


@pytest.fixture
def crowd(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Sixty contacts that are read in three pages."""
    monkeypatch.setattr("engine.reading.PAGE_SIZE", 20)
    story.configure(contact={"direction": "outbound"})
    story.crowd(60)
    return story


def stop(story: Story, cycle_id: int) -> int:
    with story.transaction() as tx:
        number, wakes = stopping.stop(tx, story.pump.connection_id, cycle_id, "ada")
    story.pump.run(wakes)
    return number


def begun(story: Story) -> int:
    """A cycle that has decided a page and waits for the next one; answers with its number."""
    cycle_id = story.start(Entity.CONTACT)
    story.pump.run(story.wakes_of(cycle_id), lambda: story.backlog() > 0)
    assert story.pump.cycle(cycle_id)["streams"][0]["state"] == "fetching"
    return cycle_id


def test_a_stopped_first_sync_writes_nothing_more_and_the_next_one_brings_all(crowd: Story) -> None:
    cycle_id = begun(crowd)
    crowd.forget_requests()
    assert stop(crowd, cycle_id) >= 20
    crowd.sweep()
    assert crowd.state_of(cycle_id) == "stopped"
    assert crowd.ac.stats.as_json()["write_requests"] == 0
    assert crowd.backlog() == 0
    crowd.sync(Entity.CONTACT)
    crowd.verify()


def test_a_stopped_cycle_of_changes_leaves_them_to_the_next_one(crowd: Story) -> None:
    crowd.sync(Entity.CONTACT)
    crowd.edit_all("contact", crowd.ids, jobtitle="Engineer")
    stop(crowd, begun(crowd))
    crowd.sweep()
    assert crowd.backlog() == 0
    crowd.configure(guards={"changes": 1.0})
    crowd.sync(Entity.CONTACT)
    assert crowd.ac.values_of("person1@example.com")["JOB_TITLE"] == "Engineer"
    crowd.verify()


def test_every_record_of_a_stopped_cycle_is_accounted_for(crowd: Story) -> None:
    cycle_id = begun(crowd)
    number = stop(crowd, cycle_id)
    (stream,) = crowd.pump.cycle(cycle_id)["streams"]
    assert (stream["read"], stream["skipped"], stream["waiting"]) == (number, number, 0)
    assert stream["error"]["code"] == "cycle.stopped"


def test_what_was_read_to_its_end_is_delivered_all_the_same(crowd: Story) -> None:
    crowd.configure(lead={"direction": "outbound"})
    cycle_id = crowd.start(Entity.CONTACT, Entity.LEAD)
    crowd.pump.run(crowd.wakes_of(cycle_id), lambda: crowd.pump.cycle(cycle_id)["streams"][0]["state"] == "delivering")
    stop(crowd, cycle_id)
    assert crowd.state_of(cycle_id) == "stopped"
    assert crowd.ac.values_of("person60@example.com") is not None
    assert [one["state"] for one in crowd.pump.cycle(cycle_id)["streams"]] == ["done", "failed"]


def test_an_opt_out_on_its_way_is_delivered_although_its_cycle_is_stopped(crowd: Story) -> None:
    crowd.configure(contact={"list": NEWS})
    crowd.sync(Entity.CONTACT)
    crowd.edit("contact", crowd.ids[0], donotbulkemail=True)
    crowd.edit_all("contact", crowd.ids[1:], jobtitle="Engineer")
    stop(crowd, begun(crowd))
    crowd.sweep()
    assert [crowd.list_state(f"person{n}@example.com") for n in (1, 2)] == [2, 1]
    assert crowd.ac.values_of("person2@example.com").get("JOB_TITLE") is None


def test_contacts_that_ask_for_a_record_get_one_after_a_stop(crowd: Story) -> None:
    crowd.configure(contact={"direction": "both"})
    crowd.sync(Entity.CONTACT)
    people = [f"new{number}@example.com" for number in range(210)]
    tags = {"add": ["[D365: Contact]", "[D365: Pulled from ActiveCampaign]"]}
    for address in people:
        crowd.edit_there(address, create=True, set={"firstName": "New", "lastName": address}, tags=tags)
    cycle_id = crowd.start(Entity.CONTACT)
    crowd.pump.run(crowd.wakes_of(cycle_id), lambda: crowd.backlog() > 0)
    assert crowd.pump.cycle(cycle_id)["streams"][0]["state"] == "fetching"
    stop(crowd, cycle_id)
    crowd.sweep()
    crowd.configure(guards={"creates": 1.0})
    assert crowd.sync(Entity.CONTACT)["contact inbound"]["created"] == len(people)


def test_a_cycle_that_waits_for_another_one_is_stopped_at_once(crowd: Story) -> None:
    begun(crowd)
    waiting = crowd.start(Entity.ACCOUNT)
    with crowd.transaction() as tx:
        assert stopping.stop(tx, crowd.pump.connection_id, waiting, "ada") == (0, [])
    assert crowd.state_of(waiting) == "stopped"


def test_a_cycle_that_has_ended_cannot_be_stopped(crowd: Story) -> None:
    crowd.sync(Entity.CONTACT)
    ran = CliRunner().invoke(app, ["cycles", "stop", str(crowd.last_cycle()["id"])])
    assert ran.exit_code == 1
    assert "can't be stopped" in ran.stderr


def test_the_command_says_what_stays_unwritten(crowd: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.cycles.send", lambda _services, wakes: crowd.pump.run(wakes))
    cycle_id = begun(crowd)
    told = json.loads(CliRunner().invoke(app, ["cycles", "stop", str(cycle_id), "--json"]).stdout)
    assert told["stopped"] is True
    assert told["unwritten"] >= 20
    with crowd.transaction() as tx:
        assert audit.listed(tx, crowd.pump.connection_id, 1)[0]["action"] == "stop"
