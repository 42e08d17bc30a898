"""How everything stands, and whether the queues are served."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT

from store import heartbeats, links, records, watermarks
from sync.model import Direction, Entity
from sync.survivors import Candidate


def entity(ran, name="contact"):
    return next(one for one in ran.json["connections"][0]["entities"] if one["entity"] == name)


def test_a_new_entity_waits_for_its_first_sync(connected, place):
    ran = connected("status")
    assert ran.status == 0
    assert "waits for its first sync" in ran.out
    assert "global switch off" in ran.out


def test_records_are_counted_where_they_stand(connected, place):
    rows = [
        {"entity": "contact", "record_id": ADA, "state": "linked", "version": 1, "address": ADA_AT},
        {"entity": "contact", "record_id": BEN, "state": "shadowed", "version": 1, "address": ADA_AT},
    ]
    place.mine(records.put, rows)
    found = entity(connected("status", "--json"))
    assert (found["in_sync"], found["shadowed"], found["failed"]) == (1, 1, 0)


def test_an_entity_that_began_from_now_on_is_shown_so(connected, place):
    place.mine(
        watermarks.move,
        Entity.CONTACT,
        Direction.OUTBOUND,
        kind="delta",
        link="x",
        select_hash="h",
        established="baseline",
    )
    assert entity(connected("status", "--json"))["started"] == "baseline"
    assert "on, from now on" in connected("status").out


def test_the_request_budget_is_shown(connected, place):
    assert connected("status", "--json").json["connections"][0]["budget"]["calls"]["used"] == 0


def test_without_redis_the_status_says_so_instead_of_failing(connected, place, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    ran = connected("status")
    assert ran.status == 0
    assert "Redis does not answer" in ran.out


def test_pauses_are_listed_with_who_and_why(connected, place):
    assert connected("pause", "--entity", "contact", "--reason", "moving house").status == 0
    ran = connected("status")
    assert "Paused: contact" in ran.out
    assert "moving house" in ran.out
    assert entity(connected("status", "--json"))["paused"] is True


def test_pausing_twice_is_pausing_once(connected, place):
    connected("pause")
    assert connected("pause", "--json").json == {"scope": "everything", "paused": False}


def test_resume_without_a_part_ends_every_pause(connected, place):
    connected("pause", "--entity", "contact")
    connected("pause", "--direction", "outbound")
    assert connected("resume").status == 0
    assert connected("status", "--json").json["connections"][0]["pauses"] == []


def test_health_fails_until_a_heartbeat_came_through_the_queue(connected, place):
    assert connected("health").status == 1
    for queue in ("live", "sync"):
        place.do(heartbeats.beat, queue, {"worker": "w1"})
    assert connected("health").status == 0
    assert connected("health", "--queue", "live", "--json").json["live"]["fresh"] is True


@pytest.mark.parametrize(("age_s", "status"), [(80, 0), (100, 1)])
def test_a_heartbeat_counts_for_ninety_seconds(connected, place, age_s, status):
    place.do(heartbeats.beat, "live", {})
    place.do(lambda tx: tx.execute("UPDATE heartbeats SET at = now() - %s * interval '1 second'", [age_s]))
    assert connected("health", "--queue", "live").status == status


def test_health_of_an_unknown_queue_is_wrong_usage(connected, place):
    assert connected("health", "--queue", "fast").status == 2


def test_links_that_wait_are_not_counted_as_in_sync(connected, place):
    place.mine(links.hold, new=[Candidate(Entity.CONTACT, BEN, BEN_AT)])
    assert entity(connected("status", "--json"))["in_sync"] == 0
