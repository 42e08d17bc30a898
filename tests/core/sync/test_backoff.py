"""When it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sync import errors
from sync.backoff import retry_at

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "attempts", "pause_s"),
    [
        (errors.Throttled("slow down", after_s=17), 1, 17),  # the service's own word
        (errors.Throttled("slow down", after_s=17), 9, 17),  # however often
        (errors.Throttled("slow down", after_s=-1), 1, 0),  # a date in the past
        (errors.Unavailable("503"), 0, 2),  # counted or not, the first pause is the shortest
        (errors.Unavailable("503"), 1, 2),  # 2 ** 1
        (errors.Unavailable("503"), 2, 4),  # 2 ** 2
        (errors.UnknownOutcome("504"), 5, 32),  # 2 ** 5
        (errors.Unavailable("503"), 9, 512),  # 2 ** 9
        (errors.Unavailable("503"), 10, 900),  # 2 ** 10 is beyond 15 minutes
        (errors.Unavailable("503"), 5000, 900),  # and stays there
        (errors.Overtaken("412"), 3, 0),  # read anew at once
        (errors.BadBatch("400"), 1, 0),  # its halves go at once
    ],
)
def test_passing_fault_comes_back_after_its_pause(error, attempts, pause_s):
    assert retry_at(error, attempts, NOW, jitter=0.0) == NOW + timedelta(seconds=pause_s)


@pytest.mark.parametrize(
    "error",
    [
        errors.BadRecord("email_invalid"),
        errors.Duplicate("duplicate"),
        errors.Missing("404"),
        errors.Stop("403"),
        errors.BadCredentials("401"),
        errors.Resync("token expired"),
    ],
)
def test_what_needs_a_person_or_another_way_never_comes_back_by_itself(error):
    assert retry_at(error, 1, NOW, jitter=0.5) is None


def test_jitter_spreads_retries_and_never_shortens_them():
    spread = {retry_at(errors.Unavailable("503"), 3, NOW, jitter) for jitter in (0.0, 0.5, 0.99)}
    assert len(spread) == 3
    assert min(spread) == NOW + timedelta(seconds=8)
    assert max(spread) < NOW + timedelta(seconds=10)


def test_jitter_never_undercuts_what_the_service_asked_for():
    after = retry_at(errors.Throttled("slow down", after_s=5), 1, NOW, jitter=0.99) - NOW
    assert timedelta(seconds=5) <= after < timedelta(seconds=6)
