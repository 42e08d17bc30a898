"""Requests as they are kept: filed once, one at a time for a contact, and every step a swap."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from support.cast import ADA, BEN, CLEO
from support.stored import LATER, NOW, SOON, House

from config import document as documents
from store import configurations, listening, requests
from store.errors import StoreError

NOOR = "99999999-0000-4000-8000-000000000009"


def row(request_id: str = ADA, **more: Any) -> dict[str, Any]:
    fixed = {"kind": 1, "target": "automation:1", "name": "Nurture", "entity": "contact", "record_id": CLEO}
    return {"request_id": request_id, **fixed, "requester": NOOR, "behalf": None, "asked_at": NOW.isoformat(), **more}


def filed(house: House, *ids: str) -> list[int]:
    found: list[int] = house.mine(requests.file, [row(one) for one in ids or (ADA,)])
    with house.db.transaction() as tx:
        tx.execute("UPDATE requests SET due_at = %s", (NOW,))
    return found


def claim(house: House, number: int, now: datetime = NOW) -> Any:
    return house.mine(requests.claim, number, now, 60)


def test_what_is_heard_twice_is_filed_once(house: House) -> None:
    assert len(filed(house, ADA, BEN)) == 2
    assert filed(house, ADA, BEN) == []


def test_one_worker_has_a_request_until_its_lease_runs_out(house: House) -> None:
    [number] = filed(house)
    first = claim(house, number)
    assert claim(house, number) is None
    second = claim(house, number, LATER)
    assert (first["claims"], second["claims"]) == (1, 2)


def test_who_lost_the_lease_changes_nothing(house: House) -> None:
    [number] = filed(house)
    slow = claim(house, number)
    quick = claim(house, number, LATER)
    assert not house.do(requests.check, slow, 7)
    assert house.do(requests.check, quick, 7)
    assert not house.do(requests.act, slow, {}, LATER, 60)
    assert house.do(requests.act, quick, {}, LATER, 60)
    assert house.do(requests.settle, slow, "done", "", LATER) is None
    assert house.do(requests.settle, quick, "done", "", LATER)["state"] == "done"


def test_what_was_not_checked_is_not_acted_on(house: House) -> None:
    [number] = filed(house)
    assert not house.do(requests.act, claim(house, number), {}, NOW, 60)


def test_one_request_at_a_time_has_a_contact(house: House) -> None:
    ada, ben = (claim(house, number) for number in filed(house, ADA, BEN))
    assert house.do(requests.check, ada, 7)
    assert not house.do(requests.check, ben, 7)
    house.do(requests.settle, ada, "done", "", NOW)
    assert house.do(requests.check, ben, 7)


def test_the_database_itself_refuses_two_at_once(house: House) -> None:
    filed(house, ADA, BEN)
    with pytest.raises((StoreError, psycopg.Error)), house.db.transaction() as tx:
        tx.execute("UPDATE requests SET state = 'acting', ac_id = 7")


def test_one_that_waits_lets_the_contact_go(house: House) -> None:
    ada, ben = (claim(house, number) for number in filed(house, ADA, BEN))
    house.do(requests.check, ada, 7)
    house.do(requests.postpone, ada, SOON, "waits")
    assert house.do(requests.check, ben, 7)
    assert ada["id"] not in house.mine(requests.due, NOW)
    assert ada["id"] in house.mine(requests.due, SOON)


def test_one_that_acted_keeps_the_contact_while_it_waits(house: House) -> None:
    ada, ben = (claim(house, number) for number in filed(house, ADA, BEN))
    house.do(requests.check, ada, 7)
    house.do(requests.act, ada, {"act": "enrol"}, NOW, 60)
    house.do(requests.postpone, ada, SOON, "lost", failed=True)
    assert not house.do(requests.check, ben, 7)


@pytest.mark.parametrize(("made", "acts"), [(True, 1), (False, 0)])
def test_an_act_that_never_arrived_does_not_count(house: House, made: bool, acts: int) -> None:
    [number] = filed(house)
    taken = claim(house, number)
    house.do(requests.check, taken, 7)
    house.do(requests.act, taken, {}, NOW, 60)
    assert house.do(requests.back, taken, made=made)
    assert house.do(requests.get, number)["acts"] == acts


def test_only_what_was_not_begun_is_withdrawn(house: House) -> None:
    first, second = filed(house, ADA, BEN)
    taken = claim(house, second)
    house.do(requests.check, taken, 7)
    house.do(requests.act, taken, {}, NOW, 60)
    assert [one["id"] for one in house.mine(requests.withdraw, [ADA, BEN], NOW)] == [first]
    assert house.mine(requests.due, LATER) == [second]


def test_what_was_answered_is_due_no_more(house: House) -> None:
    [number] = filed(house)
    taken = claim(house, number)
    settled = house.do(requests.settle, taken, "refused", "No.", NOW)
    assert house.mine(requests.due, LATER) == [number]
    assert house.do(requests.answered, settled, NOW)
    assert house.mine(requests.due, LATER) == []
    assert claim(house, number, LATER) is None


def test_one_that_was_woken_a_moment_ago_is_not_woken_again(house: House) -> None:
    filed(house)
    later = NOW + timedelta(seconds=16)
    assert [len(house.mine(requests.due, at)) for at in (NOW, NOW, later)] == [1, 0, 1]


def test_only_what_was_done_counts_as_earlier(house: House) -> None:
    ada, ben = (claim(house, number) for number in filed(house, ADA, BEN))
    house.do(requests.check, ada, 7)
    assert house.do(requests.earlier, {**ben, "ac_id": 7}) is None
    house.do(requests.act, ada, {}, NOW, 60)
    house.do(requests.settle, ada, "done", "", NOW, 44)
    assert house.do(requests.earlier, {**ben, "ac_id": 7})["enrolment"] == 44
    assert house.do(requests.earlier, {**ben, "ac_id": 8}) is None


def test_a_note_is_tried_once(house: House) -> None:
    [number] = filed(house)
    assert [house.do(requests.note, number) for _ in range(2)] == [True, False]


def enable(house: House, enabled: bool) -> None:
    document = documents.load({"panel": {"enabled": enabled}})
    house.mine(configurations.save, document, "test")


def test_nobody_listens_before_the_panel_is_switched_on(house: House) -> None:
    enable(house, False)
    assert house.do(listening.due, LATER) == []
    assert house.mine(listening.claim, LATER, 60, begin=False) is None
    enable(house, True)
    assert house.do(listening.due, LATER) == [house.id]


def test_one_at_a_time_listens_to_a_connection(house: House) -> None:
    turn = house.mine(listening.claim, LATER, 60, begin=True)
    assert house.mine(listening.claim, LATER, 60, begin=True) is None
    house.mine(listening.heard, turn["turn"], LATER, LATER)
    assert house.mine(listening.claim, LATER, 60, begin=True)["turn"] == turn["turn"] + 1


def test_who_listened_too_long_moves_nothing(house: House) -> None:
    slow = house.mine(listening.claim, LATER, 60, begin=True)
    after = LATER + timedelta(minutes=2)
    house.mine(listening.claim, after, 60, begin=True)
    assert not house.mine(listening.move, slow["turn"], "link", tracked=True)


def test_a_hint_does_not_break_a_pause_that_failures_made(house: House) -> None:
    turn = house.mine(listening.claim, LATER, 60, begin=True)
    house.mine(listening.failed, turn["turn"], "away", LATER + timedelta(minutes=1))
    assert house.mine(listening.claim, LATER, 60, begin=True) is None


def test_choices_are_told_with_every_configuration_and_from_time_to_time(house: House) -> None:
    house.mine(listening.claim, LATER, 60, begin=True)
    told = [house.mine(listening.choose, version, now, now + timedelta(minutes=10)) for version, now in
            ((1, LATER), (1, LATER), (2, LATER), (2, LATER + timedelta(minutes=11)))]  # fmt: skip
    assert told == [True, False, True, True]
