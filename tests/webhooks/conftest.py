"""A connection with its webhook addresses, and the receiver on a real PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from support.stored import House, connect

from config import document as documents
from engine.asked import Purpose
from engine.hook_paths import Signer
from engine.wake import Wake
from store import asked, configurations, connections
from store.db import Database
from sync.model import Lane
from webhooks.app import make

KEY = "a key for tests"


def _contacts_on() -> dict[str, Any]:
    document = documents.defaults()
    document["entities"]["contact"] |= {"enabled": True, "direction": "both"}
    return document


@pytest.fixture
def house(database: Database) -> House:
    with database.transaction() as tx:
        made = House(database, connect(tx, "main"))
        configurations.save(tx, made.id, _contacts_on(), "test")
    return made


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer([KEY])


@pytest.fixture
def sent() -> list[Wake]:
    """The wake-ups that were sent."""
    return []


@pytest.fixture
def client(house: House, signer: Signer, sent: list[Wake]) -> FlaskClient:
    return make(house.db, signer, sent.extend).test_client()


@pytest.fixture
def paths(house: House, signer: Signer) -> dict[Purpose, str]:
    """The addresses of the connection that are valid now."""
    return signer.paths(house.do(connections.get, house.id))


@pytest.fixture
def wishes(house: House) -> Any:
    """Who is asked for at this moment, with what is to be created."""
    return lambda: house.mine(asked.peek, "person", Lane.LIVE, 100)
