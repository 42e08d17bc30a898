"""Settling: row, link, history and counters change together, once, and only for who holds the row."""

from __future__ import annotations

from typing import Any

from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.stored import NOW, House, change

from store import links, outbox, outcomes, streams
from sync.model import Entity
from sync.survivors import Candidate

FACTS: dict[str, Any] = {
    "ac_id": 42,
    "agreed": {"email": ADA_AT, "firstName": "Ada"},
    "agreed_version": 5,
    "account_id": BEN,
    "tagged": ["[D365: Contact]"],
}


def _claimed(house: House, record_id: str = ADA, version: int = 5, **more: Any) -> outbox.Claimed:
    house.put(house.stream(read=1), change(record_id, version, **more))
    return house.claim()[0]


def test_settled_row_updates_link_history_and_counters(house: House) -> None:
    house.link()
    row = _claimed(house)
    assert house.settle({"id": row.id, "outcome": "created", "reason": "new", "link": FACTS, "unlink": False}) == []
    link = house.link_of()
    assert (link.ac_id, link.agreed, link.agreed_version, link.delivered) == (42, FACTS["agreed"], 5, True)
    assert (link.account_id, link.tagged, link.address) == (BEN, ("[D365: Contact]",), ADA_AT)
    (told,) = house.mine(outcomes.of_record, Entity.CONTACT, ADA)
    assert (told["outcome"], told["reason"], told["version"], told["cycle_id"]) == ("created", "new", 5, row.cycle_id)
    assert house.counts(row.stream_id) == {"created": 1}
    assert house.do(streams.settled, row.stream_id)


def test_facts_that_are_not_named_stay_and_null_is_a_fact(house: House) -> None:
    house.link()
    house.settle({"id": _claimed(house).id, "outcome": "created", "link": FACTS})
    house.settle({"id": _claimed(house, version=6).id, "outcome": "updated", "link": {"account_id": None}})
    link = house.link_of()
    assert (link.ac_id, link.agreed, link.tagged, link.account_id) == (42, FACTS["agreed"], ("[D365: Contact]",), None)


def test_settling_without_facts_leaves_the_link_undelivered(house: House) -> None:
    house.link()
    house.settle({"id": _claimed(house).id, "outcome": "skipped", "reason": "is inactive", "link": None})
    assert not house.link_of().delivered


def test_settling_twice_counts_once(house: House) -> None:
    row = _claimed(house)
    for _ in range(2):
        house.settle({"id": row.id, "outcome": "updated"})
    assert house.counts(row.stream_id) == {"updated": 1}


def test_pending_row_can_not_be_settled(house: House) -> None:
    row = _claimed(house)
    house.do(outbox.back, [{"id": row.id, "due_at": NOW}])
    house.settle({"id": row.id, "outcome": "updated"})
    assert len(house.claim()) == 1


def test_unlinked_record_leaves_no_link(house: House) -> None:
    house.link()
    house.settle({"id": _claimed(house).id, "outcome": "updated", "link": None, "unlink": True})
    assert house.mine(links.of_records, Entity.CONTACT, [ADA]) == {}


def test_link_taken_over_meanwhile_keeps_its_new_holder_and_forgets_the_version(house: House) -> None:
    link, row = house.link(), _claimed(house)
    house.mine(links.hold, moved={link.id: Candidate(Entity.CONTACT, BEN, ADA_AT)})
    house.settle({"id": row.id, "outcome": "created", "link": FACTS})
    taken = house.link_of(BEN)
    assert (taken.id, taken.ac_id, taken.agreed, taken.agreed_version) == (link.id, 42, FACTS["agreed"], 0)


def test_unlinking_spares_a_link_that_another_record_took_over(house: House) -> None:
    link, row = house.link(), _claimed(house)
    house.mine(links.hold, moved={link.id: Candidate(Entity.CONTACT, BEN, ADA_AT)})
    house.settle({"id": row.id, "outcome": "updated", "unlink": True})
    assert house.link_of(BEN).id == link.id


def test_contact_that_belongs_to_another_link_is_refused_and_the_rest_settled(house: House) -> None:
    house.link(ADA)
    house.settle({"id": _claimed(house).id, "outcome": "created", "link": FACTS})
    house.link(BEN, BEN_AT)
    refused = _claimed(house, BEN, address=BEN_AT)
    good = _claimed(house, ADA, 6)
    rows = [{"id": row.id, "outcome": "updated", "link": {"ac_id": 42}} for row in (refused, good)]
    assert house.settle(*rows) == [refused.id]
    assert (house.link_of(BEN).ac_id, house.link_of(ADA).ac_id) == (None, 42)
    assert house.do(outbox.extend, [refused.id], NOW) == 1


def test_two_rows_that_name_one_new_contact_do_not_both_get_it(house: House) -> None:
    house.link(ADA)
    house.link(BEN, BEN_AT)
    first, second = _claimed(house), _claimed(house, BEN, address=BEN_AT)
    rows = [{"id": row.id, "outcome": "created", "link": {"ac_id": 42}} for row in (first, second)]
    assert house.settle(*rows) == [second.id]


def test_account_and_contact_may_have_the_same_number(house: House) -> None:
    house.link(ADA)
    house.link(BEN, None, Entity.ACCOUNT)
    rows = [_claimed(house), _claimed(house, BEN, entity=Entity.ACCOUNT, address=None)]
    assert house.settle(*({"id": r.id, "outcome": "created", "link": {"ac_id": 42}} for r in rows)) == []


def test_one_batch_counts_for_every_stream_it_serves(house: House) -> None:
    first, second = house.stream(read=1), house.stream(read=1)
    house.put(first, change(ADA, 1))
    house.put(second, change(BEN, 1, address=BEN_AT))
    outcome = {ADA: "created", BEN: "failed"}
    house.settle(*({"id": row.id, "outcome": outcome[row.record_id]} for row in house.claim()))
    assert (house.counts(first), house.counts(second)) == ({"created": 1}, {"failed": 1})
