"""When a cycle asks before it writes, and when a side is not believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.guards import Limits, Planned, judge, looks_empty

LIMITS = Limits(creates=0.3, changes=0.5, deletes=0.05, minimum=50)
NUMBERS = st.integers(0, 5000)
PLANS = st.builds(Planned, NUMBERS, NUMBERS, NUMBERS)
SHARES = st.floats(0, 1)
ALL_LIMITS = st.builds(Limits, SHARES, SHARES, SHARES, st.integers(0, 200))


@pytest.mark.parametrize(
    ("planned", "known", "asks"),
    [
        (Planned(0, 0, 0), 1000, False),
        (Planned(300, 0, 0), 1000, False),  # exactly the share
        (Planned(301, 0, 0), 1000, True),
        (Planned(0, 500, 0), 1000, False),
        (Planned(0, 501, 0), 1000, True),
        (Planned(0, 0, 50), 1000, False),
        (Planned(0, 0, 51), 1000, True),
        (Planned(49, 49, 49), 60, False),  # fewer than the minimum of each kind
        (Planned(0, 0, 50), 60, True),
        (Planned(300, 500, 50), 1000, False),  # kinds are not added up
        (Planned(9000, 9000, 0), 0, False),  # a first delivery
        (Planned(0, 0, 50), 0, True),  # which has nothing to delete
        (Planned(2000, 0, 0), 1000, True),
    ],
)
def test_cycle_asks_when_it_would_do_more_than_the_share_of_what_is_linked(planned, known, asks):
    assert bool(judge(planned, known, LIMITS)) is asks


@given(PLANS, NUMBERS)
def test_share_of_one_never_asks(planned, known):
    assert judge(planned, known, Limits(1, 1.0, 1, minimum=0)) == ""


def test_share_of_zero_asks_from_the_minimum_on():
    nothing = Limits(0, 0, 0, minimum=50)
    assert judge(Planned(49, 49, 49), 1000, nothing) == ""
    assert judge(Planned(0, 50, 0), 1000, nothing)


@pytest.mark.parametrize("share", [n / 100 for n in range(1, 100)])
def test_exactly_the_share_passes_though_floats_are_not_exact(share):
    limits = Limits(share, 1, 1, minimum=0)
    assert judge(Planned(round(share * 100), 0, 0), 100, limits) == ""
    assert judge(Planned(round(share * 100) + 1, 0, 0), 100, limits)


def test_question_says_what_how_many_the_share_and_what_to_do():
    assert judge(Planned(400, 600, 7), 1000, LIMITS) == (
        "with 1000 records linked, it would create 400 (30 % may pass) and change 600 (50 % may pass): "
        "let it go on with `ac365 cycles approve N`, or end it with `ac365 cycles reject N`"
    )


def test_question_names_every_kind_that_exceeds_its_share():
    told = judge(Planned(400, 600, 70), 1000, LIMITS)
    assert "create 400 (30 % may pass), change 600 (50 % may pass) and delete 70 (5 % may pass):" in told


@given(PLANS, PLANS, st.integers(1, 5000), ALL_LIMITS)
def test_doing_more_never_asks_less(plan, more, known, limits):
    larger = Planned(plan.creates + more.creates, plan.changes + more.changes, plan.deletes + more.deletes)
    assert not judge(plan, known, limits) or judge(larger, known, limits)


@pytest.mark.parametrize(
    ("read", "known", "empty"),
    [
        (0, 0, False),
        (0, 49, False),  # too few to tell
        (0, 50, True),
        (24, 50, True),
        (25, 50, False),  # half of it
        (499, 1000, True),
        (500, 1000, False),
        (9000, 1000, False),
    ],
)
def test_read_that_shows_less_than_half_of_what_is_linked_is_not_believed(read, known, empty):
    assert bool(looks_empty(read, known)) is empty


@pytest.mark.parametrize(("read", "told"), [(0, "showed none of 80 linked"), (3, "showed only 3 of 80 linked")])
def test_doubt_says_how_little_was_shown(read, told):
    assert told in looks_empty(read, 80)


def test_minimum_of_doubt_can_be_lowered():
    assert looks_empty(0, 1, minimum=1)
