"""Redis, beat or Postgres dies in the middle of a run and comes back: the run ends by itself and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.disturbed import ACCOUNT, ACCOUNTS, all_there_once, at, people_and_companies
from support.own_servers import OwnPostgres, OwnRedis
from support.plant import Plant
from support.sides import Hooks

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

pytestmark = pytest.mark.usefixtures("lifted")


@pytest.fixture
def redis_of_its_own(short: Path) -> Iterator[OwnRedis]:
    made = OwnRedis(short / "r")
    yield made
    made.kill()


@pytest.fixture
def postgres_of_its_own(short: Path) -> Iterator[OwnPostgres]:
    made = OwnPostgres(short / "p")
    yield made
    made.stop()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, redis_of_its_own: OwnRedis, postgres_of_its_own: OwnPostgres) -> None:
    url = redis_of_its_own.url
    monkeypatch.setenv("DATABASE_URL", postgres_of_its_own.dsn())
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.setenv("CELERY_BROKER_URL", url.replace("unix://", "redis+socket://", 1))


def test_a_run_outlives_its_redis(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, redis_of_its_own: OwnRedis
) -> None:
    def crash() -> None:
        redis_of_its_own.kill()
        redis_of_its_own.start()

    people_and_companies(crm)
    at(hooks, ACCOUNT, ACCOUNTS // 2, crash)
    plant.start()
    assert all_there_once(plant, plant.ended(plant.begin()), ac)


def test_a_run_outlives_its_beat(plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks) -> None:
    people_and_companies(crm)
    at(hooks, ACCOUNT, ACCOUNTS // 2, lambda: plant.kill("beat"))
    plant.start()
    assert all_there_once(plant, plant.ended(plant.begin()), ac)


def test_a_run_outlives_a_crash_of_postgres(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, postgres_of_its_own: OwnPostgres
) -> None:
    people_and_companies(crm)
    at(hooks, ACCOUNT, ACCOUNTS // 2, postgres_of_its_own.crash_and_start)
    plant.start()
    assert all_there_once(plant, plant.ended(plant.begin()), ac)
