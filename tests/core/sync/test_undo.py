"""What is put back of a cycle: only what both sides still hold as the cycle wrote it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync import merge
from sync.model import Entity
from sync.undo import ALREADY, CHANGED, FIXED, IDENTITY, UNMAPPED, UNREADABLE, Verdict, all_left, judge

KEYS = ("JOB", "CITY", "phone", "email")
VALUES = st.none() | st.sampled_from(["", "CTO", "Director", "Chair"])
SIDES = st.dictionaries(st.sampled_from(KEYS), VALUES)
BEFORE, AFTER = {"JOB": "Director"}, {"JOB": "CTO"}


def _judge(agreed=None, there=None, *, before=BEFORE, after=AFTER, mapped=KEYS, **more) -> Verdict:
    return judge(before, after, AFTER if agreed is None else agreed, there or {}, mapped=mapped, **more)


def test_what_both_sides_hold_as_it_was_written_is_put_back():
    assert _judge(there={"JOB": "CTO"}) == Verdict({"JOB": "Director"})


def test_what_was_empty_becomes_empty_again():
    assert _judge(there={"JOB": "CTO"}, before={"JOB": None}) == Verdict({"JOB": None})


def test_what_was_cleared_gets_its_value_back():
    assert _judge({}, {"JOB": ""}, after={"JOB": None}) == Verdict({"JOB": "Director"})


def test_a_value_that_somebody_changed_there_stays():
    assert _judge(there={"JOB": "Chair"}) == Verdict(left={"JOB": CHANGED})


def test_a_value_that_travelled_again_since_stays():
    assert _judge({"JOB": "Chair"}, {"JOB": "CTO"}) == Verdict(left={"JOB": CHANGED})


def test_what_is_there_again_needs_nothing():
    assert _judge({"JOB": "Chair"}, {"JOB": "Director"}) == Verdict(left={"JOB": ALREADY})


def test_a_field_that_does_not_travel_any_more_stays():
    assert _judge(there={"JOB": "CTO"}, mapped=()) == Verdict(left={"JOB": UNMAPPED})


def test_a_field_that_nobody_may_read_stays():
    assert _judge() == Verdict(left={"JOB": UNREADABLE})


def test_addresses_and_names_of_accounts_stay():
    for entity, key in ((Entity.CONTACT, "email"), (Entity.LEAD, "email"), (Entity.ACCOUNT, "name")):
        found = _judge({key: "b"}, {key: "b"}, before={key: "a"}, after={key: "b"}, fixed=FIXED[entity])
        assert found == Verdict(left={key: IDENTITY})


def test_values_are_compared_by_what_they_mean():
    def same(key, one, other):
        return merge.same(key, str(one).lower(), str(other).lower())

    assert _judge({"JOB": "cto"}, {"JOB": "Cto"}, same=same).put_back == BEFORE


def test_a_record_that_is_gone_is_left_alone_with_its_reason():
    assert all_left({"JOB": "CTO", "CITY": None}, "gone") == Verdict(left={"JOB": "gone", "CITY": "gone"})


@given(SIDES, SIDES, SIDES, SIDES)
def test_nothing_that_somebody_changed_since_is_ever_put_back(before, after, agreed, there):
    found = judge(before, after, agreed, there, mapped=KEYS, fixed={"email"})
    assert {*found.put_back} | {*found.left} == {*before}
    assert not {*found.put_back} & {*found.left}
    for key, value in found.put_back.items():
        assert key != "email"
        assert value == before[key]
        assert merge.same(key, there[key], after.get(key))
        assert merge.same(key, agreed.get(key), after.get(key))


@given(SIDES, SIDES, SIDES, SIDES)
def test_a_second_time_puts_nothing_back(before, after, agreed, there):
    first = judge(before, after, agreed, there, mapped=KEYS)
    assert judge(before, after, agreed, {**there, **first.put_back}, mapped=KEYS).put_back == {}


@given(SIDES, SIDES, SIDES)
def test_a_second_time_puts_nothing_back_either_once_both_sides_have_agreed(before, after, there):
    first = judge(before, after, after, there, mapped=KEYS)
    agreed = {**after, **first.put_back}
    assert judge(before, after, agreed, {**there, **first.put_back}, mapped=KEYS).put_back == {}
