"""Where records stand, which of them speak for a contact, and what is to be read anew."""

from __future__ import annotations

from typing import Any

from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT, DOV
from support.stored import House, change

from store import counterparts, links, records, wanted
from sync.model import Entity, Lane
from sync.survivors import Candidate


def _record(record_id: str = ADA, version: int = 1, state: str = "linked", **more: Any) -> dict[str, Any]:
    base = {"entity": Entity.CONTACT, "record_id": record_id, "state": state, "version": version, "address": ADA_AT}
    return {**base, "reason": "why", "modified_on": None, **more}


def _state(house: House, record_id: str = ADA) -> tuple[str, int]:
    row = house.mine(records.get, Entity.CONTACT, record_id)
    return row["state"], row["version"]


def test_newer_version_replaces_an_older_one_but_never_the_other_way(house: House) -> None:
    house.mine(records.put, [_record(version=5)])
    house.mine(records.put, [_record(version=4, state="out_of_scope")])
    assert _state(house) == ("linked", 5)
    house.mine(records.put, [_record(version=6, state="out_of_scope")])
    assert _state(house) == ("out_of_scope", 6)


def test_deleted_record_may_come_back(house: House) -> None:
    house.mine(records.put, [_record(version=2**62, state="deleted")])
    house.mine(records.put, [_record(version=7)])
    assert _state(house) == ("linked", 7)


def test_record_twice_in_one_page_is_kept_in_its_newest_version(house: House) -> None:
    house.mine(records.put, [_record(version=1), _record(version=2, state="no_address")])
    assert _state(house) == ("no_address", 2)


def test_records_are_found_by_address(house: House) -> None:
    house.mine(records.put, [_record(ADA), _record(BEN, state="shadowed"), _record(CLEO, address=CLEO_AT)])
    assert [row["record_id"] for row in house.mine(records.of_address, ADA_AT)] == [ADA, BEN]
    assert [row["record_id"] for row in house.mine(records.shadowed, [ADA_AT, CLEO_AT])] == [BEN]


def test_dethroned_record_is_shadowed_and_says_by_whom(house: House) -> None:
    house.mine(records.put, [_record(ADA), _record(BEN, state="out_of_scope")])
    lost = {(Entity.CONTACT, ADA): (Entity.LEAD, DOV), (Entity.CONTACT, BEN): (Entity.LEAD, DOV)}
    assert house.mine(records.shadow, lost) == 1
    row = house.mine(records.get, Entity.CONTACT, ADA)
    assert (row["state"], row["shadowed_by"], row["reason"]) == ("shadowed", DOV, f"shadowed by lead {DOV}")
    assert house.mine(records.shadow, {}) == 0


def test_records_are_counted_by_where_they_stand(house: House) -> None:
    house.mine(records.put, [_record(ADA), _record(BEN), _record(DOV, state="no_address", address=None)])
    found = {(row["entity"], row["state"]): row["count"] for row in house.mine(records.counts)}
    assert found == {("contact", "linked"): 2, ("contact", "no_address"): 1}


def test_new_link_is_undelivered_and_made_once(house: House) -> None:
    link = house.link()
    assert (link.address, link.ac_id, link.delivered, link.modified_on) == (ADA_AT, None, False, "2030-01-01T00:00:00Z")
    assert house.link().id == link.id
    assert house.mine(links.of_addresses, [ADA_AT, BEN_AT], lock=True) == {ADA_AT: link}
    assert house.mine(links.of_records, Entity.CONTACT, [ADA, BEN], lock=True) == {ADA: link}


def test_two_links_change_places_at_once(house: House) -> None:
    ada, ben = house.link(ADA, ADA_AT), house.link(BEN, BEN_AT)
    swapped = {ada.id: Candidate(Entity.CONTACT, BEN, ADA_AT), ben.id: Candidate(Entity.CONTACT, ADA, BEN_AT)}
    house.mine(links.hold, moved=swapped)
    assert (house.link_of(ADA).id, house.link_of(BEN).id) == (ben.id, ada.id)


def test_renamed_holder_keeps_its_link_and_version(house: House) -> None:
    link = _delivered(house)
    house.mine(links.hold, moved={link.id: Candidate(Entity.CONTACT, ADA, CLEO_AT)})
    renamed = house.link_of()
    assert (renamed.id, renamed.address, renamed.agreed_version) == (link.id, CLEO_AT, 5)


def test_new_holder_keeps_what_was_agreed_but_not_the_version(house: House) -> None:
    link = _delivered(house)
    house.mine(links.hold, moved={link.id: Candidate(Entity.LEAD, BEN, ADA_AT)})
    taken = house.link_of(BEN, Entity.LEAD)
    assert (taken.id, taken.ac_id, taken.agreed, taken.agreed_version) == (link.id, 7, {"email": ADA_AT}, 0)


def test_freed_address_can_be_taken_in_the_same_call(house: House) -> None:
    link = house.link(ADA, ADA_AT)
    house.mine(links.hold, freed=[link.id], new=[Candidate(Entity.LEAD, BEN, ADA_AT)])
    assert house.link_of(BEN, Entity.LEAD).id != link.id
    assert house.mine(links.of_records, Entity.CONTACT, [ADA]) == {}


