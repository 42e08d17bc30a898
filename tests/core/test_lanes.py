"""The order in which a worker looks into its queues."""

from __future__ import annotations

from itertools import permutations

import pytest

from worker.lanes import UrgentFirst


@pytest.mark.parametrize("order", list(permutations(["live", "sync", "backfill"])))
def test_urgent_lanes_come_first_however_they_were_declared(order: tuple[str, ...]) -> None:
    cycle = UrgentFirst()
    cycle.update(list(order))
    for _ in range(3):
        assert cycle.consume(3) == ["live", "sync", "backfill"]
        cycle.rotate("live")
