"""Postgres crashes in the middle of a run and comes back: the run ends by itself, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.disturbed import ACCOUNT, ACCOUNTS, all_there_once, at, people_and_companies
from support.own_servers import OwnPostgres
from support.plant import Plant, until
from support.sides import Hooks

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

pytestmark = pytest.mark.usefixtures("lifted")


@pytest.fixture
def own_postgres(short: Path) -> Iterator[OwnPostgres]:
    made = OwnPostgres(short / "p")
    yield made
    made.stop()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, own_postgres: OwnPostgres, redis_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", own_postgres.dsn())
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("CELERY_BROKER_URL", redis_url.replace("unix://", "redis+socket://", 1))


def test_a_run_outlives_a_crash_of_postgres(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, own_postgres: OwnPostgres
) -> None:
    people_and_companies(crm)
    at(hooks, ACCOUNT, ACCOUNTS // 2, own_postgres.crash_and_start)
    plant.start()
    assert all_there_once(plant, plant.ended(plant.begin()), ac)


def test_a_worker_that_starts_while_postgres_is_away_waits_for_it(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, own_postgres: OwnPostgres
) -> None:
    people_and_companies(crm)
    cycle_id = plant.begin()
    own_postgres.crash()
    plant.start()
    first = plant.stack.pids()["worker0"]
    assert until(lambda: "database.away" in plant.log("worker0"))
    own_postgres.start()
    assert all_there_once(plant, plant.ended(cycle_id), ac)
    assert plant.stack.pids()["worker0"] == first
