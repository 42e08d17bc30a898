"""How far an initial sync is said to be, and a dry run that is stopped, lost or asked for twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import dry_run
from engine.dry_run import LOST_AFTER
from engine.first_sync import progress
from engine.report import COUNTERS, CycleReport, StreamReport
from engine.request import Plan
from store import snapshots
from sync.model import CycleKind, Direction, Entity
from worker.services import Services

BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = BEGUN + timedelta(minutes=1)


def stream(state: str, read: int = 0, created: int = 0, entity: Entity = Entity.CONTACT) -> StreamReport:
    counts = {**dict.fromkeys(COUNTERS, 0), "created": created, "waiting": read - created}
    return StreamReport(entity, Direction.OUTBOUND, state, read, counts)


def cycle(*streams: StreamReport, state: str = "running") -> CycleReport:
    return CycleReport(1, "initial", state, "test", BEGUN, BEGUN, None, "", streams)


@pytest.mark.parametrize(
    ("streams", "expected", "percent", "left"),
    [
        ([stream("fetching", 500, 250)], {"here": {"contact": 1000}}, 25, 180.0),
        ([stream("delivering", 1000, 500)], {}, 50, 60.0),
        ([stream("fetching", 500, 250)], {}, None, None),
        ([stream("fetching", 500)], {"here": {"contact": 1000}}, 0, None),
        ([stream("done", 1000, 1000), stream("pending", entity=Entity.LEAD)], {"here": {"lead": 3000}}, 25, 180.0),
        # More than was counted before: what was read counts.
        ([stream("fetching", 2000, 1000)], {"here": {"contact": 1000}}, 50, 60.0),
        ([stream("pending")], {"here": {"contact": 0}}, 0, None),
    ],
)
def test_percent_and_time_left_follow_the_pace_so_far(
    streams: list[StreamReport], expected: dict[str, Any], percent: int | None, left: float | None
) -> None:
    found = progress(cycle(*streams), expected, LATER)
    assert (found.percent, found.seconds_left) == (percent, left)


def test_nothing_is_said_to_be_through_before_it_is() -> None:
    assert progress(cycle(stream("delivering", 1000, 1000)), {}, LATER).percent == 99
    assert progress(cycle(stream("done", 1000, 1000), state="complete"), {}, LATER).percent == 100


def test_in_the_first_seconds_no_time_is_told() -> None:
    found = progress(cycle(stream("delivering", 1000, 500)), {}, BEGUN + timedelta(seconds=5))
    assert (found.percent, found.seconds_left) == (50, None)


def begin(services: Services, connection_id: int, now: datetime) -> str | None:
    with services.db.transaction() as tx:
        return dry_run.begin(tx, connection_id, 1, [Entity.CONTACT], now)


def test_one_dry_run_runs_at_a_time(services: Services, connection_id: int) -> None:
    now = services.now()
    assert begin(services, connection_id, now)
    assert begin(services, connection_id, now) is None
    with services.db.transaction() as tx:
        dry_run.stop(tx, connection_id)
        assert dry_run.look(tx, connection_id, now) is None
    assert begin(services, connection_id, now)


def test_a_dry_run_whose_process_died_is_said_to_be_interrupted(services: Services, connection_id: int) -> None:
    late = services.now() + LOST_AFTER + timedelta(minutes=1)
    begin(services, connection_id, services.now())
    with services.db.transaction() as tx:
        found = dry_run.look(tx, connection_id, late)
    assert found
    assert (found["state"], "interrupted" in found["error"]["message"]) == ("failed", True)
    assert begin(services, connection_id, late)


def test_one_that_was_stopped_keeps_nothing(services: Services, connection_id: int) -> None:
    context = services.context(connection_id)
    token = begin(services, connection_id, services.now())
    assert token
    with services.db.transaction() as tx:
        dry_run.stop(tx, connection_id)
    dry_run.carry_out(context, Plan(CycleKind.INITIAL, (), ()), token)
    with services.db.transaction() as tx:
        assert snapshots.get(tx, connection_id, dry_run.KEY)[0] is None  # type: ignore[index]
