"""The console on a real PostgreSQL and a real Redis, and a browser's part of the talk: cookies, forms, the token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from support.browser import HASH, Browser
from support.descriptions import described

from console.app import make
from engine import configure
from engine.wake import Wake
from simulators.common.server import Server
from simulators.dynamics import app as dynamics_app
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics
from store import connections, snapshots, users
from worker import settings
from worker.services import Services

CONNECTED = {
    "DYNAMICS_URL": "https://contoso.crm4.dynamics.example",
    "DYNAMICS_TENANT_ID": "11111111-1111-4111-8111-111111111111",
    "DYNAMICS_CLIENT_ID": "22222222-2222-4222-8222-222222222222",
    "DYNAMICS_CLIENT_SECRET": "the-client-secret",
    "ACTIVECAMPAIGN_URL": "https://contoso.api-us1.example",
    "ACTIVECAMPAIGN_API_KEY": "the-api-key",
}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, dsn: str, redis_url: str) -> Iterator[Services]:
    """The services of an installation with one connection whose services nobody asks."""
    for name, value in {**CONNECTED, "DATABASE_URL": dsn, "REDIS_URL": redis_url, "AC365_SECRET_KEY": "tests"}.items():
        monkeypatch.setenv(name, value)
    made = Services(settings.read(), name="test")
    connection_id = configure.ensure_connection(made)
    with made.db.transaction() as tx:
        for key, document in {"dynamics:user": "33333333-3333-4333-8333-333333333333", **described()}.items():
            snapshots.put(tx, connection_id, key, document)
    yield made
    made.db.close()
    made.redis.close()


@pytest.fixture
def crm(services: Services) -> Iterator[Dynamics]:
    """The simulated Dynamics behind the one connection: Mira administers it, Noor sells, Omar has left."""
    state = Dynamics()
    with Server(dynamics_app.make(state)) as server:
        plain = {
            "dynamics_url": server.url,
            "dynamics_tenant_id": TENANT,
            "dynamics_authority": f"{server.url}/{TENANT}",
        }
        wanted = {name: str(getattr(services.settings, name)) for name in (*configure.PLAIN, *configure.SECRET)}
        wanted |= {**plain, "dynamics_client_id": CLIENT_ID, "dynamics_client_secret": SECRET}
        with services.db.transaction() as tx:
            configure.save(tx, services.vault, configure.FIRST, wanted)
        yield state
    state.close()


@pytest.fixture
def connection_id(services: Services) -> int:
    with services.db.transaction() as tx:
        return int(connections.listed(tx)[0]["id"])


@pytest.fixture
def sent() -> list[Wake]:
    """Wake-ups that the console sent."""
    return []


@pytest.fixture
def app(services: Services, sent: list[Wake]) -> Flask:
    return make(services, sent.extend)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Nobody yet, while there are an administrator Anna and a user Uwe."""
    services = app.extensions["ac365"].services
    with services.db.transaction() as tx:
        users.add(tx, "anna", "Anna", "administrator", "test", password_hash=HASH)
        users.add(tx, "uwe", "Uwe", "user", "test", password_hash=HASH)
    return Browser(app.test_client())


@pytest.fixture
def admin(stranger: Browser) -> Browser:
    """Anna, who may do everything."""
    return stranger.sign_in("anna")


@pytest.fixture
def user(app: Flask, stranger: Browser) -> Browser:
    """Uwe, who may look."""
    return Browser(app.test_client()).sign_in("uwe")
