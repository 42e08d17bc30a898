"""Lines that strangers cause: one a minute, with the number of those that were kept back."""

from __future__ import annotations

from structlog.testing import capture_logs

from webhooks.seldom import Seldom


def test_a_thousand_refusals_a_minute_are_one_line_and_none_is_lost() -> None:
    moments = [0.0]
    seldom = Seldom("refused", clock=lambda: moments[0])
    with capture_logs() as lines:
        for _ in range(1000):
            seldom.happened()
        moments[0] = 61.0
        seldom.happened(error="late")
    assert [line["times"] for line in lines] == [1, 1000]
    assert lines[1]["error"] == "late"
