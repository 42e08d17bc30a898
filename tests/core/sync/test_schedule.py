"""When a connection is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.schedule import FREQUENCIES, next_due

NOW = datetime(2026, 1, 5, 10, 27, 30, tzinfo=UTC)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("5m", "2026-01-05T10:30"),
        ("15m", "2026-01-05T10:30"),
        ("1h", "2026-01-05T11:00"),
        ("2h", "2026-01-05T12:00"),
        ("4h", "2026-01-05T12:00"),
        ("6h", "2026-01-05T12:00"),
        ("8h", "2026-01-05T16:00"),
        ("12h", "2026-01-05T12:00"),
        ("daily", "2026-01-06T00:00"),
    ],
)
def test_slots_are_aligned_to_utc(frequency, expected):
    assert next_due(frequency, None, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_slot_that_begins_now_is_not_handed_out_again():
    slot = datetime(2026, 1, 5, 10, 30, tzinfo=UTC)
    assert next_due("5m", slot, slot) == slot + timedelta(minutes=5)


def test_row_of_missed_slots_is_caught_up_once():
    assert next_due("5m", NOW - timedelta(days=3), NOW) == datetime(2026, 1, 5, 10, 30, tzinfo=UTC)


def test_quicker_frequency_does_not_wait_for_the_slower_ones_slot():
    assert next_due("5m", datetime(2026, 1, 6, tzinfo=UTC), NOW) == datetime(2026, 1, 5, 10, 30, tzinfo=UTC)


def test_slower_frequency_gives_up_the_quicker_ones_slot():
    assert next_due("daily", datetime(2026, 1, 5, 10, 30, tzinfo=UTC), NOW) == datetime(2026, 1, 6, tzinfo=UTC)


def test_summer_time_changes_nothing():
    berlin = datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    due = [berlin.astimezone(UTC)]
    for _ in range(3):
        due.append(next_due("1h", due[-1], due[-1].astimezone(berlin.tzinfo)))
    assert [b - a for a, b in pairwise(due[1:])] == [timedelta(hours=1)] * 2


@given(st.sampled_from(sorted(FREQUENCIES)), st.none() | TIMES, TIMES)
def test_next_slot_is_ahead_by_one_period_at_most_and_on_the_grid(frequency, previous, now):
    due = next_due(frequency, previous, now)
    assert now < due <= now + FREQUENCIES[frequency]
    assert (due - datetime(2026, 1, 5, tzinfo=UTC)) % FREQUENCIES[frequency] == timedelta(0)


def test_unknown_frequency_is_refused():
    with pytest.raises(KeyError):
        next_due("weekly", None, NOW)
