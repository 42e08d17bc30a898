"""When a direction is left alone, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.breaker import REMEMBERED, StreamEnd, pause_for, trips, trips_in_a_row

GOOD = StreamEnd(failed=False, read=10, failed_records=9)
QUIET = StreamEnd(failed=False, read=0, failed_records=0)
STOPPED = StreamEnd(failed=True, read=10, failed_records=0)
REFUSED = StreamEnd(failed=False, read=10, failed_records=10)
ENDS = st.lists(st.sampled_from([GOOD, QUIET, STOPPED, REFUSED]), max_size=20)


@pytest.mark.parametrize(
    ("recent", "tripped"),
    [
        ([], False),
        ([STOPPED] * 4, False),
        ([STOPPED] * 5, True),
        ([REFUSED] * 5, True),
        ([STOPPED, REFUSED] * 3, True),  # either counts
        ([StreamEnd(failed=True, read=0, failed_records=0)] * 5, True),  # not even read
        ([*[STOPPED] * 4, GOOD, *[STOPPED] * 9], False),
        ([GOOD, *[STOPPED] * 9], False),  # the probe went through
        ([*[STOPPED] * 4, QUIET, STOPPED], False),  # the service answered
        ([*[STOPPED] * 5, GOOD], True),
    ],
)
def test_direction_trips_when_its_last_five_ends_were_all_bad(recent, tripped):
    assert trips(recent) is tripped


def test_threshold_can_be_another():
    assert trips([STOPPED] * 2, threshold=2)
    assert not trips([STOPPED], threshold=2)


@pytest.mark.parametrize(("bad", "counted"), [(4, 0), (5, 1), (6, 2), (9, 5)])
def test_every_probe_that_fails_trips_once_more(bad, counted):
    assert trips_in_a_row([*[REFUSED] * bad, GOOD, *[STOPPED] * 5]) == counted


@pytest.mark.parametrize(
    ("in_a_row", "minutes"), [(0, 15), (1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 240), (100_000, 240)]
)
def test_pause_doubles_up_to_four_hours(in_a_row, minutes):
    assert pause_for(in_a_row) == timedelta(minutes=minutes)


def test_remembered_ends_reach_for_the_longest_pause():
    assert pause_for(trips_in_a_row([STOPPED] * REMEMBERED)) == timedelta(hours=4)


@given(ENDS)
def test_one_end_that_is_good_closes_the_breaker(recent):
    assert not trips([GOOD, *recent])


@given(ENDS, st.integers(1, 6))
def test_tripping_and_counting_trips_agree(recent, threshold):
    assert trips(recent, threshold) is (trips_in_a_row(recent, threshold) > 0)
    assert trips_in_a_row([STOPPED, *recent], threshold) >= trips_in_a_row(recent, threshold)
