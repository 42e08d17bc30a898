"""How far back ActiveCampaign is read, and how often as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sweeps import full_due, look_back_due, next_sweep, window

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("started", "calls", "due"),
    [
        (None, 0, NOW),
        (None, 10_000, NOW),
        (NOW, 0, NOW),
        (NOW, 1, NOW + timedelta(seconds=4)),  # 1 / (5 * 0.05)
        (NOW, 100, NOW + timedelta(seconds=400)),
        (ago(seconds=100), 100, NOW + timedelta(seconds=300)),
        (ago(seconds=400), 100, NOW),
        (ago(days=9), 100, NOW),  # never in the past
        (NOW, 20_000, NOW + timedelta(seconds=80_000)),  # two million rows: not even once a day
        (NOW + timedelta(days=9), 100, NOW + timedelta(seconds=400)),  # a wrong clock's time
    ],
)
def test_next_sweep_waits_until_the_last_one_is_worked_off(started, calls, due):
    assert next_sweep(started, calls, NOW) == due


@pytest.mark.parametrize(("rate", "share", "seconds"), [(1.0, 0.05, 2000), (5.0, 0.1, 200), (5.0, 1.0, 20)])
def test_wait_follows_from_the_budget_and_the_share_of_it(rate, share, seconds):
    assert next_sweep(NOW, 100, NOW, calls_per_second=rate, share=share) == NOW + timedelta(seconds=seconds)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=20), st.floats(0.01, 1))
def test_sweeps_in_a_row_use_no_more_than_their_share_on_average(costs, share):
    start = at = NOW
    for calls in costs:
        at = next_sweep(at, calls, at, share=share)
    budget = (at - start).total_seconds() * 5 * share
    assert sum(costs) == pytest.approx(budget, abs=0.01)


@pytest.mark.parametrize(
    ("previous", "long", "since"),
    [
        (None, False, None),
        (None, True, None),
        (ago(minutes=15), False, ago(minutes=20)),
        (ago(minutes=15), True, ago(hours=24, minutes=15)),
        (ago(days=30), False, ago(days=30, minutes=5)),  # after a long pause nothing is left out
        (NOW + timedelta(hours=2), False, ago(minutes=5)),  # a wrong clock's time
    ],
)
def test_window_begins_before_the_previous_reading_was_opened(previous, long, since):
    assert window(previous, NOW, long=long) == since


@given(st.lists(st.timedeltas(SECOND, timedelta(days=3)), min_size=1, max_size=20), st.booleans())
def test_windows_in_a_row_leave_no_gap(pauses, long):
    opened = NOW
    for pause in pauses:
        now = opened + pause
        assert window(opened, now, long=long) <= opened - timedelta(minutes=5)
        opened = now


@pytest.mark.parametrize(("due", "period"), [(look_back_due, timedelta(hours=24)), (full_due, timedelta(days=7))])
def test_long_readings_are_due_at_first_and_after_their_period(due, period):
    assert due(None, NOW)
    assert not due(NOW, NOW)
    assert not due(NOW - period + SECOND, NOW)
    assert due(NOW - period, NOW)
    assert due(NOW + SECOND, NOW)
