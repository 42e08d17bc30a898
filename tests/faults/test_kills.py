"""A worker or beat is killed in the middle of a run: the run ends by itself, nothing is lost, nothing twice."""

from __future__ import annotations

import pytest
from support.disturbed import ACCOUNT, ACCOUNTS, IMPORT, all_there_once, at, people_and_companies
from support.plant import Plant
from support.sides import Hooks

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

pytestmark = pytest.mark.usefixtures("lifted")


@pytest.mark.parametrize(("call", "number"), [(ACCOUNT, ACCOUNTS // 2), (IMPORT, 1)])
def test_a_worker_that_dies_before_it_knows_of_its_write_makes_no_second_one(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, call: str, number: int
) -> None:
    people_and_companies(crm)
    at(hooks, call, number, lambda: plant.kill("worker0"))
    plant.start()
    first = plant.stack.pids()["worker0"]
    cycle = plant.ended(plant.begin())
    assert plant.stack.pids()["worker0"] != first
    assert all_there_once(plant, cycle, ac)


def test_the_other_worker_takes_over_what_a_dead_one_held(
    plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks
) -> None:
    people_and_companies(crm)
    at(hooks, ACCOUNT, ACCOUNTS // 2, lambda: plant.kill(busy(plant)))
    plant.start(workers=2, supervised=False)
    cycle = plant.ended(plant.begin())
    assert len(plant.stack.pids()) == 2
    assert all_there_once(plant, cycle, ac)


def test_a_run_outlives_its_beat(plant: Plant, crm: Dynamics, ac: ActiveCampaign, hooks: Hooks) -> None:
    people_and_companies(crm)
    at(hooks, ACCOUNT, ACCOUNTS // 2, lambda: plant.kill("beat"))
    plant.start()
    assert all_there_once(plant, plant.ended(plant.begin()), ac)


def busy(plant: Plant) -> str:
    """The worker that holds rows of the outbox at this moment."""
    with plant.services.db.transaction() as tx:
        row = tx.execute("SELECT claimed_by FROM outbox WHERE state = 'claimed' LIMIT 1").fetchone()
    assert row is not None
    return plant.worker_of(int(row["claimed_by"].rpartition(":")[2]))
