"""What the counters of a cycle say."""

from __future__ import annotations

import pytest

from sync.progress import conserved, cycle_state

WHOLE = {
    "state": "done",
    "read": 6,
    "created": 1,
    "updated": 2,
    "unchanged": 3,
    "skipped": 0,
    "waiting": 0,
    "failed": 0,
}
BROKEN = {**WHOLE, "state": "failed"}
ONE_FAILED = {**WHOLE, "unchanged": 2, "failed": 1}
ONE_WAITS = {**WHOLE, "unchanged": 2, "waiting": 1}
ONE_LOST = {**WHOLE, "unchanged": 2}


@pytest.mark.parametrize("outcome", ["created", "updated", "unchanged", "skipped", "waiting", "failed"])
def test_every_outcome_accounts_for_a_record(outcome):
    assert conserved({"read": 1, outcome: 1})


@pytest.mark.parametrize("counts", [ONE_LOST, {"read": 0, "created": 1}, {"read": 2, "failed": 1}])
def test_record_without_outcome_or_with_two_is_noticed(counts):
    assert not conserved(counts)


@pytest.mark.parametrize(
    ("streams", "state"),
    [
        ([WHOLE, WHOLE], "complete"),
        ([], "complete"),
        ([WHOLE, ONE_FAILED], "partial"),
        ([WHOLE, ONE_WAITS], "partial"),
        ([WHOLE, ONE_LOST], "partial"),
        ([WHOLE, BROKEN], "partial"),
        ([BROKEN, BROKEN], "failed"),
    ],
)
def test_cycle_says_complete_only_when_everything_is_where_it_should_be(streams, state):
    assert cycle_state(streams) == state
