"""Both simulators, a real Postgres, a real Redis and the pipeline between them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.pump import Pump
from support.story import Story

from clients import limits
from config import document as documents
from engine import bulk, configure
from engine.accounts import ID_FIELD
from simulators.activecampaign.ops import definitions
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics
from store import configurations
from sync.model import TWO_WAY
from worker import settings
from worker.services import Services

NAMES = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)


@pytest.fixture
def environment(
    monkeypatch: pytest.MonkeyPatch, certificates: Path, crm: Dynamics, ac: ActiveCampaign, dsn: str, redis_url: str
) -> None:
    """The settings of an installation that connects the two."""
    for name, value in {
        "REQUESTS_CA_BUNDLE": str(certificates / "ca.pem"),
        "DATABASE_URL": dsn,
        "REDIS_URL": redis_url,
        "AC365_SECRET_KEY": "a key for tests",
        "DYNAMICS_URL": crm.url,
        "DYNAMICS_TENANT_ID": TENANT,
        "DYNAMICS_CLIENT_ID": CLIENT_ID,
        "DYNAMICS_CLIENT_SECRET": SECRET,
        "DYNAMICS_AUTHORITY": f"{crm.url}/{TENANT}",
        "ACTIVECAMPAIGN_URL": ac.url,
        "ACTIVECAMPAIGN_API_KEY": "simulated-key",
    }.items():
        monkeypatch.setenv(name, value)
    # The simulator's limits are lifted for most stories, and so are ours; tests of the limits put both back.
    monkeypatch.setattr(limits, "activecampaign_limits", lambda *_: dict.fromkeys(NAMES, limits.Limit(1000, 1.0)))
    monkeypatch.setattr(bulk, "FIRST_POLL_S", 0.05)
    monkeypatch.setattr(bulk, "POLLS_S", (0.05,))


@pytest.fixture
def pump(environment: None) -> Iterator[Pump]:
    """The pipeline, with every entity switched on and nothing synced yet."""
    services = Services(settings.read(), name="test")
    connection_id = configure.ensure_connection(services)
    assert connection_id is not None
    configuration(services, connection_id)
    yield Pump(services, connection_id)
    services.db.close()
    services.redis.close()


@pytest.fixture
def story(crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> Story:
    """Both sides and the pipeline, on the day after the very first sync: the field for Dynamics' ids is there."""
    definitions.add_account_field(ac, {"fieldLabel": ID_FIELD, "fieldType": "text"})
    return Story(crm, ac, pump)


def configuration(services: Services, connection_id: int, **entities: dict[str, Any]) -> None:
    """Saves a configuration: all on but opportunities, which need a custom object, with these settings changed."""
    document = documents.defaults()
    document["sync"]["enabled"] = True
    for entity, settings_of in document["entities"].items():
        settings_of |= {"enabled": entity in TWO_WAY, **entities.get(entity, {})}
    with services.db.transaction() as tx:
        configurations.save(tx, connection_id, documents.load(document), "test")


def soon(condition: Any, within_s: float = 10.0) -> bool:
    """Waits for something that happens in another process."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
