"""Redis dies in the middle of a run and comes back: the run ends by itself, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.disturbed import ACCOUNT, ACCOUNTS, all_there_once, at, people_and_companies
from support.own_servers import OwnRedis
from support.plant import Plant
from support.sides import Hooks

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

pytestmark = pytest.mark.usefixtures("lifted")


@pytest.fixture
def own_redis(short: Path) -> Iterator[OwnRedis]:
    made = OwnRedis(short / "r")
    yield made
    made.kill()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, own_redis: OwnRedis, dsn: str) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", own_redis.url)
    monkeypatch.setenv("CELERY_BROKER_URL", own_redis.url.replace("unix://", "redis+socket://", 1))


def test_a_run_outlives_its_redis(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, own_redis: OwnRedis
) -> None:
    def crash() -> None:
        own_redis.kill()
        own_redis.start()

    people_and_companies(crm)
    at(hooks, ACCOUNT, ACCOUNTS // 2, crash)
    plant.start()
    assert all_there_once(plant, plant.ended(plant.begin()), ac)
