"""Bulk imports: begun before they are sent, asked about in turn, given up when their sender dies."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN, BEN_AT
from support.stored import LATER, NOW, SOON, House, change

from store import imports, outbox
from store.errors import Stale
from sync.model import Lane

DECISION = {"outcome": "created", "reason": "new"}
EVER = NOW.replace(year=2999)


def _begin(house: House, rows: list[outbox.Claimed], worker: str = "w1") -> int:
    decisions = {row.id: DECISION for row in rows}
    found: int = house.mine(imports.begin, Lane.SYNC, decisions, worker, 60)
    return found


@pytest.fixture
def rows(house: House) -> list[outbox.Claimed]:
    house.put(house.stream(read=2), change(ADA, 1), change(BEN, 1, address=BEN_AT))
    return house.claim()


def test_rows_travel_with_their_decisions(house: House, rows: list[outbox.Claimed]) -> None:
    house.link()
    import_id = _begin(house, rows)
    sent = house.do(imports.rows_of, import_id)
    assert [(row.id, row.decision) for row in sent] == [(row.id, DECISION) for row in rows]
    assert [row.link is not None for row in sent] == [True, False]
    assert house.mine(imports.outstanding) == 1


def test_import_with_rows_taken_back_meanwhile_is_never_begun(house: House, rows: list[outbox.Claimed]) -> None:
    house.do(outbox.expired, LATER)
    house.claim(limit=1)
    with pytest.raises(Stale, match="2 of 2"):
        _begin(house, rows)
    assert house.mine(imports.outstanding) == 0


def test_import_with_rows_of_another_worker_is_never_begun(house: House, rows: list[outbox.Claimed]) -> None:
    with pytest.raises(Stale, match="2 of 2"):
        _begin(house, rows, worker="w2")


def test_queued_import_is_asked_about_when_its_turn_comes(house: House, rows: list[outbox.Claimed]) -> None:
    import_id = _begin(house, rows)
    assert house.do(imports.claim, import_id, "w1", 60, LATER) is None
    assert house.do(imports.queued, import_id, "batch-1", SOON)
    assert house.do(imports.claim, import_id, "w1", 60, NOW) is None
    assert house.do(imports.overdue, SOON) == [{"id": import_id, "connection_id": house.id, "lane": "sync"}]
    found = house.do(imports.claim, import_id, "w1", 60, SOON)
    assert (found["service_id"], found["polls"], found["rows"]) == ("batch-1", 0, 2)


def test_import_somebody_asks_about_is_left_to_them_until_they_die(house: House, rows: list[outbox.Claimed]) -> None:
    import_id = _begin(house, rows)
    house.do(imports.queued, import_id, "batch-1", NOW)
    assert [row["id"] for row in house.do(imports.due, NOW, "w1", 60, 9)] == [import_id]
    assert (house.do(imports.due, NOW, "w2", 60, 9), house.do(imports.overdue, NOW)) == ([], [])
    assert len(house.do(imports.due, LATER, "w2", 60, 9)) == 1


def test_import_that_takes_longer_is_asked_about_again(house: House, rows: list[outbox.Claimed]) -> None:
    import_id = _begin(house, rows)
    house.do(imports.queued, import_id, "batch-1", NOW)
    house.do(imports.claim, import_id, "w1", 60, NOW)
    assert house.do(imports.again, import_id, SOON)
    assert house.do(imports.claim, import_id, "w1", 60, NOW) is None
    assert house.do(imports.claim, import_id, "w1", 60, SOON)["polls"] == 1


def test_settled_rows_leave_the_import(house: House, rows: list[outbox.Claimed]) -> None:
    import_id = _begin(house, rows)
    house.settle({"id": rows[0].id, "outcome": "created"})
    house.do(outbox.back, [{"id": rows[1].id, "due_at": NOW, "single": True}])
    assert house.do(imports.rows_of, import_id) == []
    assert house.do(imports.done, import_id)
    assert not house.do(imports.done, import_id)
    assert [(row.single, row.decision) for row in house.claim()] == [(True, None)]


def test_rows_left_over_by_an_ended_import_go_again(house: House, rows: list[outbox.Claimed]) -> None:
    import_id = _begin(house, rows)
    house.settle({"id": rows[0].id, "outcome": "created"})
    house.do(imports.done, import_id)
    assert house.do(outbox.expired, NOW) == []
    assert [row.record_id for row in house.claim()] == [rows[1].record_id]


def test_rows_of_an_import_in_flight_hold_back_newer_changes(house: House, rows: list[outbox.Claimed]) -> None:
    _begin(house, rows)
    house.put(house.stream(read=1), change(ADA, 2))
    assert house.claim() == []


def test_import_whose_sender_died_goes_again(house: House, rows: list[outbox.Claimed]) -> None:
    import_id = _begin(house, rows)
    assert house.do(imports.expired, NOW.replace(year=2000)) == []
    assert house.do(imports.expired, EVER) == [import_id]
    assert house.do(outbox.expired, NOW) == []
    assert [row.attempts for row in house.claim()] == [1, 1]
    assert not house.do(imports.queued, import_id, "too late", NOW)


def test_queued_import_is_never_given_up(house: House, rows: list[outbox.Claimed]) -> None:
    import_id = _begin(house, rows)
    house.do(imports.queued, import_id, "batch-1", NOW)
    assert house.do(imports.expired, EVER) == []
    assert len(house.do(imports.rows_of, import_id)) == 2