def test_rivals_tell_whether_their_holder_still_competes(house: House) -> None:
    house.link(ADA, ADA_AT)
    house.link(BEN, BEN_AT)
    house.link(CLEO, CLEO_AT)
    house.mine(records.put, [_record(ADA), _record(BEN, state="out_of_scope", address=BEN_AT)])
    found = {r.link.record_id: r.competes for r in house.mine(links.at_addresses, [ADA_AT, BEN_AT, CLEO_AT])}
    assert found == {ADA: True, BEN: False, CLEO: True}


def test_only_one_transaction_at_a_time_assigns_holders(house: House) -> None:
    probe = "SELECT pg_try_advisory_xact_lock(365, %s) AS free"
    with house.db.transaction() as tx:
        links.lock_people(tx, house.id)
        assert house.do(lambda other: other.execute(probe, [house.id]).fetchone()) == {"free": False}
    assert house.do(lambda other: other.execute(probe, [house.id]).fetchone()) == {"free": True}


def test_accounts_are_targets_once_they_are_in_activecampaign(house: House) -> None:
    house.link(ADA, None, Entity.ACCOUNT)
    house.link(BEN, None, Entity.ACCOUNT)
    _settle_account(house, ADA, 7, "Contoso")
    assert house.mine(links.account_targets, [ADA, BEN]) == {ADA: (7, "Contoso")}
    assert house.mine(links.by_ac_name, " contoso ").record_id == ADA
    assert house.mine(links.by_ac_name, "Fabrikam") is None


def test_links_are_counted_by_entity(house: House) -> None:
    house.link(ADA)
    house.link(BEN, None, Entity.ACCOUNT)
    assert house.mine(links.count) == {"account": 1, "contact": 1}


def _delivered(house: House) -> Any:
    house.link()
    house.put(house.stream(read=1), change(ADA, 5))
    facts = {"ac_id": 7, "agreed": {"email": ADA_AT}, "agreed_version": 5}
    house.settle({"id": house.claim()[0].id, "outcome": "created", "link": facts})
    return house.link_of()


def _settle_account(house: House, record_id: str, ac_id: int, name: str) -> None:
    house.put(house.stream(read=1), change(record_id, 1, entity=Entity.ACCOUNT, address=None))
    facts = {"ac_id": ac_id, "agreed": {"name": name}}
    house.settle({"id": house.claim()[0].id, "outcome": "created", "link": facts})


def test_wanted_records_are_read_in_turn_and_struck_off(house: House) -> None:
    where = (Entity.CONTACT, Lane.SYNC)
    house.mine(wanted.put, *where, [BEN])
    house.mine(wanted.put, *where, [ADA, BEN, ADA])
    assert house.mine(wanted.peek, *where, limit=1) == [BEN]
    assert house.mine(wanted.take, *where, [BEN]) == 1
    assert house.mine(wanted.peek, *where, limit=9) == [ADA]
    assert house.mine(wanted.take, *where, [ADA]) == 0


def test_wanted_records_of_another_lane_are_left_to_it(house: House) -> None:
    house.mine(wanted.put, Entity.CONTACT, Lane.LIVE, [ADA])
    assert house.mine(wanted.peek, Entity.CONTACT, Lane.SYNC, limit=9) == []


def _counterpart(ac_id: int, name: str, domain: str | None = None, record_id: str | None = None) -> dict[str, Any]:
    return {"ac_id": ac_id, "name_key": name, "domain": domain, "record_id": record_id}


def _match(house: House, name: str = "contoso", domain: str | None = "contoso.example") -> tuple[int, str] | None:
    found = house.mine(counterparts.match, ADA, name, domain)
    return (found["ac_id"], found["matched_by"]) if found else None


def test_account_is_found_by_id_before_name_before_domain(house: House) -> None:
    assert _match(house) is None
    house.mine(counterparts.put, [_counterpart(1, "other", "contoso.example")])
    assert _match(house) == (1, "domain")
    house.mine(counterparts.put, [_counterpart(2, "contoso")])
    assert _match(house) == (2, "name")
    house.mine(counterparts.put, [_counterpart(3, "renamed", None, ADA)])
    assert _match(house) == (3, "id")


def test_several_of_one_domain_are_counted(house: House) -> None:
    house.mine(counterparts.put, [_counterpart(1, "a", "contoso.example"), _counterpart(2, "b", "contoso.example")])
    assert house.mine(counterparts.match, ADA, "contoso", "contoso.example")["number"] == 2


def test_a_domain_that_a_linked_account_shares_is_no_match(house: House) -> None:
    house.link(BEN, None, Entity.ACCOUNT)
    _settle_account(house, BEN, 1, "a")
    house.mine(counterparts.put, [_counterpart(1, "a", "contoso.example"), _counterpart(2, "b", "contoso.example")])
    assert _match(house) is None


def test_nameless_accounts_do_not_match_each_other(house: House) -> None:
    house.mine(counterparts.put, [_counterpart(1, "")])
    assert _match(house, "", None) is None


def test_account_that_is_spoken_for_says_by_whom(house: House) -> None:
    house.link(BEN, None, Entity.ACCOUNT)
    _settle_account(house, BEN, 1, "Contoso")
    house.mine(counterparts.put, [_counterpart(1, "contoso"), _counterpart(2, "fabrikam", None, CLEO)])
    assert house.mine(counterparts.match, ADA, "contoso", None)["linked_to"] == BEN
    assert house.mine(counterparts.match, ADA, "fabrikam", None)["linked_to"] is None
    house.mine(records.put, [_record(CLEO, entity=Entity.ACCOUNT, address=None)])
    assert house.mine(counterparts.match, ADA, "fabrikam", None)["linked_to"] == CLEO
