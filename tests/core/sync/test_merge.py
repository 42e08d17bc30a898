"""The three-way compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.merge import Merged, Policy, is_empty, merge

TEXTS = st.none() | st.sampled_from(["", "Ada", "Byron", "0"])
SIDES = st.fixed_dictionaries(
    {},
    optional={
        "firstName": TEXTS,
        "CITY": TEXTS,
        "email": st.none()
        | st.sampled_from(["", "ada@contoso.example", " Ada@Contoso.example", "cleo@contoso.example"]),
        "OPTED_OUT": st.none() | st.booleans(),
        "INTERESTS": st.none() | st.lists(st.sampled_from([1, 9]), unique=True).map(sorted),
    },
)
POLICIES = st.sampled_from(list(Policy))
MIRRORED = {Policy.DYNAMICS_WINS: Policy.ACTIVECAMPAIGN_WINS, Policy.ACTIVECAMPAIGN_WINS: Policy.DYNAMICS_WINS}
BASE = {"CITY": "London"}


def test_value_moved_only_here_is_copied_there():
    assert merge(BASE, {"CITY": "Bath"}, BASE) == Merged(to_theirs={"CITY": "Bath"})


def test_value_moved_only_there_is_copied_here():
    assert merge(BASE, BASE, {"CITY": "Bath"}) == Merged(to_ours={"CITY": "Bath"})


def test_value_moved_alike_on_both_sides_is_only_remembered():
    assert merge(BASE, {"CITY": "Bath"}, {"CITY": "Bath"}) == Merged(remember={"CITY": "Bath"})


def test_side_that_was_not_looked_at_counts_as_not_moved():
    assert merge(BASE, {}, {"CITY": "Bath"}) == Merged(to_ours={"CITY": "Bath"})


def test_field_never_agreed_on_is_copied_to_the_side_that_lacks_it():
    assert merge({}, {"CITY": "Bath"}, {"CITY": ""}) == Merged(to_theirs={"CITY": "Bath"})


@pytest.mark.parametrize(
    ("policy", "ours", "winner"),
    [
        ("dynamics_wins", "Bath", "ours"),
        ("activecampaign_wins", "Bath", "theirs"),
        ("newest_wins", "Bath", "theirs"),
        ("keep_if_empty", "Bath", "ours"),
        ("keep_if_empty", "", "theirs"),
        ("ask", "Bath", ""),
    ],
)
def test_conflict_is_won_as_the_policy_says(policy, ours, winner):
    merged = merge(
        BASE, {"CITY": ours}, {"CITY": "Ely"}, policies={"CITY": policy}, ours_at="2026-01-01", theirs_at="2026-01-02"
    )
    assert [conflict.winner for conflict in merged.conflicts] == [winner]
    assert (bool(merged.to_theirs), bool(merged.to_ours)) == (winner == "ours", winner == "theirs")


def test_newest_wins_prefers_dynamics_when_both_are_as_new():
    merged = merge(BASE, {"CITY": "Bath"}, {"CITY": "Ely"}, default="newest_wins")
    assert merged.to_theirs == {"CITY": "Bath"}


def test_conflict_keeps_both_values_and_the_agreed_one():
    (conflict,) = merge(BASE, {"CITY": "Bath"}, {"CITY": "Ely"}).conflicts
    assert (conflict.agreed, conflict.ours, conflict.theirs) == ("London", "Bath", "Ely")


def test_unknown_policy_is_refused():
    with pytest.raises(KeyError):
        merge(BASE, {"CITY": "Bath"}, {"CITY": "Ely"}, default="coin")


@given(SIDES, SIDES, SIDES, POLICIES)
def test_nothing_is_left_to_do_once_it_is_done(agreed, ours, theirs, policy):
    done = merge(agreed, ours, theirs, default=policy)
    after = merge(
        {**agreed, **done.agreed}, {**ours, **done.to_ours}, {**theirs, **done.to_theirs}, default=Policy.DYNAMICS_WINS
    )
    opened = {conflict.key for conflict in done.conflicts if not conflict.winner}
    assert set(after.to_theirs) | set(after.to_ours) | set(after.remember) <= opened


@given(SIDES, SIDES, SIDES, POLICIES.filter(lambda policy: policy not in ("newest_wins", "keep_if_empty")))
def test_swapped_sides_get_the_swapped_answer(agreed, ours, theirs, policy):
    one = merge(agreed, ours, theirs, default=policy)
    other = merge(agreed, theirs, ours, default=MIRRORED.get(policy, policy))
    assert (one.to_theirs, one.to_ours) == (other.to_ours, other.to_theirs)
    assert one.remember.keys() == other.remember.keys()
    assert {conflict.key for conflict in one.conflicts} == {conflict.key for conflict in other.conflicts}


@given(SIDES, SIDES, SIDES, POLICIES)
def test_no_value_is_invented(agreed, ours, theirs, policy):
    merged = merge(agreed, ours, theirs, default=policy)
    for side, written in ((ours, merged.to_theirs), (theirs, merged.to_ours), (ours, merged.remember)):
        assert all(is_empty(side[key]) if value is None else value == side[key] for key, value in written.items())
