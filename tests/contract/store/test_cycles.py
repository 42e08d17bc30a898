"""Cycles: what may wait, what may run beside what, and how they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.stored import NOW, SOON, House, change

from store import connections, cycles, streams, watermarks
from sync.model import CycleKind, Direction, Entity, Lane


def test_opened_cycle_waits_with_its_streams_in_order(house: House) -> None:
    cycle_id = house.cycle(Entity.ACCOUNT, Entity.LEAD)
    cycle = house.do(cycles.get, cycle_id)
    assert (cycle["state"], cycle["kind"], cycle["lane"], cycle["requested_by"]) == ("queued", "manual", "sync", "ada")
    found = house.do(cycles.streams, cycle_id)
    assert [(s["entity"], s["state"], s["kind"], s["lane"]) for s in found] == [
        ("account", "pending", "manual", "sync"),
        ("lead", "pending", "manual", "sync"),
    ]


def test_same_request_waits_once_but_another_one_beside_it(house: House) -> None:
    assert house.cycle(Entity.LEAD)
    assert house.cycle(Entity.LEAD) is None
    assert house.cycle(Entity.CONTACT)


def test_same_request_may_wait_while_the_first_one_runs(house: House) -> None:
    house.do(cycles.start, house.cycle())
    assert house.cycle()


def test_slot_is_taken_once_and_for_good(house: House) -> None:
    first = house.cycle(kind=CycleKind.SCHEDULED, slot=NOW)
    house.do(cycles.start, first)
    house.do(cycles.finish, first, "complete")
    assert house.cycle(kind=CycleKind.SCHEDULED, slot=NOW) is None
    assert house.cycle(kind=CycleKind.SCHEDULED, slot=SOON)


def test_one_cycle_over_whole_tables_runs_at_a_time(house: House) -> None:
    first, second = house.cycle(), house.cycle(kind=CycleKind.INITIAL)
    assert house.do(cycles.start, first)
    assert not house.do(cycles.start, second)
    house.do(cycles.finish, first, "complete", "")
    assert house.do(cycles.start, second)


@pytest.mark.parametrize("kind", [CycleKind.RECORD, CycleKind.RETRY])
def test_single_records_and_retries_run_beside_it(house: House, kind: CycleKind) -> None:
    assert house.do(cycles.start, house.cycle())
    assert house.do(cycles.start, house.cycle(kind=kind))


def test_cycle_starts_once(house: House) -> None:
    cycle_id = house.cycle()
    assert house.do(cycles.start, cycle_id)
    assert not house.do(cycles.start, cycle_id)


def test_other_connections_do_not_wait(house: House) -> None:
    house.do(cycles.start, house.cycle())
    other = House(house.db, _second(house))
    assert other.do(cycles.start, other.cycle())


def _second(house: House) -> int:
    row = {"dynamics_url": "https://b.example", "dynamics_client_id": "b", "activecampaign_url": "https://b2.example"}
    found: int = house.do(connections.ensure, "second", **row, secrets=b"x")
    return found


def test_next_in_line_is_the_oldest_that_could_start(house: House) -> None:
    running, waiting, beside = house.cycle(), house.cycle(Entity.LEAD), house.cycle(kind=CycleKind.RETRY)
    house.do(cycles.start, running)
    assert house.mine(cycles.next_queued)["id"] == beside
    house.do(cycles.finish, running, "complete")
    assert house.mine(cycles.next_queued)["id"] == waiting


def test_cycle_ends_once_with_its_note(house: House) -> None:
    cycle_id = house.cycle()
    house.do(cycles.start, cycle_id)
    assert house.do(cycles.finish, cycle_id, "partial", "2 failed")
    assert not house.do(cycles.finish, cycle_id, "complete", "")
    cycle = house.do(cycles.get, cycle_id)
    assert (cycle["state"], cycle["note"]) == ("partial", "2 failed")
    assert cycle["finished_at"] >= cycle["started_at"]


def test_lists_show_the_newest_and_the_unfinished(house: House) -> None:
    done, running = house.cycle(kind=CycleKind.RETRY), house.cycle()
    house.do(cycles.finish, done, "complete")
    assert [c["id"] for c in house.do(cycles.recent, 5)] == [running, done]
    assert [c["id"] for c in house.do(cycles.recent, 5, 999)] == []
    assert [c["id"] for c in house.do(cycles.unfinished)] == [running]


def test_locked_cycle_makes_others_wait(house: House) -> None:
    cycle_id = house.cycle()
    with house.db.transaction() as tx:
        assert cycles.lock(tx, cycle_id)
        rows = house.do(lambda other: other.execute("SELECT id FROM cycles FOR UPDATE SKIP LOCKED").fetchall())
    assert rows == []
    assert house.do(cycles.lock, 999) is None


def test_pruning_forgets_old_cycles_but_none_with_rows_on_their_way(house: House) -> None:
    kept = house.stream(read=1)
    gone = house.stream(read=1)
    house.put(kept, change())
    for stream in (kept, gone):
        house.do(cycles.finish, house.do(streams.get, stream)["cycle_id"], "complete")
    assert house.do(cycles.prune, NOW + timedelta(days=36500)) == 1
    assert house.do(streams.get, gone) is None
    assert house.do(streams.get, kept)


def test_watermark_moves_and_remembers_how_it_began(house: House) -> None:
    where = (Entity.CONTACT, Direction.OUTBOUND)
    assert house.mine(watermarks.get, *where) is None
    house.mine(watermarks.move, *where, kind="delta", link="t1", select_hash="h", established="baseline")
    house.mine(watermarks.move, *where, kind="modified", link="t2", select_hash="h2")
    mark = house.mine(watermarks.get, *where)
    assert [mark[key] for key in ("kind", "link", "select_hash", "established")] == ["modified", "t2", "h2", "baseline"]
    assert house.mine(watermarks.forget, *where)
    assert not house.mine(watermarks.forget, *where)


def test_lane_is_part_of_the_request(house: House) -> None:
    assert house.cycle(kind=CycleKind.RETRY)
    assert house.cycle(kind=CycleKind.RETRY, lane=Lane.LIVE)
