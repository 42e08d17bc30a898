"""What a comparison remembers: who speaks for an address, what stands in the way, where it goes on."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO
from support.stored import NOW, House, change

from store import asked, failures, links, verifications, wanted
from store.verifications import Standing
from sync.model import Direction, Entity, Lane

JANUARY, MAY = "2030-01-01T00:00:00Z", "2030-05-01T00:00:00Z"
CONTACT, LEAD, DEAL = Entity.CONTACT, Entity.LEAD, Entity.OPPORTUNITY


@pytest.fixture
def id(house: House) -> int:
    return int(house.mine(verifications.begin, "print", "contact")["id"])


def here(record_id: str, entity: Entity = CONTACT, modified_on: str = MAY, **more: Any) -> dict[str, Any]:
    base = {"entity": entity, "record_id": record_id, "version": 1, "match_key": ADA_AT, "host": None}
    return {**base, "modified_on": modified_on, "hindrance": "", "opted_out": False, **more}


def speaker(house: House, id: int) -> Any:
    house.do(verifications.elect, id)
    return house.do(verifications.speakers, id, [ADA_AT]).get(ADA_AT)


@pytest.mark.parametrize(
    ("best", "worse"),
    [
        (here(BEN, modified_on=JANUARY), here(ADA, LEAD)),
        (here(BEN), here(ADA, modified_on=JANUARY)),
        (here(ADA), here(BEN)),
        (here(BEN), here(ADA, hindrance="inactive")),
    ],
    ids=["contact before lead", "latest modified", "smallest id", "nobody who is hindered"],
)
def test_of_two_with_one_address_the_survivor_rule_names_one(house: House, id: int, best: Any, worse: Any) -> None:
    house.do(verifications.put_here, id, [worse, best])
    assert speaker(house, id)["record_id"] == best["record_id"]


@pytest.mark.parametrize("order", list(permutations([here(ADA, LEAD), here(BEN, modified_on=JANUARY), here(CLEO)])))
def test_the_order_of_reading_does_not_decide_who_speaks(house: House, id: int, order: Any) -> None:
    for one in order:
        house.do(verifications.put_here, id, [one])
    assert speaker(house, id)["record_id"] == CLEO
    counted = [(row["entity"], row["state"], row["count"]) for row in house.do(verifications.standings, id)]
    assert sorted(counted) == [("contact", "expected", 1), ("contact", "read", 1), ("lead", "read", 1)]


def test_an_opt_out_counts_for_everybody_who_shares_the_address(house: House, id: int) -> None:
    house.do(verifications.put_here, id, [here(ADA), here(BEN, LEAD, hindrance="inactive", opted_out=True)])
    assert speaker(house, id)["opted_out"] is True


def test_who_was_found_is_not_missing(house: House, id: int) -> None:
    house.do(verifications.put_here, id, [here(ADA), here(BEN, match_key=BEN_AT)])
    house.do(verifications.elect, id)
    house.do(verifications.found, id, CONTACT, [ADA])
    assert [row["record_id"] for row in house.do(verifications.missing, id, CONTACT, None, 10)] == [BEN]
    assert house.do(verifications.awaited, id, CONTACT, [ADA, BEN]) == {BEN}


def test_whoever_lost_its_place_keeps_nothing(house: House, id: int) -> None:
    assert house.do(verifications.move, id, 0, "contact", {"at": 1}, {})
    assert not house.do(verifications.move, id, 0, "contact", {"at": 9}, {})
    row = house.mine(verifications.unfinished, "print", 3600)
    assert (row["step"], row["cursor"]) == (1, {"at": 1})


def test_only_a_comparison_of_the_same_things_goes_on(house: House, id: int) -> None:
    assert house.mine(verifications.unfinished, "another print", 3600) is None
    assert house.mine(verifications.unfinished, "print", 0) is None


def test_an_account_without_a_proper_id_carries_none(house: House, id: int) -> None:
    values = {1: {7: f" {ADA.upper()} "}, 2: {7: "no id"}, 3: {8: ADA}, 4: {7: BEN}}
    rows = [{"ac_id": n, "match_key": None, "host": None, "company": {"id": n}} for n in (1, 2, 3)]
    house.do(verifications.put_values, id, values)
    house.do(verifications.put_companies, id, rows)
    assert house.do(verifications.carry, id, 7) == 1
    assert [one.ac_id for one in house.do(verifications.companies, id, [ADA], [2])] == [2, 1]
    assert [row["ac_id"] for row in house.do(verifications.strangers, id, 0, 10)] == [2, 3]


def test_what_stands_in_the_way_is_known(house: House, id: int) -> None:
    house.put(house.stream(read=1), change(ADA))
    house.mine(wanted.put, CONTACT, Lane.SYNC, [BEN])
    house.mine(asked.put, [7], entity=CONTACT, lane=Lane.SYNC)
    letter = {"connection_id": house.id, "entity": LEAD, "direction": Direction.INBOUND, "ac_id": 8, "stage": "upsert"}
    house.do(failures.file, [{**letter, "class": "bad_record", "message": "no name", "due_at": NOW}])
    subjects = [(CONTACT, ADA, None), (CONTACT, BEN, None), (CONTACT, None, 7), (LEAD, None, 8), (CONTACT, CLEO, 9)]
    found = house.do(verifications.standing, id, house.id, subjects)
    assert found[:2] == [Standing(pending=True), Standing(asked=True)]
    assert found[2:] == [Standing(asked=True), Standing(failure="no name"), Standing()]


@pytest.mark.parametrize(("ago", "lately"), [("0 s", True), ("50 s", True), ("70 s", False)])
def test_what_was_delivered_a_moment_before_is_known(house: House, id: int, ago: str, lately: bool) -> None:
    link = house.link()
    with house.db.transaction() as tx:
        tx.execute("UPDATE links SET delivered_at = now() - %s::interval WHERE id = %s", [ago, link.id])
    assert house.do(verifications.standing, id, house.id, [(CONTACT, ADA, None)])[0].lately is lately


def test_what_nothing_hinders_is_expected(house: House, id: int) -> None:
    rows = [here(ADA, DEAL, match_key=None), here(BEN, DEAL, match_key=None, hindrance="waits"), here(CLEO)]
    house.do(verifications.put_here, id, rows)
    house.do(verifications.expect, id, DEAL)
    states = {one: row["state"] for one, row in house.do(verifications.noted, id, DEAL, [ADA, BEN, CLEO]).items()}
    assert states == {ADA: "expected", BEN: "read"}


def test_a_record_is_judged_once(house: House, id: int) -> None:
    house.do(verifications.put_judged, id, ["17", "18"])
    house.do(verifications.put_judged, id, ["18", "18", "19"])
    assert house.do(verifications.judged, id, ["17", "19", "20"]) == {"17", "19"}


def test_sums_are_exact_however_they_are_added(house: House, id: int) -> None:
    row = {"stage": "1-Qualify", "currency": "EUR", "number": 1, "estimated": "0.1", "actual": "0"}
    house.do(verifications.add_sums, id, "dynamics", [row, {**row, "estimated": "0.2"}])
    house.do(verifications.add_sums, id, "dynamics", [{**row, "estimated": "99999999999999.99"}])
    house.do(verifications.add_sums, id, "activecampaign", [{**row, "currency": ""}])
    sums = [(row["side"], row["currency"], row["number"], row["estimated"]) for row in house.do(verifications.sums, id)]
    assert sums == [("activecampaign", "", 1, Decimal("0.1")), ("dynamics", "EUR", 3, Decimal("100000000000000.29"))]


def test_everything_goes_with_the_comparison(house: House, id: int) -> None:
    house.do(verifications.put_here, id, [here(ADA)])
    house.do(verifications.put_members, id, {1: 2})
    house.mine(verifications.drop)
    with house.db.transaction() as tx:
        assert tx.execute("SELECT * FROM verify_here UNION ALL SELECT * FROM verify_here").fetchall() == []


def test_what_counts_as_agreed_can_be_changed(house: House) -> None:
    link = house.link()
    first = {"id": link.id, "agreed": {"phone": "1", "firstName": "Ada"}, "account_id": CLEO, "tagged": ["a"]}
    house.mine(links.rebase, [first])
    house.mine(links.rebase, [{"id": link.id, "agreed": {"phone": None}}])
    found = house.link_of()
    assert (found.agreed, found.account_id, found.tagged) == ({"firstName": "Ada"}, CLEO, ("a",))
    house.mine(links.rebase, [{"id": link.id, "agreed": {}, "account_id": None}])
    assert house.link_of().account_id is None


def test_looking_something_up_reads_no_whole_table(house: House, id: int) -> None:
    """However many records are compared, a page of them is found by index."""
    rows = Jsonb([{"n": 0, "entity": "contact", "record_id": ADA, "ac_id": 1}])
    given: dict[str, Any] = {"id": id, "connection_id": house.id, "entity": "contact", "ids": [ADA], "keys": [ADA_AT]}
    given |= {"after": None, "limit": 100, "rows": rows, "carried": [ADA], "ac_ids": [1], "contacts": [1]}
    given["read"] = True
    names = ("speakers", "awaited", "noted", "missing", "found", "companies", "belongs", "known", "standing", "wrong")
    with house.db.transaction() as tx:
        tx.execute("SET LOCAL enable_seqscan = off")
        sql = verifications.SQL.texts
        plans = {n: tx.execute(b"EXPLAIN " + sql[n], {**given, "after": 0 if n == "wrong" else None}) for n in names}
        told = {name: "\n".join(row["QUERY PLAN"] for row in plan.fetchall()) for name, plan in plans.items()}
    assert {name: plan for name, plan in told.items() if "Seq Scan" in plan} == {}
