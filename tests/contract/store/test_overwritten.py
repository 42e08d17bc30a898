"""What cycles overwrote: kept as rows are settled, the first value of a cycle and the last, and read page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from support.cast import ADA, BEN, BEN_AT
from support.stored import NOW, House, change

from store import overwritten
from store.overwritten import Group
from sync.model import Direction, Entity


def _write(house: House, stream_id: int, before: Any, agreed: dict[str, Any], record_id: str = ADA, **more: Any) -> Any:
    """Settles an update of this record in this stream; answers with the cycle's contacts."""
    house.put(stream_id, change(record_id, **more))
    (row,) = house.claim()
    facts = {"agreed": agreed}
    house.settle({"id": row.id, "outcome": "updated", "link": facts, "unlink": False, "overwrote": before})
    return Group(row.cycle_id, Entity.CONTACT, Direction.OUTBOUND)


def _page(house: House, group: Group, after: str | None = None, limit: int = 9) -> list[overwritten.Overwritten]:
    found: list[overwritten.Overwritten] = house.do(overwritten.page, group, after, limit)
    return found


def test_an_update_keeps_what_was_there_and_what_was_written(house: House) -> None:
    house.link()
    before = {"JOB": "CTO", "CITY": None, "PHONE": "1"}
    group = _write(house, house.stream(read=1), before, {"JOB": "CEO", "CITY": "Rome"})
    (kept,) = _page(house, group)
    assert (kept.before, kept.after) == (before, {"JOB": "CEO", "CITY": "Rome", "PHONE": None})
    assert (kept.record_id, kept.link, kept.underway) == (ADA, house.link_of(), False)


def test_of_two_writes_of_a_cycle_the_first_tells_what_was_there(house: House) -> None:
    house.link()
    stream_id = house.stream(read=2)
    _write(house, stream_id, {"JOB": "CTO"}, {"JOB": "CEO"})
    group = _write(house, stream_id, {"JOB": "CEO", "CITY": None}, {"JOB": "Chair", "CITY": "Rome"}, version=2)
    (kept,) = _page(house, group)
    assert (kept.before, kept.after) == ({"JOB": "CTO", "CITY": None}, {"JOB": "Chair", "CITY": "Rome"})


def test_what_overwrote_nothing_is_not_kept(house: House) -> None:
    house.link()
    for nothing in ({}, None):
        group = _write(house, house.stream(read=1), nothing, {"JOB": "CEO"})
        assert house.do(overwritten.counts, group.cycle_id) == []


def test_a_settlement_that_is_refused_keeps_nothing(house: House) -> None:
    house.link()
    house.link(BEN, BEN_AT)
    stream_id = house.stream(read=1)
    house.put(stream_id, change())
    (row,) = house.claim()
    taken = {"id": row.id, "outcome": "updated", "link": {"address": BEN_AT}, "overwrote": {"JOB": "CTO"}}
    assert house.settle(taken) == [row.id]
    assert house.do(overwritten.counts, row.cycle_id) == []


def test_pages_go_on_behind_a_record_and_leave_out_what_was_put_back(house: House) -> None:
    house.link()
    house.link(BEN, BEN_AT)
    stream_id = house.stream(read=2)
    _write(house, stream_id, {"JOB": "CTO"}, {})
    group = _write(house, stream_id, {"JOB": "CTO"}, {}, BEN, address=BEN_AT)
    (first,) = _page(house, group, limit=1)
    assert [first.record_id, *(one.record_id for one in _page(house, group, ADA))] == [ADA, BEN]
    house.do(overwritten.mark, group, [ADA])
    assert [one.record_id for one in _page(house, group)] == [BEN]
    (told,) = house.do(overwritten.counts, group.cycle_id)
    assert (told["records"], told["undone"]) == (2, 1)


def test_what_is_on_its_way_shows(house: House) -> None:
    house.link()
    group = _write(house, house.stream(read=1), {"JOB": "CTO"}, {"JOB": "CEO"})
    house.put(house.stream(read=1), change(version=2))
    assert [one.underway for one in _page(house, group)] == [True]
    assert house.do(overwritten.nameless, group) == 1


def test_it_goes_with_its_age(house: House) -> None:
    house.link()
    group = _write(house, house.stream(read=1), {"JOB": "CTO"}, {"JOB": "CEO"})
    assert house.do(overwritten.prune, NOW - timedelta(days=36_500)) == 0
    assert house.do(overwritten.prune, NOW + timedelta(days=36_500)) == 1
    assert _page(house, group) == []
