"""Rows that go back, workers that die, and what the living may still do."""

from __future__ import annotations

from datetime import timedelta

from support.cast import ADA, BEN, BEN_AT
from support.stored import LATER, NOW, SOON, House, change

from store import outbox


def _claimed(house: House, version: int = 1) -> outbox.Claimed:
    house.put(house.stream(read=1), change(ADA, version))
    return house.claim()[0]


def test_row_that_goes_back_remembers_why(house: House) -> None:
    row = _claimed(house)
    house.do(
        outbox.back, [{"id": row.id, "due_at": NOW, "error": {"code": "x"}, "count_attempt": True, "single": True}]
    )
    again = house.claim()[0]
    assert (again.attempts, again.single) == (1, True)


def test_row_that_goes_back_uncounted_is_as_before(house: House) -> None:
    row = _claimed(house)
    house.do(outbox.back, [{"id": row.id, "due_at": None, "error": None, "count_attempt": False, "single": False}])
    again = house.claim()[0]
    assert (again.attempts, again.single, again.version) == (0, False, 1)


def test_row_that_goes_back_is_dropped_when_a_newer_one_waits(house: House) -> None:
    row = _claimed(house)
    house.put(house.stream(read=1), change(ADA, 2))
    assert house.do(outbox.back, [{"id": row.id, "due_at": NOW}]) == {row.stream_id: 1}
    assert [r.version for r in house.claim()] == [2]


def test_row_that_goes_back_replaces_an_older_one_that_came_late(house: House) -> None:
    row, late = _claimed(house, version=7), house.stream(read=1)
    house.put(late, change(ADA, 3))
    assert house.do(outbox.back, [{"id": row.id, "due_at": NOW}]) == {late: 1}
    assert [r.version for r in house.claim()] == [7]


def test_dead_worker_loses_its_rows_one_attempt_later(house: House) -> None:
    _claimed(house)
    assert house.do(outbox.expired, NOW) == []
    assert house.claim() == []
    assert house.do(outbox.expired, LATER) == []
    assert [row.attempts for row in house.claim()] == [1]


def test_living_worker_keeps_its_rows(house: House) -> None:
    row = _claimed(house)
    assert house.do(outbox.extend, [row.id], LATER + timedelta(hours=1)) == 1
    house.do(outbox.expired, LATER)
    assert house.claim(now=LATER) == []


def test_worker_that_lost_its_lease_learns_it_and_settles_nothing(house: House) -> None:
    lost = _claimed(house)
    house.do(outbox.expired, LATER)
    mine = house.claim(worker="w2")[0]
    assert house.do(outbox.extend, [lost.id], LATER) == 0
    assert house.settle({"id": lost.id, "outcome": "created", "link": {"ac_id": 1}}) == []
    assert house.counts(mine.stream_id) == {}
    assert house.do(outbox.extend, [mine.id], LATER) == 1


def test_newer_change_survives_a_worker_that_comes_back_from_the_dead(house: House) -> None:
    lost = _claimed(house)
    house.do(outbox.expired, LATER)
    house.put(house.stream(read=1), change(ADA, 2))
    house.settle({"id": lost.id, "outcome": "created"})
    assert [row.version for row in house.claim(worker="w2")] == [2]


def test_row_that_outlives_five_workers_is_poison_until_it_is_settled(house: House) -> None:
    row = _claimed(house)
    for _ in range(4):
        assert house.do(outbox.expired, LATER) == []
        (row,) = house.claim()
    (poison,) = house.do(outbox.expired, LATER)
    assert (poison["id"], poison["record_id"], poison["attempts"]) == (row.id, ADA, 5)
    assert house.do(outbox.expired, LATER) == [poison]
    house.settle({"id": poison["id"], "outcome": "failed", "reason": "poison"})
    assert house.do(outbox.expired, LATER) == []


def test_abandoned_row_that_was_overtaken_counts_as_skipped(house: House) -> None:
    row = _claimed(house)
    house.put(house.stream(read=1), change(ADA, 2))
    house.do(outbox.expired, LATER)
    assert house.counts(row.stream_id) == {"skipped": 1}


def test_dropped_rows_are_gone(house: House) -> None:
    row = _claimed(house)
    assert house.do(outbox.drop, [row.id]) == 1
    house.put(house.stream(read=1), change(BEN, 1, address=BEN_AT))
    assert [r.record_id for r in house.claim(now=SOON)] == [BEN]
