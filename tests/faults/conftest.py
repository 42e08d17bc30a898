"""Both simulators with their published limits, real Postgres and Redis, and workers that can be killed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.plant import Plant
from support.sides import ac, certificates, connected, crm, hooks

from clients import limits
from simulators.activecampaign.state import ActiveCampaign
from worker import settings
from worker.services import Services

__all__ = ["ac", "certificates", "connected", "crm", "hooks"]
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
def plant(connected: None, servers: None, short: Path) -> Iterator[Plant]:
    """An installation with everything switched on; the test starts its workers."""
    made = Plant(Services(settings.read(), name="test"), short)
    made.enable()
    yield made
    made.stop()
