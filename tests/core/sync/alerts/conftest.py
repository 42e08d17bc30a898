"""A reading in which nothing is wrong, and how it is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.alerts import every
from sync.alerts.reading import Budget, Connection, Queue, Reading, Slots, Way
from sync.model import Direction, Entity

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
WELL = Connection(
    1,
    "default",
    ways=(
        Way(Entity.CONTACT, Direction.OUTBOUND, begun=True, last_success=NOON, silent=timedelta(minutes=5)),
        Way(Entity.CONTACT, Direction.INBOUND, begun=True, last_success=NOON, silent=timedelta(minutes=5)),
    ),
    records={("contact", "linked"): 1000},
    budgets={"activecampaign": Budget({"calls": Slots(1, 5)}), "dynamics": Budget({"calls": Slots(1, 5500)})},
)
QUEUES = (Queue("live", 5.0, fresh=True, version="1"), Queue("sync", 5.0, fresh=True, version="1"))


@pytest.fixture
def well() -> Reading:
    return Reading(NOON, version="1", queues=QUEUES, database=10**9, connections=(WELL,))


@pytest.fixture
def with_connection(well: Reading) -> Callable[..., Reading]:
    """The same with a connection that differs."""
    return lambda **differing: replace(well, connections=(replace(WELL, **differing),))


@pytest.fixture
def found() -> Callable[[Reading], dict[str, str]]:
    """The names of the rules that find something, with the first sentence of each."""

    def look(reading: Reading) -> dict[str, Any]:
        return {rule.name: sign.text for rule, sign in reversed(list(every.signs(reading)))}

    return look
