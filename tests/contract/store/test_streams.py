"""Streams and their pages: nothing read twice, nothing lost, everything counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.cast import ADA, BEN, BEN_AT
from support.stored import LATER, NOW, SOON, House, change

from store import cycles, outbox, pages, streams
from store.errors import Refused
from sync.model import CycleKind


def _file(house: House, stream: int, number: int, rows: list[Any], cursor: str | None = "next") -> int | None:
    found: int | None = house.do(pages.file, stream, number, rows, cursor)
    return found


def test_stream_goes_from_pending_to_done_one_step_at_a_time(house: House) -> None:
    stream = house.do(cycles.streams, house.cycle())[0]["id"]
    steps = [(streams.begin, "hash"), (streams.fetched,), (streams.finish,)]
    assert not house.do(streams.fetched, stream)
    assert not house.do(streams.finish, stream)
    for step, *args in steps:
        assert house.do(step, stream, *args)
        assert not house.do(step, stream, *args)
    row = house.do(streams.get, stream)
    assert (row["state"], row["select_hash"], row["kind"]) == ("done", "hash", "manual")


def test_page_and_cursor_are_filed_together(house: House) -> None:
    stream = house.stream(done=False)
    page_id = _file(house, stream, 0, [{"a": 1}, {"a": 2}], "page 2")
    row = house.do(streams.get, stream)
    assert (row["pages"], row["read"], row["cursor"]) == (1, 2, "page 2")
    page = house.do(pages.claim, page_id, "w1", 60)
    assert (page["rows"], page["number"], page["entity"], page["kind"]) == ([{"a": 1}, {"a": 2}], 1, "contact", "retry")
    assert (page["stream_id"], page["cycle_id"], page["connection_id"]) == (stream, row["cycle_id"], house.id)


def test_repeated_fetch_files_nothing_twice(house: House) -> None:
    stream = house.stream(done=False)
    assert _file(house, stream, 0, [{}])
    assert _file(house, stream, 0, [{}]) is None
    assert _file(house, stream, 1, [{}])
    assert house.do(streams.get, stream)["read"] == 2


def test_failed_stream_takes_no_more_pages(house: House) -> None:
    stream = house.stream(done=False)
    assert house.do(streams.fail, stream, {"code": "x"})
    assert not house.do(streams.fail, stream, {"code": "y"})
    assert _file(house, stream, 0, [{}]) is None
    assert house.do(streams.get, stream)["error"] == {"code": "x"}


def test_page_is_claimed_once_and_ends_empty(house: House) -> None:
    page_id = _file(house, house.stream(done=False), 0, [{}])
    assert [row["id"] for row in house.do(pages.unclaimed, 10)] == [page_id]
    assert house.do(pages.claim, page_id, "w1", 60)
    assert house.do(pages.claim, page_id, "w2", 60) is None
    assert house.do(pages.unclaimed, 10) == []
    assert house.do(pages.done, page_id, "w1")
    assert not house.do(pages.done, page_id, "w1")


def test_page_of_a_dead_worker_goes_to_the_next_one(house: House) -> None:
    page_id = _file(house, house.stream(done=False), 0, [{}])
    house.do(pages.claim, page_id, "w1", 60)
    assert house.do(pages.expired, NOW.replace(year=2000)) == []
    assert house.do(pages.expired, NOW.replace(year=2999)) == [page_id]
    assert house.do(pages.claim, page_id, "w2", 60)["attempts"] == 2
    assert not house.do(pages.done, page_id, "w1")
    assert house.do(pages.done, page_id, "w2")


def test_postponed_stream_counts_attempts_until_a_page_is_filed(house: House) -> None:
    stream = house.stream(done=False)
    for _ in range(2):
        house.do(streams.postpone, stream, SOON, {"code": "away"})
    row = house.do(streams.get, stream)
    assert (row["attempts"], row["due_at"], row["error"]) == (2, SOON, {"code": "away"})
    _file(house, stream, 0, [{}])
    row = house.do(streams.get, stream)
    assert (row["attempts"], row["due_at"], row["error"]) == (0, None, None)


def test_expired_change_token_starts_the_stream_over(house: House) -> None:
    stream = house.stream(done=False)
    _file(house, stream, 0, [{}], "page 2")
    assert house.do(streams.start_over, stream)
    row = house.do(streams.get, stream)
    assert (row["full"], row["cursor"], row["pages"], row["mode"]) == (True, None, 1, "delta")


def test_missing_change_tracking_changes_the_mode(house: House) -> None:
    stream = house.stream(done=False)
    house.do(streams.advance, stream, "page 2")
    assert house.do(streams.use_modified, stream)
    row = house.do(streams.get, stream)
    assert (row["mode"], row["cursor"]) == ("modified", None)


def test_idle_streams_are_those_that_wait_for_nothing(house: House) -> None:
    stream = house.stream(done=False)
    ages = timedelta(days=36500)
    assert house.do(streams.idle, NOW, NOW - ages) == []
    assert [row["id"] for row in house.do(streams.idle, NOW, NOW)] == [stream]
    house.do(streams.postpone, stream, LATER, {})
    assert house.do(streams.idle, NOW, NOW) == []
    assert len(house.do(streams.idle, LATER, NOW)) == 1


def test_stream_is_settled_when_all_it_read_has_an_outcome(house: House) -> None:
    stream = house.stream(read=3)
    house.do(streams.count, stream, {"created": 1, "skipped": 1})
    assert not house.do(streams.settled, stream)
    house.do(streams.count, stream, {"failed": 1})
    assert house.do(streams.settled, stream)
    assert house.counts(stream) == {"created": 1, "skipped": 1, "failed": 1}


def test_stream_with_an_open_page_is_not_settled(house: House) -> None:
    stream = house.stream(done=False)
    page_id = _file(house, stream, 0, [])
    house.do(streams.fetched, stream)
    assert not house.do(streams.settled, stream)
    house.do(pages.claim, page_id, "w1", 60)
    house.do(pages.done, page_id, "w1")
    assert house.do(streams.settled, stream)


def test_stream_is_drained_when_only_held_deletions_are_left(house: House) -> None:
    stream = house.stream(read=2)
    house.put(stream, change(ADA, 1), change(BEN, 1, address=BEN_AT, phase=1))
    assert not house.do(streams.drained, stream)
    house.settle({"id": house.claim()[0].id, "outcome": "created"})
    assert house.do(streams.drained, stream)
    assert not house.do(streams.settled, stream)
    house.do(outbox.release_held, house.do(streams.get, stream)["cycle_id"])
    assert not house.do(streams.drained, stream)


def test_more_outcomes_than_records_are_refused(house: House) -> None:
    stream = house.stream(read=1)
    with pytest.raises(Refused, match="streams_conserved"):
        house.do(streams.count, stream, {"created": 2})
    assert house.counts(stream) == {}


def test_what_waited_and_is_settled_later_leaves_waiting(house: House) -> None:
    stream = house.stream(read=2)
    house.put(stream, change(ADA, 1))
    house.do(streams.count, stream, {"created": 1, "waiting": 1})
    house.settle({"id": house.claim()[0].id, "outcome": "updated"})
    assert house.counts(stream) == {"created": 1, "updated": 1}


def test_waiting_gives_way_to_outcomes_counted_by_hand_too(house: House) -> None:
    stream = house.stream(read=2)
    house.do(streams.count, stream, {"waiting": 2})
    house.do(streams.count, stream, {"skipped": 1})
    assert house.counts(stream) == {"waiting": 1, "skipped": 1}


def test_pages_of_ended_streams_are_forgotten(house: House) -> None:
    ended, alive = house.stream(read=1), house.stream(read=1, kind=CycleKind.RECORD)
    house.do(streams.finish, ended)
    assert house.do(pages.prune, NOW + timedelta(days=36500)) == 1
    assert house.do(streams.get, alive)["pages"] == 1
