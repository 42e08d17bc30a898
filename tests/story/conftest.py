"""Both simulators, a real Postgres, a real Redis and the pipeline between them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.installation import BARE, FURNISHED, NAME, Installation, furnish, make_database
from support.marketing import Marketing
from support.postgres import TEMPLATE, Postgres
from support.pump import Pump
from support.served import ease
from support.story import Story

from clients import limits
from config import document as documents
from engine import bulk, metadata
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.server import Server
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics
from store import configurations
from sync.model import TWO_WAY
from worker import settings
from worker.services import Services

NAMES = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)


@pytest.fixture(scope="session")
def installation(
    postgres: Postgres,
    redis_server: str,
    certificates: Path,
    dynamics_server: Server,
    activecampaign_server: Server,
    dynamics_of_process: tuple[Dynamics, Flask],
    activecampaign_of_process: tuple[ActiveCampaign, Flask],
) -> Iterator[Installation]:
    """The one installation of this process that connects the two; `pump` begins anew with it."""
    crm, ac = dynamics_of_process[0], activecampaign_of_process[0]
    crm.reset()
    ease(ac)
    with pytest.MonkeyPatch.context() as patch:
        connect(patch, certificates, crm, ac, make_database(postgres, TEMPLATE), redis_server)
        made = Installation(settings.read(), postgres, crm, ac, configuration)
    yield made
    made.db.close()
    made.redis.close()


def connect(
    patch: pytest.MonkeyPatch, certificates: Path, crm: Dynamics, ac: ActiveCampaign, dsn: str, redis_url: str
) -> None:
    """The settings of an installation that connects the two, without limits and with short waits."""
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
        patch.setenv(name, value)
    # The simulator's limits are lifted for most stories, and so are ours; tests of the limits put both back.
    patch.setattr(limits, "activecampaign_limits", lambda *_: dict.fromkeys(NAMES, limits.Limit(1000, 1.0)))
    patch.setattr(bulk, "FIRST_POLL_S", 0.05)
    patch.setattr(bulk, "POLLS_S", (0.05,))


@pytest.fixture
def dsn(request: pytest.FixtureRequest, postgres: Postgres) -> str:
    """A migrated database; one that is connected and described when the pipeline is to run in it."""
    if "pump" not in request.fixturenames:
        return make_database(postgres, TEMPLATE)
    installation: Installation = request.getfixturevalue("installation")
    installation.begin(FURNISHED if "story" in request.fixturenames else BARE)
    return postgres.dsn(NAME)


@pytest.fixture
def environment(
    monkeypatch: pytest.MonkeyPatch, certificates: Path, dsn: str, crm: Dynamics, ac: ActiveCampaign, redis_url: str
) -> None:
    """The settings of an installation that connects the two."""
    connect(monkeypatch, certificates, crm, ac, dsn, redis_url)


@pytest.fixture
def pump(monkeypatch: pytest.MonkeyPatch, environment: None, installation: Installation) -> Pump:
    """The pipeline, with every entity switched on and nothing synced yet."""
    missing = metadata.missing
    # Commands build contexts of their own.
    monkeypatch.setattr(metadata, "missing", lambda db, one: installation.outdated() or missing(db, one))
    return Pump(installation, installation.connection_id)


@pytest.fixture
def story(crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> Story:
    """Both sides and the pipeline, on the day after the very first sync: the field for Dynamics' ids is there."""
    furnish(ac)
    return Story(crm, ac, pump)


@pytest.fixture
def marketing(story: Story) -> Marketing:
    """Ada is a contact and Ben a lead, on both sides; activities are on, and the feed is complete by itself."""
    story.ac.switches["activities_need_contact_read"] = False
    made = Marketing(story)
    both = {"direction": "both"}
    story.configure(account=both, contact=both, lead=both)
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    return made


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
