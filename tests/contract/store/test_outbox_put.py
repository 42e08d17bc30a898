"""What waits for one record collapses into one row, and everything overtaken is told."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN, BEN_AT
from support.stored import LATER, NOW, House, change

from store import outbox
from sync.model import Lane


def _pending(house: House) -> list[tuple[str, int]]:
    with house.db.transaction() as tx:
        rows = tx.execute("SELECT record_id, version FROM outbox WHERE state = 'pending' ORDER BY record_id").fetchall()
    return [(row["record_id"], row["version"]) for row in rows]


def test_newer_change_takes_the_place_of_the_one_that_waits(house: House) -> None:
    old, new = house.stream(read=1), house.stream(read=1)
    assert house.put(old, change(ADA, 1)) == {}
    assert house.put(new, change(ADA, 2)) == {old: 1}
    assert _pending(house) == [(ADA, 2)]


def test_older_change_gives_way_to_the_one_that_waits(house: House) -> None:
    first, late = house.stream(read=1), house.stream(read=1)
    house.put(first, change(ADA, 2))
    assert house.put(late, change(ADA, 1)) == {late: 1}
    assert _pending(house) == [(ADA, 2)]


def test_same_version_read_later_wins_because_its_mapping_is_newer(house: House) -> None:
    first, late = house.stream(read=1), house.stream(read=1)
    house.put(first, change(ADA, 1))
    assert house.put(late, change(ADA, 1, change={"values": "new mapping"})) == {first: 1}
    assert house.claim()[0].change == {"values": "new mapping"}


def test_record_twice_in_one_page_counts_once_as_overtaken(house: House) -> None:
    stream = house.stream(read=2)
    assert house.put(stream, change(ADA, 1), change(ADA, 2), change(BEN, 1, address=BEN_AT)) == {stream: 1}
    assert _pending(house) == [(ADA, 2), (BEN, 1)]


def test_deletion_wins_over_any_version_and_is_held_back(house: House) -> None:
    stream = house.stream(read=2)
    house.put(stream, change(ADA, 7))
    assert house.put(stream, change(ADA, 0, phase=1)) == {stream: 1}
    assert house.claim() == []


def test_newer_change_keeps_the_due_time_of_the_parked_one(house: House) -> None:
    stream = house.stream(read=2)
    house.put(stream, change(ADA, 1))
    row = house.claim()[0]
    house.do(outbox.back, [{"id": row.id, "due_at": LATER, "error": {"code": "x"}, "count_attempt": True}])
    house.put(stream, change(ADA, 2))
    assert house.claim(now=NOW) == []
    parked = house.claim(now=LATER)[0]
    assert (parked.version, parked.attempts) == (2, 1)


def test_what_a_person_waits_for_is_due_at_once_in_the_urgent_lane(house: House) -> None:
    bulk, live = house.stream(read=1, lane=Lane.BACKFILL), house.stream(read=1, lane=Lane.LIVE)
    house.put(bulk, change(ADA, 1), lane=Lane.BACKFILL)
    row = house.claim(lane=Lane.BACKFILL)[0]
    house.do(outbox.back, [{"id": row.id, "due_at": LATER}])
    assert house.put(live, change(ADA, 1), lane=Lane.LIVE) == {bulk: 1}
    assert [row.stream_id for row in house.claim(lane=Lane.LIVE)] == [live]


def test_less_urgent_change_leaves_the_row_in_its_urgent_lane(house: House) -> None:
    live, bulk = house.stream(read=1, lane=Lane.LIVE), house.stream(read=1, lane=Lane.BACKFILL)
    house.put(live, change(ADA, 1), lane=Lane.LIVE)
    house.put(bulk, change(ADA, 2), lane=Lane.BACKFILL)
    assert house.claim(lane=Lane.BACKFILL) == []
    assert [row.version for row in house.claim(lane=Lane.LIVE)] == [2]


@pytest.mark.parametrize("name", ["Ada\0 Lovelace", "Ada \ud800", "Ada \\u0000 \\"])
def test_characters_that_json_in_postgres_refuses_stop_nothing(house: House, name: str) -> None:
    house.put(house.stream(read=1), change(ADA, 1, change={"firstName": name}))
    kept = house.claim()[0].change["firstName"]
    assert kept.startswith("Ada")
    assert kept == name.replace("\0", "").replace("\ud800", "\ufffd")


def test_nothing_put_is_nothing_overtaken(house: House) -> None:
    assert house.put(house.stream()) == {}
