"""While imports have to wait for their minute: nobody sits in a worker, one comes back, and single writes go on."""

from __future__ import annotations

import pytest
from redis import Redis
from support.crowd import gather
from support.disturbed import conserved
from support.pump import Pump

from clients import limits
from clients.budget import Budget
from clients.limits import IMPORTS, Limit
from engine import turns
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from sync.model import Entity, Lane


@pytest.fixture
def budget(redis_url: str) -> Budget:
    return Budget(Redis.from_url(redis_url), "turns", {IMPORTS: Limit(2, 30.0)})


def test_a_free_slot_is_free_now_and_a_taken_one_after_its_period(budget: Budget) -> None:
    for _ in range(2):
        assert budget.free_in_s(IMPORTS) == 0.0
        with budget.take(Lane.BACKFILL, (IMPORTS,)):
            pass
    assert 29.0 < budget.free_in_s(IMPORTS) <= 31.0


def test_a_pause_makes_even_a_free_slot_wait(budget: Budget) -> None:
    budget.pause(20.0, (IMPORTS,))
    assert 19.0 < budget.free_in_s(IMPORTS) <= 20.0


def test_of_many_who_are_told_to_wait_one_comes_back(pump: Pump) -> None:
    context = pump.services.context(pump.connection_id)
    answers = [turns.come_back(context, Entity.CONTACT, Lane.BACKFILL, 5.0) for _ in range(4)]
    assert [len(wakes) for wakes in answers] == [1, 0, 0, 0]
    assert answers[0][0].delay_s == 5.0


def test_only_a_backfill_of_people_looks_whether_it_may_import(pump: Pump) -> None:
    context = pump.services.context(pump.connection_id)
    context.budget.pause(20.0, (IMPORTS,))
    assert turns.until_import(context, Entity.CONTACT, Lane.BACKFILL) > 0
    assert turns.until_import(context, Entity.ACCOUNT, Lane.BACKFILL) == 0
    assert turns.until_import(context, Entity.CONTACT, Lane.SYNC) == 0


def test_a_backfill_that_has_to_wait_for_its_imports_is_complete_in_the_end(
    monkeypatch: pytest.MonkeyPatch, crm: Dynamics, ac: ActiveCampaign, pump: Pump
) -> None:
    slow = {**dict.fromkeys((limits.CALLS, limits.SINGLE_IMPORTS), Limit(1000, 1.0)), IMPORTS: Limit(1, 1.0)}
    monkeypatch.setattr(limits, "activecampaign_limits", lambda *_: slow)
    gather(crm, accounts=1, contacts=600)
    cycle = pump.sync()
    assert (cycle["state"], len(ac.contacts)) == ("complete", 600)
    assert conserved(cycle["streams"])
