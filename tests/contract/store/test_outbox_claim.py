"""Who gets which rows, and what stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT, DOV, DOV_AT
from support.stored import LATER, NOW, SOON, House, change

from store import cycles, links, outbox, pages, pauses, streams
from store.db import Tx
from store.errors import Contended
from sync.model import Direction, Entity, Lane
from sync.survivors import Candidate


def _ids(rows: list[outbox.Claimed]) -> list[str]:
    return [row.record_id for row in rows]


def test_claim_tells_all_that_a_decision_needs(house: House) -> None:
    link = house.link()
    stream = house.stream(read=1)
    house.put(stream, change(ADA, 5))
    row = house.claim()[0]
    assert (row.stream_id, row.entity, row.record_id, row.version) == (stream, Entity.CONTACT, ADA, 5)
    assert (row.link, row.holder) == (link, (Entity.CONTACT, ADA))
    assert (row.attempts, row.single, row.change) == (0, False, {"record_id": ADA, "version": 5})


def test_shadowed_record_comes_without_link_but_with_the_holder_of_its_address(house: House) -> None:
    house.link(ADA)
    house.put(house.stream(read=1), change(BEN, 1, address=ADA_AT))
    row = house.claim()[0]
    assert (row.link, row.holder) == (None, (Entity.CONTACT, ADA))


def test_deletions_come_last_even_when_they_are_older(house: House) -> None:
    stream = house.stream(read=2)
    house.put(stream, change(ADA, 1, phase=1))
    house.put(stream, change(BEN, 1, address=BEN_AT))
    cycle_id = house.do(streams.get, stream)["cycle_id"]
    assert house.do(outbox.release_held, cycle_id) == 1
    assert _ids(house.claim()) == [BEN, ADA]


def test_opportunities_come_as_they_were_changed_also_after_a_pause(house: House) -> None:
    stream = house.stream(read=3)
    deals = [change(*one, entity=Entity.OPPORTUNITY, address=None) for one in ((ADA, 3), (BEN, 1), (CLEO, 2))]
    house.put(stream, *deals)
    (first,) = house.claim(limit=1)
    house.do(outbox.back, [{"id": first.id}])
    assert _ids(house.claim()) == [BEN, CLEO, ADA]


def test_row_waits_for_its_due_time(house: House) -> None:
    house.put(house.stream(read=1), change(ADA, 1))
    house.do(outbox.back, [{"id": house.claim()[0].id, "due_at": SOON}])
    assert house.claim(now=NOW) == []
    assert _ids(house.claim(now=SOON)) == [ADA]


def test_newer_change_waits_for_the_record_in_flight(house: House) -> None:
    stream = house.stream(read=2)
    house.put(stream, change(ADA, 1))
    house.claim()
    house.put(stream, change(ADA, 2, address="new@example.com"))
    assert house.claim() == []


def test_record_waits_while_its_address_is_in_flight_for_another_record(house: House) -> None:
    stream = house.stream(read=2)
    house.put(stream, change(ADA, 1))
    house.claim()
    house.put(stream, change(BEN, 1, address=ADA_AT))
    assert house.claim() == []


def test_two_records_of_one_address_are_never_claimed_together(house: House) -> None:
    house.put(house.stream(read=2), change(ADA, 1), change(BEN, 1, address=ADA_AT))
    assert len(house.claim()) == 1


def test_accounts_have_no_address_and_come_together(house: House) -> None:
    rows = [change(each, 1, entity=Entity.ACCOUNT, address=None) for each in (ADA, BEN)]
    house.put(house.stream(read=2), *rows)
    assert len(house.claim()) == 2


def test_record_waits_until_the_former_owner_of_its_address_was_renamed(house: House) -> None:
    link = house.link(ADA, ADA_AT)
    stream = house.stream(read=3)
    house.put(stream, change(ADA, 1))
    house.settle({"id": house.claim()[0].id, "outcome": "created", "link": {"ac_id": 1, "agreed": {"email": ADA_AT}}})
    house.mine(links.hold, moved={link.id: Candidate(Entity.CONTACT, ADA, CLEO_AT)})
    house.put(stream, change(ADA, 2, address=CLEO_AT))
    house.put(stream, change(BEN, 1, address=ADA_AT))
    assert _ids(house.claim()) == [ADA]
    assert house.claim() == []


@pytest.mark.parametrize(("entity", "direction"), [(Entity.CONTACT, None), (None, None), (None, Direction.OUTBOUND)])
def test_paused_entity_collects_and_goes_on_later(
    house: House, entity: Entity | None, direction: Direction | None
) -> None:
    house.put(house.stream(read=1), change(ADA, 1))
    house.mine(pauses.pause, entity, direction, "ada", "holidays")
    assert (house.claim(), house.do(outbox.ready, NOW)) == ([], [])
    house.mine(pauses.resume, entity, direction, "ada")
    assert _ids(house.claim()) == [ADA]


@pytest.mark.parametrize(("entity", "direction"), [(Entity.LEAD, None), (Entity.CONTACT, Direction.INBOUND)])
def test_pause_of_something_else_stops_nothing(
    house: House, entity: Entity | None, direction: Direction | None
) -> None:
    house.put(house.stream(read=1), change(ADA, 1))
    house.mine(pauses.pause, entity, direction, "ada")
    assert _ids(house.claim()) == [ADA]


def test_lanes_and_entities_are_claimed_apart(house: House) -> None:
    house.put(house.stream(read=1), change(ADA, 1))
    house.put(house.stream(read=1), change(BEN, 1, address=BEN_AT), lane=Lane.BACKFILL)
    assert house.claim(entity=Entity.LEAD) == []
    assert _ids(house.claim(lane=Lane.BACKFILL)) == [BEN]
    assert _ids(house.claim(entity=Entity.CONTACT)) == [ADA]


def test_limit_takes_the_oldest(house: House) -> None:
    stream = house.stream(read=3)
    for record_id, address in ((CLEO, CLEO_AT), (ADA, ADA_AT), (DOV, DOV_AT)):
        house.put(stream, change(record_id, 1, address=address))
    assert _ids(house.claim(limit=2)) == [CLEO, ADA]


def test_workers_at_once_share_the_rows_without_overlap(house: House) -> None:
    stream = house.stream(read=200)
    rows = [change(f"00000000-0000-4000-8000-{n:012}", 1, address=f"p{n // 2}@example.com") for n in range(200)]
    house.put(stream, *rows)
    with ThreadPoolExecutor(4) as pool:
        taken = [row for batch in pool.map(lambda n: house.claim(limit=60, worker=f"w{n}"), range(8)) for row in batch]
    assert len({row.id for row in taken}) == len(taken) == 100
    assert len({row.address for row in taken}) == 100


def test_claim_waits_for_another_one_that_is_not_committed(house: House) -> None:
    house.put(house.stream(read=2), change(ADA, 1), change(BEN, 1, address=ADA_AT))

    def impatient(tx: Tx, connection_id: int, **named: Any) -> list[outbox.Claimed]:
        tx.execute("SET LOCAL lock_timeout = '100ms'")
        return outbox.claim(tx, connection_id, **named)

    asked = {"lane": Lane.SYNC, "limit": 1, "lease_s": 60, "now": NOW}
    with house.db.transaction() as tx:
        assert len(outbox.claim(tx, house.id, worker="w1", **asked)) == 1
        with pytest.raises(Contended):
            house.mine(impatient, worker="w2", **asked)


def test_ready_names_what_could_be_claimed_up_to_a_cap(house: House) -> None:
    stream = house.stream(read=3)
    house.put(stream, change(ADA, 1), change(BEN, 1, address=BEN_AT), change(CLEO, 1, address=CLEO_AT, phase=1))
    row = {"connection_id": house.id, "entity": "contact", "direction": "outbound", "lane": "sync"}
    assert house.do(outbox.ready, NOW) == [{**row, "ready": 2}]
    assert house.do(outbox.ready, NOW, 1) == [{**row, "ready": 1}]


def test_counts_tell_ready_waiting_held_and_in_flight_apart(house: House) -> None:
    stream = house.stream(read=4)
    rows = ((ADA, ADA_AT, 0), (BEN, BEN_AT, 0), (CLEO, CLEO_AT, 0), (DOV, DOV_AT, 1))
    house.put(stream, *(change(record_id, 1, address=address, phase=phase) for record_id, address, phase in rows))
    first, _ = house.claim(limit=2)
    house.do(outbox.back, [{"id": first.id, "due_at": LATER.replace(year=2999)}])
    found = house.mine(outbox.pending_counts)
    assert [(r["phase"], r["held"], r["ready"], r["waiting"], r["in_flight"]) for r in found] == [
        (0, False, 1, 1, 1),
        (1, True, 1, 0, 0),
    ]


def _ready(house: House, batch: int = 2, lane: Lane = Lane.SYNC) -> bool:
    return bool(house.mine(outbox.batch_ready, Entity.CONTACT, lane, batch, NOW))


def test_small_batch_waits_while_pages_are_still_to_be_transformed(house: House) -> None:
    stream = house.stream(read=2, done=False)
    assert not _ready(house)
    house.put(stream, change(ADA, 1))
    assert not _ready(house)
    house.put(stream, change(BEN, 1, address=BEN_AT))
    assert _ready(house)


def test_small_batch_goes_when_no_more_is_coming(house: House) -> None:
    stream = house.stream(read=1, done=False)
    house.put(stream, change(ADA, 1))
    page = house.do(pages.unclaimed, 10)[0]
    house.do(pages.claim, page["id"], "w1", 60)
    house.do(streams.fetched, stream)
    assert not _ready(house)
    house.do(pages.done, page["id"], "w1")
    assert _ready(house)


def test_small_batch_goes_when_its_stream_waits_for_a_service(house: House) -> None:
    stream = house.stream(done=False)
    house.put(stream, change(ADA, 1))
    house.do(streams.postpone, stream, LATER, {"code": "away"})
    assert _ready(house)


def test_live_rows_wait_for_no_batch(house: House) -> None:
    stream = house.stream(read=1, done=False, lane=Lane.LIVE)
    house.put(stream, change(ADA, 1), lane=Lane.LIVE)
    assert _ready(house, 250, Lane.LIVE)


def test_claimed_rows_know_their_cycle(house: House) -> None:
    stream = house.stream(read=1)
    house.put(stream, change(ADA, 1))
    cycle = house.do(cycles.get, house.claim()[0].cycle_id)
    assert cycle["kind"] == "retry"
