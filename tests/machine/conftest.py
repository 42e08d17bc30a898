"""Both services on real sockets, a real Postgres and a real Redis; for every run of steps they begin anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import redis
from support import own_time
from support.postgres import NUMBERS, TEMPLATE, Postgres
from support.pump import Pump
from support.sides import hooks
from support.story import NEWS, Story

from clients import limits
from config import document as documents
from engine import bulk, configure, recovery, singles, transform
from machine.clock import Clock
from machine.plugin import Plugin
from machine.profile import TWO_WAY
from machine.world import World
from simulators.activecampaign import app as activecampaign_app
from simulators.activecampaign.ops import definitions
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.server import Server
from simulators.common.tls import server_context
from simulators.dynamics import app as dynamics_app
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics
from store import configurations
from sync import backoff
from sync.model import PEOPLE, Entity
from worker import services as product
from worker import settings

__all__ = ["hooks"]
NAMES = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)
CARRIER = "D365 Account Id"
MACHINE = "template_machine"
Databases = Callable[[], AbstractContextManager[str]]
Worlds = Callable[[], AbstractContextManager[World]]


@pytest.fixture(scope="module")
def monkey() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patched:
        yield patched


@pytest.fixture(scope="module")
def services(certificates: Any) -> Iterator[tuple[Dynamics, ActiveCampaign]]:
    """Both simulated services, listening."""
    crm, ac = Dynamics(), ActiveCampaign(calls_per_second=None)
    tls = server_context(certificates)
    with Server(dynamics_app.make(crm), tls=tls) as one, Server(activecampaign_app.make(ac), tls=tls) as other:
        crm.url, ac.url = one.url, other.url
        yield crm, ac
    crm.close()


@pytest.fixture(scope="module")
def worlds(
    monkey: pytest.MonkeyPatch, certificates: Any, services: Any, databases: Databases, redis_server: str
) -> Worlds:
    """Makes a world in which nothing has happened yet, as often as it is asked to."""
    crm, ac = services
    _connect(monkey, str(certificates / "ca.pem"), crm, ac, redis_server)
    _hurry(monkey)
    plugin = Plugin()
    plugin.register(monkey)

    latest = 0.0

    @contextmanager
    def fresh() -> Iterator[World]:
        nonlocal latest
        # The services live on from run to run, so their time must not go back.
        clock = Clock(not_before=latest)
        plugin.aborts = 0
        _empty(crm, ac, clock)
        redis.Redis.from_url(redis_server).flushall()
        monkey.setattr(product, "now", clock.now)
        with databases() as dsn:
            monkey.setenv("DATABASE_URL", dsn)
            installed = product.Services(settings.read(), name="test")
            clock.follow(lambda ahead_s: _set_clock(installed, ahead_s))
            connection_id = _configure(installed)
            installed.context(connection_id)
            yield World(Story(crm, ac, Pump(installed, connection_id)), clock, plugin)
            latest = clock.now().timestamp() + 1
            installed.db.close()
            installed.redis.close()

    return fresh


def _connect(monkey: pytest.MonkeyPatch, ca: str, crm: Dynamics, ac: ActiveCampaign, redis_url: str) -> None:
    for name, value in {
        "REQUESTS_CA_BUNDLE": ca,
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
        monkey.setenv(name, value)


def _hurry(monkey: pytest.MonkeyPatch) -> None:
    """No limits and short waits: what is tested here is the order of things, not their pace."""
    monkey.setattr(limits, "activecampaign_limits", lambda *_: dict.fromkeys(NAMES, limits.Limit(1000, 1.0)))
    monkey.setattr(bulk, "FIRST_POLL_S", 0.02)
    monkey.setattr(bulk, "POLLS_S", (0.02,))
    monkey.setattr(singles, "AGAIN_S", 0.02)
    monkey.setattr(transform, "AGAIN_S", 0.02)
    monkey.setattr(backoff, "FIRST_S", 0.02)
    # The sweep runs when nothing else is left to do, so a stream that rests then was forgotten.
    monkey.setattr(recovery, "IDLE_FOR", timedelta(days=-1))


def _empty(crm: Dynamics, ac: ActiveCampaign, clock: Clock) -> None:
    """Nobody is in either service; ActiveCampaign has the field that carries an account's Dynamics id."""
    crm.faults.clear()
    crm.switches |= {"requests_per_window": None, "execution_ms_per_window": None}
    with crm.storage.write() as session:
        for table in ("contact", "lead", "account", "opportunity", "~gone"):
            session.run(f'DELETE FROM "{table}"')
    ac.reset()
    ac.switches |= {"imports_per_minute": None, "single_imports_per_minute": None}
    ac.switches |= {"import_delay_s": [0, 0], "import_silent_s": 0.0}
    definitions.add_account_field(ac, {"fieldLabel": CARRIER, "fieldType": "text"})
    clock.drive(crm, ac)


@pytest.fixture(scope="session")
def databases(postgres: Postgres) -> Databases:
    """Makes databases that are migrated, and in which a function of ours is found before PostgreSQL's own `now`."""
    postgres.admin(f"CREATE DATABASE {MACHINE} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    own_time.give(postgres.dsn(MACHINE))

    @contextmanager
    def fresh() -> Iterator[str]:
        name = f"world_{next(NUMBERS)}"
        postgres.admin(
            f"CREATE DATABASE {name} TEMPLATE {MACHINE} STRATEGY FILE_COPY",
            own_time.follows(name),
        )
        yield postgres.dsn(name)
        postgres.admin(f"DROP DATABASE {name} WITH (FORCE)")

    return fresh


def _set_clock(installed: product.Services, ahead_s: float) -> None:
    with installed.db.transaction() as tx:
        tx.execute(own_time.SET, (ahead_s,))


def _configure(installed: product.Services) -> int:
    """Everything is on, in both directions where this release has two; new people join the newsletter."""
    connection_id = configure.ensure_connection(installed)
    assert connection_id is not None
    document = documents.defaults()
    document["sync"]["enabled"] = True
    for entity in (Entity.ACCOUNT, *PEOPLE):
        chosen = document["entities"][entity]
        chosen |= {"enabled": True, "direction": "both" if TWO_WAY else "outbound"}
        chosen |= {} if entity is Entity.ACCOUNT else {"list": NEWS}
    with installed.db.transaction() as tx:
        configurations.save(tx, connection_id, documents.load(document), "test")
    return connection_id
