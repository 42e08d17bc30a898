"""The command line as a person uses it, on a real PostgreSQL and a real Redis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.descriptions import described
from typer.testing import CliRunner

from cli.main import app
from store import configurations, connections, snapshots
from store.db import Database
from store.vault import Vault
from worker import embedded

KEY = "a-key-for-tests"
USER = "33333333-3333-4333-8333-333333333333"
"""The application user that ac365 signs in as."""
SETTINGS = {
    "DYNAMICS_URL": "https://contoso.crm4.dynamics.example",
    "DYNAMICS_TENANT_ID": "11111111-1111-4111-8111-111111111111",
    "DYNAMICS_CLIENT_ID": "22222222-2222-4222-8222-222222222222",
    "DYNAMICS_CLIENT_SECRET": "the-client-secret",
    "ACTIVECAMPAIGN_URL": "https://contoso.api-us1.example",
    "ACTIVECAMPAIGN_API_KEY": "the-api-key",
}
OTHERS = ("DYNAMICS_CLIENT_CERTIFICATE", "DYNAMICS_AUTHORITY", "CELERY_BROKER_URL", "AC365_SECRET_KEY_FILE")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs `ac365` in this process."""

    def __call__(self, *words: str, typed: str | None = None) -> Ran:
        result = CliRunner().invoke(app, list(words), input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)


@dataclass
class Place:
    """The store behind the commands. `do(function, ...)` runs in a transaction of its own."""

    db: Database
    id: int

    def do(self, function: Any, *args: Any, **named: Any) -> Any:
        with self.db.transaction() as tx:
            return function(tx, *args, **named)

    def mine(self, function: Any, *args: Any, **named: Any) -> Any:
        return self.do(function, self.id, *args, **named)

    @property
    def document(self) -> dict[str, Any]:
        return self.mine(configurations.current)[1]

    def configure(self, change: Any) -> None:
        """Saves the document after `change(document)`."""
        document = self.document
        change(document)
        self.mine(configurations.save, document, "test")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, dsn: str, redis_url: str, tmp_path: Path) -> None:
    """Servers and a secret key, but no connection."""
    for name in (*SETTINGS, *OTHERS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("CELERY_BROKER_URL", embedded.broker_of(redis_url))
    monkeypatch.setenv("AC365_SECRET_KEY", KEY)
    monkeypatch.setenv("AC365_HOME", str(tmp_path))


@pytest.fixture
def ac365(environment: None) -> Shell:
    """The command on an installation without a connection."""
    return Shell()


@pytest.fixture
def connected(ac365: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The command with the environment describing a connection; nobody answers at its addresses."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return ac365


@pytest.fixture
def place(connected: Shell, dsn: str) -> Iterator[Place]:
    """The connection of the environment with described columns and fields, contacts switched on."""
    db = Database(dsn, application_name="test")
    assert connected("connection", "list").status == 0
    with db.transaction() as tx:
        row = connections.listed(tx)[0]
        for key, document in {"dynamics:user": USER, **described()}.items():
            snapshots.put(tx, row["id"], key, document)
    place = Place(db, row["id"])
    place.configure(lambda document: document["entities"]["contact"].update(enabled=True))
    yield place
    db.close()


@pytest.fixture
def vault() -> Vault:
    return Vault([KEY])
