"""How everything stands, and whether the queues are served."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.filed import conflict, failure

from store import conflicts, connections, failures, heartbeats, links, pauses, records, watermarks
from sync.model import Direction, Entity
from sync.survivors import Candidate


def entity(ran, name="contact"):
    return next(one for one in ran.json["connections"][0]["entities"] if one["entity"] == name)


def way(ran, direction="outbound", name="contact"):
    return next(one for one in entity(ran, name)["ways"] if one["direction"] == direction)


def both_ways(place):
    place.configure(lambda document: document["entities"]["contact"].update(direction="both"))


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
    assert way(connected("status", "--json"))["started"] == "baseline"
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


def test_an_entity_that_travels_both_ways_has_a_row_for_each(connected, place):
    both_ways(place)
    assert [one["direction"] for one in entity(connected("status", "--json"))["ways"]] == ["inbound", "outbound"]


def test_a_pause_of_one_direction_leaves_the_other_alone(connected, place):
    both_ways(place)
    assert connected("pause", "--direction", "inbound", "--json").json == {"scope": "inbound", "paused": True}
    ran = connected("status", "--json")
    assert (way(ran, "inbound")["paused"], way(ran, "outbound")["paused"]) == (True, False)
    assert "Paused: everything inbound by" in connected("status").out
    assert connected("resume", "--direction", "inbound", "--json").json == {"scope": "inbound", "resumed": True}


def test_the_circuit_breakers_pause_is_shown_with_its_end(connected, place):
    until = datetime.now(UTC) + timedelta(minutes=15)
    place.mine(pauses.pause, None, Direction.OUTBOUND, "circuit breaker", "every cycle failed", until=until)
    out = connected("status").out
    assert "Paused: everything outbound by circuit breaker" in out
    assert "ends by itself in 1" in out
    assert way(connected("status", "--json"))["paused_until"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_next_run_follows_the_end_of_a_pause(connected, place):
    place.configure(lambda document: document["sync"].update(enabled=True))
    place.mine(connections.set_next_due, datetime.now(UTC))
    mark = {"kind": "delta", "link": "x", "select_hash": "h"}
    place.mine(watermarks.move, Entity.CONTACT, Direction.OUTBOUND, **mark)
    until = datetime.now(UTC) + timedelta(hours=1)
    place.mine(pauses.pause, None, Direction.OUTBOUND, "circuit breaker", until=until)
    found = way(connected("status", "--json"))
    assert found["next_run"] == found["paused_until"]
    assert found["last_success"] is not None


def test_what_waits_and_failed_is_told_per_direction(connected, place):
    both_ways(place)
    place.do(failures.file, [failure(place.id, ADA) | {"direction": "inbound"}])
    ran = connected("status", "--json")
    assert (way(ran, "inbound")["failed"], way(ran, "outbound")["failed"], entity(ran)["failed"]) == (1, 0, 1)


def test_open_conflicts_are_counted(connected, place):
    place.do(conflicts.add, [conflict(place.id), conflict(place.id, record_id=BEN, winner="dynamics")])
    assert connected("status", "--json").json["connections"][0]["conflicts"] == 1
    assert "see them with `ac365 conflicts`" in connected("status").out


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
