"""Who holds the contact of an address."""

from __future__ import annotations

from typing import Any

import pytest

from sync.model import Entity
from sync.survivors import Candidate, Holder, assign

ADA, BEN, CLEO = ((Entity.CONTACT, name) for name in ("ada", "ben", "cleo"))
LEAD = (Entity.LEAD, "ada")
AT = "ada@contoso.example"
ELSEWHERE = "countess@contoso.example"


def seen(key: tuple[Entity, str], address: str | None = AT, modified_on: str = "2026-01-05T10:00:00Z", **facts: Any):
    return Candidate(*key, address, modified_on=modified_on, **facts)


def held(link_id: int, key: tuple[Entity, str], address: str = AT, modified_on: str = "2026-01-05T10:00:00Z", **facts):
    return Holder(link_id, *key, address, modified_on, **facts)


def assigned(candidates, *holders):
    return assign(candidates, {str(holder.link_id): holder for holder in holders})


def effects(result) -> set[str]:
    """Which parts of an assignment ask for anything to be done."""
    parts = ("moved", "refreshed", "new", "freed", "dethroned")
    return {part for part in parts if getattr(result, part)}


def test_first_record_of_an_address_gets_a_new_link():
    result = assigned([seen(ADA)])
    assert result.new == (seen(ADA),)
    assert (result.holds, result.shadowed_by) == ({ADA}, {})


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (seen(ADA, modified_on="2020-01-01T00:00:00Z"), seen(LEAD)),  # a contact before any lead
        (seen(BEN, modified_on="2026-01-05T10:00:01Z"), seen(ADA)),  # then the latest modified
        (seen(ADA), seen(BEN)),  # then the smallest id
        (seen(ADA, modified_on="2026-01-05T10:00:00+00:00"), seen(BEN)),  # however UTC is written
    ],
)
def test_better_record_shadows_the_worse_one_whoever_comes_first(better, worse):
    for candidates in ([better, worse], [worse, better]):
        result = assigned(candidates)
        assert (result.new, result.shadowed_by) == ((better,), {worse.key: better.key})


def test_holder_keeps_its_link_against_a_worse_one():
    result = assigned([seen(BEN)], held(1, ADA))
    assert (result.shadowed_by, result.holder) == ({BEN: ADA}, {BEN: ADA})
    assert effects(result) == set()


def test_better_one_takes_the_link_over_and_dethrones_the_holder():
    result = assigned([seen(ADA)], held(1, LEAD))
    assert result.moved == {1: seen(ADA)}
    assert (result.dethroned, result.new) == ({LEAD: ADA}, ())


def test_holder_modified_again_only_refreshes_its_link():
    newer = seen(ADA, modified_on="2026-02-01T00:00:00Z")
    result = assigned([newer], held(1, ADA))
    assert (result.refreshed, result.moved) == ({1: newer}, {})


def test_unchanged_holder_needs_nothing():
    result = assigned([seen(ADA)], held(1, ADA, modified_on="2026-01-05T10:00:00+00:00"))
    assert effects(result) == set()


@pytest.mark.parametrize("facts", [{"active": False}, {"in_scope": False}, {"address": None}])
def test_record_that_may_not_be_delivered_gets_nothing(facts):
    result = assigned([seen(ADA, **facts)])
    assert (result.holder, effects(result)) == ({}, set())


@pytest.mark.parametrize("facts", [{"active": False}, {"in_scope": False}, {"address": None}])
def test_holder_out_of_reach_keeps_its_link_while_nobody_wants_it(facts):
    result = assigned([seen(ADA, **facts)], held(1, ADA))
    assert effects(result) == set()


@pytest.mark.parametrize("facts", [{"active": False}, {"in_scope": False}, {"address": None}])
def test_holder_out_of_reach_loses_to_any_competitor(facts):
    result = assigned([seen(ADA, **facts), seen(LEAD)], held(1, ADA))
    assert (result.moved, result.dethroned) == ({1: seen(LEAD)}, {ADA: LEAD})


def test_holder_known_to_be_out_of_reach_loses_without_being_seen_again():
    assert assigned([seen(LEAD)], held(1, ADA, competes=False)).moved == {1: seen(LEAD)}


def test_record_that_moves_to_a_free_address_takes_its_link_along():
    moved = seen(ADA, ELSEWHERE)
    assert assigned([moved], held(1, ADA)).moved == {1: moved}


def test_address_left_behind_goes_to_the_one_that_was_shadowed():
    result = assigned([seen(ADA, ELSEWHERE), seen(BEN)], held(1, ADA))
    assert (result.moved, result.new) == ({1: seen(ADA, ELSEWHERE)}, (seen(BEN),))


def test_winner_at_a_held_address_takes_that_link_and_frees_its_own():
    result = assigned([seen(ADA, ELSEWHERE)], held(1, ADA), held(2, BEN, ELSEWHERE))
    assert (result.moved, result.freed) == ({2: seen(ADA, ELSEWHERE)}, (1,))
    assert result.dethroned == {BEN: ADA}


def test_loser_at_a_held_address_is_shadowed_and_frees_its_own_link():
    result = assigned([seen(BEN, ELSEWHERE)], held(1, BEN), held(2, ADA, ELSEWHERE))
    assert (result.shadowed_by, result.freed, result.moved) == ({BEN: ADA}, (1,), {})


def test_link_freed_by_a_loser_goes_to_the_one_it_shadowed():
    result = assigned([seen(BEN, ELSEWHERE), seen(CLEO)], held(1, BEN), held(2, ADA, ELSEWHERE))
    assert (result.moved, result.freed) == ({1: seen(CLEO)}, ())


def test_records_that_follow_each_other_keep_their_own_links():
    result = assigned([seen(ADA, ELSEWHERE), seen(BEN, "free@contoso.example")], held(1, ADA), held(2, BEN, ELSEWHERE))
    assert {link: winner.key for link, winner in result.moved.items()} == {1: ADA, 2: BEN}
    assert effects(result) == {"moved"}


def test_records_that_swap_addresses_swap_links():
    result = assigned([seen(ADA, ELSEWHERE), seen(BEN)], held(1, ADA), held(2, BEN, ELSEWHERE))
    assert result.moved == {1: seen(BEN), 2: seen(ADA, ELSEWHERE)}
    assert effects(result) == {"moved"}


def test_record_that_comes_twice_counts_as_it_was_last():
    older = seen(ADA, ELSEWHERE, modified_on="2026-01-01T00:00:00Z")
    for candidates in ([older, seen(ADA)], [seen(ADA), older]):
        assert assigned(candidates).new == (seen(ADA),)


def test_deleted_record_does_not_come_back_by_what_was_known_of_it():
    gone = seen(BEN, None, modified_on="", active=False)
    for candidates in ([seen(BEN), gone], [gone, seen(BEN)]):
        assert effects(assigned(candidates)) == set()


def test_thousand_records_that_follow_each_other_are_no_trouble():
    records = [seen((Entity.CONTACT, f"{n:04}"), f"{n + 1}@contoso.example") for n in range(2000)]
    links = [held(n, (Entity.CONTACT, f"{n:04}"), f"{n}@contoso.example") for n in range(2000)]
    result = assigned(records, *links)
    assert all(winner.record_id == f"{link:04}" for link, winner in result.moved.items())
    assert len(result.moved) == 2000
