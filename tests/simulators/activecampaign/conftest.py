"""An account with Ada (also in Dynamics) and Cleo (only here), and callers that speak to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulators.activecampaign.app import make
from simulators.activecampaign.core.clock import StoppedClock
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.server import Server

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC).timestamp()
PEOPLE = [
    {"email": "ada@contoso.example", "firstName": "Ada", "lastName": "Byron", "phone": "+44 20 7946 0958",
     "fields": {"JOB_TITLE": "Countess"}, "tags": ["vip"], "lists": {1: 1}, "cdate": START - 9000},
    {"email": "cleo@fabrikam.example", "firstName": "Cleo", "lastName": "Ptolemy", "cdate": START - 8000},
]  # fmt: skip


class Api:
    """Calls v3 in process with a key. Paths are relative to /api/3."""

    def __init__(self, client: FlaskClient, key: str = "simulated-key") -> None:
        self._client, self._key = client, key

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> TestResponse:
        where = path if path.startswith("/") else f"/api/3/{path}"
        return self._client.open(
            where, method=method, json=body, query_string=query or None, headers={"Api-Token": self._key}
        )

    def using(self, key: str) -> Api:
        """The same with another key."""
        return Api(self._client, key)

    def get(self, path: str, **query: Any) -> Any:
        return self("GET", path, **query).get_json()

    def sync(self, email: str = "ada@contoso.example", **more: Any) -> TestResponse:
        return self("POST", "contact/sync", {"contact": {"email": email, **more}})


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(START)


@pytest.fixture
def account(activecampaign_of_process: tuple[ActiveCampaign, Flask], clock: StoppedClock) -> ActiveCampaign:
    """Ada and Cleo, limits lifted, imports done as soon as they are asked about."""
    account = activecampaign_of_process[0]
    account.reset(clock)
    account.switches.update(import_delay_s=[0, 0], import_silent_s=0, activities_lag_s=0)
    account.load_contacts(PEOPLE)
    return account


@pytest.fixture(scope="session")
def reading() -> Api:
    """An account of the same contents for tests that only read."""
    account = ActiveCampaign(StoppedClock(START), calls_per_second=None)
    account.load_contacts(PEOPLE)
    return Api(make(account).test_client())


@pytest.fixture
def client(account: ActiveCampaign, activecampaign_of_process: tuple[ActiveCampaign, Flask]) -> FlaskClient:
    assert account is activecampaign_of_process[0]
    return activecampaign_of_process[1].test_client()


@pytest.fixture
def api(client: FlaskClient) -> Api:
    return Api(client)


@pytest.fixture(scope="session")
def server(activecampaign_of_process: tuple[ActiveCampaign, Flask]) -> Iterator[Server]:
    """The one server of this test process."""
    with Server(activecampaign_of_process[1]) as server:
        yield server


@pytest.fixture
def served(account: ActiveCampaign, server: Server) -> Server:
    """The same account over real HTTP."""
    assert account is not None
    return server
