"""When cycles begin by themselves, and what a pause, the global switch and a wrong key do to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT
from support.story import Story

from engine import configure, cycles
from store import connections, pauses
from sync.model import Direction, Entity

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)


def tick(story: Story, now: datetime) -> list[Any]:
    """What beat does once a minute; answers with the cycles it opened."""
    return cycles.open_due(story.context.db, now)


def due_at(story: Story) -> datetime | None:
    with story.transaction() as tx:
        found = connections.get(tx, story.pump.connection_id)
    return found["next_due_at"] if found else None


def set_due(story: Story, at: datetime) -> None:
    with story.transaction() as tx:
        connections.set_next_due(tx, story.pump.connection_id, at)


@pytest.fixture
def begun(story: Story) -> Story:
    """Ada and Ben have arrived, and the next cycle is due at noon."""
    story.contact(ADA, ADA_AT)
    story.lead(BEN, BEN_AT)
    story.sync()
    story.writes()
    set_due(story, NOON)
    return story


def test_a_due_cycle_is_opened_once_and_runs(begun: Story) -> None:
    begun.edit("contact", ADA, jobtitle="Engineer")
    wakes = tick(begun, NOON)
    assert tick(begun, NOON + timedelta(seconds=30)) == []
    assert due_at(begun) == NOON + timedelta(hours=1)
    begun.pump.run(wakes)
    assert begun.last_cycle()["kind"] == "scheduled"
    assert begun.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"


def test_nothing_is_opened_before_its_time(begun: Story) -> None:
    assert tick(begun, NOON - timedelta(seconds=1)) == []


def test_missed_slots_are_caught_up_once(begun: Story) -> None:
    late = NOON + timedelta(hours=5, minutes=10)
    assert len(tick(begun, late)) == 1
    assert tick(begun, late) == []
    assert due_at(begun) == NOON + timedelta(hours=6)


def test_two_beats_at_once_open_one_cycle(begun: Story) -> None:
    with begun.transaction() as tx:
        assert len(connections.due(tx, NOON)) == 1
        assert tick(begun, NOON) == []
    assert len(tick(begun, NOON)) == 1


def test_another_frequency_holds_at_once(begun: Story) -> None:
    with begun.transaction() as tx:
        version, document = configure.current(tx, begun.pump.connection_id)
        document["sync"]["frequency"] = "5m"
        now = NOON - timedelta(minutes=58)
        configure.replace(tx, begun.pump.connection_id, version, document, "test", now)
    assert due_at(begun) == NOON - timedelta(minutes=55)


def test_what_nobody_started_does_not_start_by_itself(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    set_due(story, NOON)
    assert tick(story, NOON) == []
    assert story.person(ADA_AT) is None


def test_a_first_sync_that_failed_goes_on_by_itself(story: Story) -> None:
    story.forbid("prvReadContact")
    story.contact(ADA, ADA_AT)
    story.sync(state="partial")
    story.allow("prvReadContact")
    set_due(story, NOON)
    story.pump.run(tick(story, NOON))
    assert story.counts(story.last_cycle())["contact"] == {"created": 1}


def test_switched_off_no_cycle_begins(begun: Story) -> None:
    begun.configure(sync={"enabled": False})
    assert tick(begun, NOON) == []
    begun.configure(sync={"enabled": True})
    set_due(begun, NOON)
    assert len(tick(begun, NOON)) == 1


def pause(story: Story, entity: Entity | None = None) -> None:
    with story.transaction() as tx:
        pauses.pause(tx, story.pump.connection_id, entity, Direction.OUTBOUND, "test", "")


def resume(story: Story, entity: Entity | None = None) -> None:
    with story.transaction() as tx:
        pauses.resume(tx, story.pump.connection_id, entity, Direction.OUTBOUND, "test")


def test_a_paused_entity_is_left_out_and_caught_up_later(begun: Story) -> None:
    pause(begun, Entity.CONTACT)
    begun.edit("contact", ADA, jobtitle="Engineer")
    begun.edit("lead", BEN, jobtitle="Engineer")
    begun.pump.run(tick(begun, NOON))
    assert [stream["entity"] for stream in begun.last_cycle()["streams"]] == ["account", "lead"]
    assert "JOB_TITLE" not in begun.ac.values_of(ADA_AT)
    resume(begun, Entity.CONTACT)
    assert begun.sync()["contact"] == {"updated": 1}


def test_a_pause_in_the_middle_lets_the_others_go_on_and_loses_nothing(begun: Story) -> None:
    begun.edit("contact", ADA, jobtitle="Engineer")
    begun.edit("lead", BEN, jobtitle="Engineer")
    cycle_id = begun.start()
    begun.go_on(until=lambda: begun.backlog() == 1)
    pause(begun, Entity.CONTACT)
    begun.go_on()
    counted = begun.counts(begun.pump.cycle(cycle_id), "partial")
    assert (counted["contact"], counted["lead"]) == ({"waiting": 1}, {"updated": 1})
    resume(begun, Entity.CONTACT)
    begun.sweep()
    assert begun.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"
    assert begun.pump.cycle(cycle_id)["streams"][1]["updated"] == 1


def set_key(story: Story, key: str) -> None:
    """The administrator saves another key of ActiveCampaign."""
    services = story.pump.services
    with story.transaction() as tx:
        row = connections.get(tx, story.pump.connection_id)
        assert row is not None
        secrets = {**services.vault.decrypt(row["secrets"]), "activecampaign_api_key": key}
        wanted = {**dict.fromkeys(configure.SECRET, ""), **{name: row[name] for name in configure.PLAIN}, **secrets}
        configure.save(tx, services.vault, configure.FIRST, wanted)


def test_a_wrong_key_fails_the_cycle_with_advice_and_keeps_the_changes(begun: Story) -> None:
    set_key(begun, "wrong")
    begun.edit("contact", ADA, jobtitle="Engineer")
    cycle = begun.pump.sync()
    assert begun.counts(cycle, "partial")["contact"] == {"waiting": 1}
    assert "Settings, Developer" in cycle["streams"][1]["error"]["advice"]
    assert begun.backlog() == 1
    assert begun.failures() == []


def test_with_the_right_key_the_changes_go_by_themselves(begun: Story) -> None:
    set_key(begun, "wrong")
    begun.edit("contact", ADA, jobtitle="Engineer")
    begun.crowd(12)
    begun.lead(CLEO, CLEO_AT)
    cycle = begun.pump.sync()
    set_key(begun, "simulated-key")
    begun.later()
    begun.sweep()
    assert begun.backlog() == 0
    done = begun.pump.cycle(cycle["id"])["streams"]
    assert [(s["created"], s["updated"], s["waiting"]) for s in done] == [(0, 0, 0), (12, 1, 0), (1, 0, 0)]
    begun.verify()


def test_a_newer_change_takes_the_place_of_one_that_waits(begun: Story) -> None:
    set_key(begun, "wrong")
    begun.edit("contact", ADA, jobtitle="Engineer")
    begun.sync(state="partial")
    begun.edit("contact", ADA, jobtitle="Director")
    set_key(begun, "simulated-key")
    begun.later()
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.ac.values_of(ADA_AT)["JOB_TITLE"] == "Director"


def test_an_import_that_nobody_may_ask_about_is_settled_with_the_right_key(begun: Story) -> None:
    begun.ac.switches["import_delay_s"] = [3600, 3600]
    begun.crowd(12)
    cycle_id = begun.start()
    begun.go_on(until=lambda: bool(begun.ac.waiting))
    set_key(begun, "wrong")
    begun.later()
    begun.go_on(until=lambda: begun.pump.cycle(cycle_id)["state"] != "running")
    assert begun.counts(begun.pump.cycle(cycle_id), "partial")["contact"] == {"waiting": 12}
    begun.ac.settle()
    set_key(begun, "simulated-key")
    begun.later()
    begun.sweep()
    assert begun.counts(begun.pump.cycle(cycle_id), "partial")["contact"] == {"created": 12}
    assert begun.writes() == {"import/bulk_import": 12}


def be_quiet(story: Story, begin: str, end: str) -> None:
    with story.transaction() as tx:
        version, document = configure.current(tx, story.pump.connection_id)
        document["sync"]["quiet"] = [{"days": ["fri"], "from": begin, "to": end}]
        configure.replace(tx, story.pump.connection_id, version, document, "test", NOON - timedelta(minutes=30))


def test_cycles_of_quiet_hours_start_once_at_their_end(begun: Story) -> None:
    be_quiet(begun, "11:45", "15:20")
    assert due_at(begun) == NOON + timedelta(hours=3, minutes=20)
    assert tick(begun, NOON + timedelta(hours=3)) == []
    assert len(tick(begun, NOON + timedelta(hours=3, minutes=20))) == 1
    assert due_at(begun) == NOON + timedelta(hours=4)


def test_a_cycle_that_is_due_in_quiet_hours_waits_for_their_end(begun: Story) -> None:
    be_quiet(begun, "11:45", "12:10")
    set_due(begun, NOON)
    assert tick(begun, NOON) == []
    assert due_at(begun) == NOON + timedelta(minutes=10)
