"""The course of an alert: it holds before it fires, is told once, reminded of, and recovers without flapping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.alerts.course import Alert, Notice, step
from sync.alerts.rule import Rule, Severity, Sign

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
RULE = Rule("test", Severity.WARNING, ("G1",), "Do it.", lambda _: (), hold=timedelta(minutes=5))
SIGN = Sign("Something is wrong.", "here")
DAY = timedelta(days=1)


def play(pattern: str, *, rule: Rule = RULE, remind: timedelta = DAY, sign: Sign = SIGN) -> list[tuple[int, Notice]]:
    """A look each minute: `x` where the sign is there, `?` where nobody can tell. Answers with who is told when."""
    alerts: list[Alert] = []
    told = []
    for minute, mark in enumerate(pattern):
        found = [(rule, sign)] if mark == "x" else []
        untold = frozenset({"test"}) if mark == "?" else frozenset()
        now = NOON + timedelta(minutes=minute)
        made = step(alerts, found, {"test": rule}, now, remind=remind, untold=untold)
        alerts = [alert for alert in made.kept if alert.recovered_at is None]
        told += [(minute, notice) for notice, _ in made.notices]
    return told


def test_it_fires_once_it_has_held() -> None:
    assert play("x" * 20) == [(5, Notice.FIRING)]


def test_what_is_over_before_that_is_never_told() -> None:
    assert play("xxxx." * 10) == []


def test_it_recovers_once_the_sign_has_been_gone_for_a_while() -> None:
    assert play("x" * 6 + "." * 10) == [(5, Notice.FIRING), (11, Notice.RECOVERED)]


def test_a_sign_that_comes_and_goes_does_not_flap() -> None:
    assert play("x" * 6 + "...xx." * 20) == [(5, Notice.FIRING)]


def test_somebody_is_reminded_after_a_time() -> None:
    told = play("x" * 80, remind=timedelta(minutes=30))
    assert told == [(5, Notice.FIRING), (35, Notice.REMINDER), (65, Notice.REMINDER)]


def test_a_sign_may_have_to_hold_longer_than_its_rule_says() -> None:
    assert play("x" * 20, sign=Sign("Late.", hold=timedelta(minutes=12))) == [(12, Notice.FIRING)]


def test_a_rule_that_need_not_hold_fires_at_once() -> None:
    at_once = Rule("test", Severity.WARNING, (), "", lambda _: (), hold=timedelta(), calm=timedelta())
    assert play("x.", rule=at_once) == [(0, Notice.FIRING), (1, Notice.RECOVERED)]


def test_what_nobody_can_tell_stays_as_it_is() -> None:
    assert play("x" * 6 + "?" * 30 + "x" * 3) == [(5, Notice.FIRING)]


def test_it_fires_anew_after_it_has_recovered() -> None:
    told = play("x" * 6 + "." * 6 + "x" * 6)
    assert [notice for _, notice in told] == [Notice.FIRING, Notice.RECOVERED, Notice.FIRING]


def test_an_alert_of_a_rule_that_is_gone_recovers() -> None:
    alert = Alert("gone", "", SIGN, NOON - DAY, firing_at=NOON - DAY)
    made = step([alert], [], {}, NOON, remind=DAY)
    assert [notice for notice, _ in made.notices] == [Notice.RECOVERED]


@pytest.mark.parametrize("subjects", [("a", "b"), ("a", "a")])
def test_there_is_one_alert_for_each_subject(subjects) -> None:
    found = [(RULE, Sign("Wrong.", subject)) for subject in subjects]
    assert len(step([], found, {"test": RULE}, NOON, remind=DAY).kept) == len(set(subjects))


@given(st.text("x.?", max_size=120))
def test_who_was_told_that_it_fires_is_told_once_that_it_is_over(pattern: str) -> None:
    told = [notice for _, notice in play(pattern + "." * 12)]
    assert told == [Notice.FIRING, Notice.RECOVERED] * (len(told) // 2)
