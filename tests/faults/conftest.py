"""Both simulators with their published limits, real Postgres and Redis, and workers that can be killed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.plant import Plant, enable
from support.pump import Pump
from support.sides import ac, connected, hooks

from cli import stack
from clients import limits
from engine import bulk, configure, deliver, singles
from simulators.activecampaign.state import ActiveCampaign
from sync import backoff
from worker import settings
from worker.services import Services

__all__ = ["ac", "connected", "hooks"]
NAMES = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, dsn: str, redis_url: str) -> None:
    """The servers of this test process. A test with servers of its own replaces this."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("CELERY_BROKER_URL", redis_url.replace("unix://", "redis+socket://", 1))


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path is short enough for the sockets in it."""
    folder = Path(tempfile.mkdtemp(prefix="f"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lifted(monkeypatch: pytest.MonkeyPatch, ac: ActiveCampaign) -> None:
    """No limits, neither the service's nor ours, for tests that are about something else. Comes before `plant`."""
    ac.switches |= {"calls_per_second": None, "imports_per_minute": None}
    monkeypatch.setenv("TEST_LIMITS", "lifted")
    monkeypatch.setattr(limits, "activecampaign_limits", lambda *_: dict.fromkeys(NAMES, limits.Limit(1000, 1.0)))


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch, connected: None, servers: None, short: Path) -> Iterator[Plant]:
    """An installation with everything switched on; the test starts its workers, and nobody waits for them to stop."""
    monkeypatch.setattr(stack, "STOP_WITHIN_S", 0.0)
    made = Plant(Services(settings.read(), name="test"), short)
    enable(made.services, made.connection_id)
    yield made
    made.stop()


@pytest.fixture
def pump(monkeypatch: pytest.MonkeyPatch, connected: None, servers: None, lifted: None) -> Iterator[Pump]:
    """The pipeline without Celery, with everything switched on and short waits."""
    for stage in (bulk, deliver, singles):
        monkeypatch.setattr(stage, "LEASE_S", 0.5)
    monkeypatch.setattr(bulk, "FIRST_POLL_S", 0.05)
    monkeypatch.setattr(bulk, "POLLS_S", (0.05,))
    monkeypatch.setattr(singles, "AGAIN_S", 0.1)
    monkeypatch.setattr(backoff, "FIRST_S", 0.1)
    services = Services(settings.read(), name="test")
    connection_id = configure.ensure_connection(services)
    assert connection_id is not None
    enable(services, connection_id)
    yield Pump(services, connection_id)
    services.db.close()
    services.redis.close()
