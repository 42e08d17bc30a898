"""A connection of one's own to hang things on."""

from __future__ import annotations

import pytest
from support.stored import House, connect

from store.db import Database


@pytest.fixture
def house(database: Database) -> House:
    with database.transaction() as tx:
        return House(database, connect(tx, "main"))
