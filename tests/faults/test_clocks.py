"""A machine whose clock is wrong: what its workers note and compare is the time of PostgreSQL, which all share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from support.crowd import gather
from support.plant import enable
from support.pump import Pump

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from store.db import Database
from worker import services as product

HOURS = pytest.mark.parametrize("hours", [1, -1])
Jump = Callable[[float], None]


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Sets the clock of this machine wrong by so many hours."""
    return lambda hours: monkeypatch.setattr(product, "now", lambda: datetime.now(UTC) + timedelta(hours=hours))


@HOURS
def test_a_process_goes_by_the_time_of_postgres_whenever_its_clock_jumps(pump: Pump, jump: Jump, hours: float) -> None:
    assert abs(pump.services.now() - true(pump.services.db)) < timedelta(seconds=1)
    jump(hours)
    assert abs(pump.services.now() - true(pump.services.db)) < timedelta(seconds=1)


@HOURS
def test_a_reading_leaves_no_gap_although_its_worker_has_a_wrong_clock(
    crm: Dynamics, ac: ActiveCampaign, pump: Pump, jump: Jump, hours: float
) -> None:
    gather(crm, contacts=2)
    enable(pump.services, pump.connection_id, both_ways=True)
    before = true(pump.services.db)
    jump(hours)
    pump.sync()
    with pump.services.db.transaction() as tx:
        rows = tx.execute("SELECT opened_at FROM watermarks WHERE direction = 'inbound' AND opened_at IS NOT NULL")
        opened = [row["opened_at"] for row in rows]
    assert opened
    assert all(before <= moment <= true(pump.services.db) for moment in opened)


def test_while_postgres_is_away_its_time_is_carried_on(pump: Pump, jump: Jump, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pump.services.now()
    monkeypatch.setattr(pump.services.clock, "_db", Database("host=nowhere.invalid", application_name="tests"))
    jump(1)
    assert timedelta(0) <= pump.services.now() - before < timedelta(seconds=20)


def true(db: Database) -> datetime:
    """The time that all processes share."""
    with db.transaction() as tx:
        row = tx.execute("SELECT now() AS now").fetchone()
    assert row is not None
    return row["now"]
