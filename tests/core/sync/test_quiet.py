"""Quiet hours: when a cycle may start, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.quiet import DAYS, WEEK, always, read, until
from sync.schedule import FREQUENCIES, next_due

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = {"days": list(DAYS), "from": "22:00", "to": "06:00"}
WEEKEND = {"days": ["sat", "sun"], "from": "00:00", "to": "24:00"}
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
CLOCK = st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
HOURS = st.fixed_dictionaries(
    {"days": st.lists(st.sampled_from(DAYS), min_size=1, unique=True), "from": CLOCK, "to": CLOCK}
)
QUIET = st.lists(HOURS, min_size=1, max_size=4).map(read).filter(lambda quiet: not always(quiet))
ZONES = st.sampled_from([UTC, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")])


def at(text: str) -> datetime:
    """A moment by Berlin's clock; its later showing with a + behind it."""
    return datetime.fromisoformat(text.rstrip("+")).replace(tzinfo=BERLIN, fold=int(text.endswith("+")))


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-01-05T21:59", "2026-01-05T21:59"),
        ("2026-01-05T22:00", "2026-01-06T06:00"),
        ("2026-01-06T05:59", "2026-01-06T06:00"),
        ("2026-01-06T06:00", "2026-01-06T06:00"),
        # Friday night and the weekend are one stretch, and so is the night before Monday.
        ("2026-01-09T22:30", "2026-01-12T06:00"),
        # Neither night is eight hours long: the clock goes forward in the first and back in the second.
        ("2026-03-28T23:00", "2026-03-30T06:00"),
        ("2026-10-22T23:00", "2026-10-23T06:00"),
    ],
)
def test_a_cycle_waits_for_the_end_by_the_clock_on_the_wall(now, allowed):
    assert until(at(now), read([NIGHT, WEEKEND]), BERLIN) == at(allowed)


def test_an_hour_that_the_clock_shows_twice_is_quiet_twice():
    quiet = read([{"days": list(DAYS), "from": "02:00", "to": "03:00"}])
    assert until(at("2026-10-25T02:10"), quiet, BERLIN) == at("2026-10-25T03:00")
    assert until(at("2026-10-25T02:10+"), quiet, BERLIN) == at("2026-10-25T03:00")


def test_an_hour_that_the_clock_skips_delays_nothing():
    quiet = read([{"days": list(DAYS), "from": "02:00", "to": "03:00"}])
    assert until(at("2026-03-29T01:59"), quiet, BERLIN) == at("2026-03-29T01:59")
    assert until(at("2026-03-29T03:00"), quiet, BERLIN) == at("2026-03-29T03:00")


@given(MOMENTS, QUIET, ZONES)
def test_what_is_answered_is_never_quiet_and_never_earlier(now, quiet, zone):
    allowed = until(now, quiet, zone)
    assert allowed >= now
    assert until(allowed, quiet, zone) == allowed
    assert allowed - now <= WEEK + timedelta(hours=2)


@given(MOMENTS, QUIET, st.floats(0, 1, exclude_max=True))
def test_up_to_the_end_every_moment_is_quiet(now, quiet, part):
    allowed = until(now, quiet, UTC)
    between = now + (allowed - now) * part
    assert until(between, quiet, UTC) == allowed


@given(st.sampled_from(sorted(FREQUENCIES)), MOMENTS, QUIET, ZONES)
def test_all_slots_in_one_quiet_stretch_are_served_once_at_its_end(frequency, now, quiet, zone):
    due = next_due(frequency, None, now, quiet, zone)
    assert due > now
    assert until(due, quiet, zone) == due
    slot = next_due(frequency, None, now)
    assert due == until(slot, quiet, zone)
    assert next_due(frequency, due, due, quiet, zone) > due


@given(MOMENTS, ZONES)
def test_without_quiet_hours_nothing_waits(now, zone):
    assert until(now, (), zone) == now


def test_a_week_without_a_free_moment_is_told():
    assert always(read([{"days": list(DAYS), "from": "08:00", "to": "08:00"}]))
    assert always(read([NIGHT, {"days": list(DAYS), "from": "06:00", "to": "22:00"}]))
    assert not always(read([NIGHT, WEEKEND]))
