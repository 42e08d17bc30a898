"""The limit of ActiveCampaign, as ActiveCampaign itself counts arrivals: kept and used by four workers together."""

from __future__ import annotations

import time
from statistics import mean

from support.crowd import gather
from support.plant import Plant, enable
from support.sides import Hooks

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from sync.model import Entity

LIMIT = 5
"""Calls in any second. Source: developers.activecampaign.com, page rate-limits."""


def test_four_workers_together_use_the_limit_and_never_exceed_it(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks
) -> None:
    written: list[float] = []
    hooks.append(lambda call: written.append(time.monotonic()) if call == "POST /api/3/accounts" else None)
    gather(crm, accounts=45)
    enable(plant.services, plant.connection_id, Entity.ACCOUNT)
    plant.start(workers=4)
    assert plant.ended(plant.begin()).state == "complete"
    seen = ac.stats.as_json()
    assert seen["busiest_second"] == LIMIT
    assert "429" not in seen["statuses"]
    # Of six calls in a row the last comes a second after the first, and hardly later.
    rounds = [later - sooner for sooner, later in zip(written, written[LIMIT:], strict=False)]
    assert mean(rounds) <= 1 / 0.95
