"""Which window of the feed is read, who is suspected of news, and what that may cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sync.activities import Allowance, Evidence, Seen, allowance, alone, evidence, floor, helps, window

NOW = datetime(2030, 5, 17, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FLOOR = NOW - 90 * DAY


def test_the_first_reading_goes_back_to_the_floor() -> None:
    assert window(None, None, NOW, FLOOR) == (FLOOR, True)


def test_once_an_hour_the_window_reaches_back_an_hour_more() -> None:
    assert window(NOW - 5 * MINUTE, NOW - 30 * MINUTE, NOW, FLOOR) == (NOW - 15 * MINUTE, False)
    assert window(NOW - 5 * MINUTE, NOW - HOUR, NOW, FLOOR) == (NOW - 2 * HOUR, True)


def test_after_a_long_pause_nothing_is_left_out() -> None:
    since, _ = window(NOW - 30 * DAY, NOW - 30 * DAY, NOW, FLOOR)
    assert since == NOW - 30 * DAY - HOUR


@pytest.mark.parametrize(("first", "keep", "days"), [(90, 730, 90), (90, 30, 30), (90, 0, 90), (0, 730, 0)])
def test_nothing_is_read_that_would_be_deleted_at_once(first: int, keep: int, days: int) -> None:
    assert floor(NOW, first, keep) == NOW - days * DAY


def test_while_the_feed_stands_alone_everybody_is_looked_at_once_and_then_a_sample() -> None:
    assert allowance(NOW - HOUR, NOW, 5, alone=True, turned=False) == Allowance(900, 10)
    assert allowance(NOW - HOUR, NOW, 5, alone=True, turned=True) == Allowance(3, 10)


@pytest.mark.parametrize(
    ("since", "rate", "pages", "people"),
    [(NOW - 5 * MINUTE, 5, 75, 150), (NOW - DAY, 5, 900, 1800), (None, 5, 225, 450), (NOW, 5, 3, 20)],
)
def test_else_a_share_of_the_calls_is_spent(since: datetime | None, rate: float, pages: int, people: int) -> None:
    assert allowance(since, NOW, rate, alone=False, turned=True) == Allowance(pages, people)


@pytest.mark.parametrize(
    ("helped", "refused", "expected"),
    [(None, None, True), (NOW - DAY, None, False), (NOW - 8 * DAY, None, True), (None, NOW, False)],
)
def test_what_was_found_out_about_the_feed_holds_for_a_week(helped, refused, expected) -> None:
    assert alone(helped, refused, NOW) is expected


@pytest.mark.parametrize(("minutes", "proof"), [(-5, False), (-15, True), (-90, False)])
def test_only_what_a_reading_should_have_shown_proves_anything(minutes: int, proof: bool) -> None:
    assert helps(NOW + minutes * MINUTE, NOW, NOW - HOUR) is proof


def suspect(seen: Seen, *dates: datetime, sent: int = 0, single: bool = True) -> Evidence | None:
    return evidence(seen, dates, sent, FLOOR, NOW, alone=single)


def test_a_date_that_is_not_covered_is_evidence() -> None:
    seen = Seen(0, NOW - HOUR)
    assert suspect(seen, NOW - 2 * HOUR, NOW - MINUTE) == Evidence(NOW - MINUTE, 0)
    assert suspect(seen, NOW - HOUR, NOW - HOUR + timedelta(seconds=2)) is None
    assert suspect(Seen(0), FLOOR - DAY) is None
    assert suspect(Seen(0)) is None


def test_a_date_ahead_of_now_does_not_count_yet() -> None:
    assert suspect(Seen(0), NOW + DAY) is None
    assert suspect(Seen(0), NOW + DAY, NOW - DAY) == Evidence(NOW - DAY, 0)


def test_more_mails_than_counted_before_are_evidence() -> None:
    assert suspect(Seen(4), sent=6) == Evidence(None, 2)
    assert suspect(Seen(6), sent=6) is None
    assert suspect(Seen(8), sent=6) is None


@pytest.mark.parametrize(
    ("seen", "single", "expected"),
    [
        (Seen(), True, None), (Seen(), False, Evidence(None, 1)), (Seen(12), False, Evidence(None, 1)),
        (Seen(12, fetched=True), False, None),
    ],
)  # fmt: skip
def test_mails_of_the_past_are_evidence_once_where_reading_helps(seen, single, expected) -> None:
    assert suspect(seen, sent=12, single=single) == expected
