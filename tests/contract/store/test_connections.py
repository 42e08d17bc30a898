"""Connections with their pauses, configurations, snapshots, audit log and heartbeats."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from support.stored import LATER, NOW, SOON, House, connect

from store import audit, configurations, connections, heartbeats, pauses, snapshots
from store.errors import Stale
from sync.model import Direction, Entity

PROD, COPY = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"


def test_connection_of_a_known_name_is_changed_not_made(house: House) -> None:
    before = house.mine(connections.get)
    with house.db.transaction() as tx:
        assert connect(tx, "main") == house.id
    after = house.do(connections.by_name, "main")
    assert after["changed_at"] > before["changed_at"]
    assert [row["id"] for row in house.do(connections.listed)] == [house.id]
    assert bytes(after["secrets"]) == b"sealed"


def test_unknown_connection_is_none(house: House) -> None:
    assert house.do(connections.get, 999) is None
    assert house.do(connections.by_name, "nobody") is None


def test_connection_stays_with_its_organisation(house: House) -> None:
    assert house.mine(connections.bind_organization, PROD)
    assert house.mine(connections.bind_organization, PROD)
    assert not house.mine(connections.bind_organization, COPY)
    assert house.mine(connections.get)["organization_id"] == PROD


def test_connection_is_due_once_its_time_has_come(house: House) -> None:
    assert house.do(connections.due, LATER) == []
    house.mine(connections.set_next_due, SOON)
    assert house.do(connections.due, NOW) == []
    assert [row["id"] for row in house.do(connections.due, SOON)] == [house.id]


def test_second_beat_finds_nothing_while_the_first_is_at_it(house: House) -> None:
    house.mine(connections.set_next_due, NOW)
    with house.db.transaction() as first:
        assert len(connections.due(first, NOW)) == 1
        assert house.do(connections.due, NOW) == []


def test_pause_covers_its_scope_until_it_is_resumed(house: House) -> None:
    assert house.mine(pauses.pause, Entity.LEAD, None, "ada", "import of old leads")
    assert house.mine(pauses.paused, Entity.LEAD, Direction.OUTBOUND)
    assert not house.mine(pauses.paused, Entity.CONTACT, Direction.OUTBOUND)
    assert house.mine(pauses.resume, Entity.LEAD, None, "ben")
    assert not house.mine(pauses.paused, Entity.LEAD, Direction.OUTBOUND)


def test_pausing_twice_is_pausing_once(house: House) -> None:
    assert house.mine(pauses.pause, None, None, "ada")
    assert not house.mine(pauses.pause, None, None, "ben")
    assert [row["author"] for row in house.mine(pauses.active)] == ["ada"]


def test_resuming_another_scope_changes_nothing(house: House) -> None:
    house.mine(pauses.pause, None, None, "ada")
    assert not house.mine(pauses.resume, Entity.LEAD, None, "ada")
    assert len(house.mine(pauses.active)) == 1


def test_pauses_are_in_the_audit_log(house: House) -> None:
    house.mine(pauses.pause, Entity.LEAD, Direction.OUTBOUND, "ada", "why")
    house.mine(pauses.resume, Entity.LEAD, Direction.OUTBOUND, "ben")
    lines = house.do(audit.listed, house.id)
    assert [(line["author"], line["action"], line["subject"]) for line in lines] == [
        ("ben", "resume", "lead outbound"),
        ("ada", "pause", "lead outbound"),
    ]


def test_configuration_versions_count_up_and_all_stay(house: House) -> None:
    assert house.mine(configurations.current) is None
    assert house.mine(configurations.save, {"a": 1}, "ada") == 1
    assert house.mine(configurations.save, {"a": 2}, "ada", 1) == 2
    assert house.mine(configurations.current) == (2, {"a": 2})
    assert (house.mine(configurations.at, 1), house.mine(configurations.at, 3)) == ({"a": 1}, None)


@pytest.mark.parametrize("expected", [0, 2])
def test_configuration_based_on_another_version_is_stale(house: House, expected: int) -> None:
    house.mine(configurations.save, {"a": 1}, "ada")
    with pytest.raises(Stale, match="version 1"):
        house.mine(configurations.save, {"a": 2}, "ben", expected)
    assert house.mine(configurations.current) == (1, {"a": 1})


def test_saved_configuration_is_in_the_audit_log_with_its_difference(house: House) -> None:
    house.mine(configurations.save, {"a": 1}, "ada")
    house.mine(configurations.save, {"a": 2}, "ben")
    newest = house.do(audit.listed, house.id, limit=1)[0]
    assert (newest["author"], newest["before"], newest["after"]) == ("ben", {"a": 1}, {"a": 2})


def test_audit_log_of_all_connections_pages_backwards(house: House) -> None:
    for subject in ("first", "second"):
        house.do(audit.write, None, "ada", "migrate", subject)
    assert [line["subject"] for line in house.do(audit.listed, limit=1, offset=1)] == ["first"]


def _described_at(house: House) -> Any:
    return house.mine(connections.standing, ["lists"])["described_at"]


def test_standing_tells_the_newest_version_and_leaves_other_descriptions_aside(house: House) -> None:
    assert house.mine(connections.standing, ["lists"])["version"] is None
    for version in (1, 2):
        house.mine(configurations.save, {"a": version}, "ada")
    house.mine(snapshots.put, "tags", [1])
    standing = house.mine(connections.standing, ["lists"])
    assert (standing["version"], standing["described_at"], standing["name"]) == (2, None, "main")
    assert house.do(connections.standing, house.id + 1, ["lists"]) is None


def test_snapshot_is_replaced_and_dated(house: House) -> None:
    assert (house.mine(snapshots.get, "lists"), _described_at(house)) == (None, None)
    house.mine(snapshots.put, "lists", [1])
    house.mine(snapshots.put, "lists", [1, 2])
    document, taken_at = house.mine(snapshots.get, "lists")
    assert document == [1, 2]
    assert _described_at(house) == taken_at <= datetime.now(UTC)


def test_what_one_worker_takes_another_gets_when_it_is_given_back_or_over(house: House) -> None:
    assert house.mine(snapshots.claim, "stages", NOW, SOON)
    assert not house.mine(snapshots.claim, "stages", NOW, SOON)
    assert house.mine(snapshots.claim, "stages", SOON, LATER)
    house.mine(snapshots.release, "stages")
    assert house.mine(snapshots.claim, "stages", NOW, SOON)


def test_heartbeat_is_the_last_one(house: House) -> None:
    house.do(heartbeats.beat, "sync", {"worker": "w1"})
    house.do(heartbeats.beat, "sync", {"worker": "w2"})
    house.do(heartbeats.beat, "live")
    assert [(row["name"], row["facts"]) for row in house.do(heartbeats.listed)] == [
        ("live", {}),
        ("sync", {"worker": "w2"}),
    ]
