"""Answers that are late, cut short, wrong or missing, and writes of which nobody knows whether they took effect."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from support.crowd import gather
from support.disturbed import at, conserved, whole
from support.pump import Pump
from support.sides import Hooks

from engine import verify
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.faults import Fault
from simulators.dynamics.state import Dynamics
from store import failures

ACCOUNTS, CONTACTS, LEADS = 3, 12, 1
CALLS = {
    "upsert": ("POST", "/contact/sync"),
    "account": ("POST", r"/accounts\?"),
    "import": ("POST", "/import/bulk_import"),
    "poll": ("GET", "/import/info"),
}
CARRIED_OUT = [{"kind": "status_after", "status": 504}, {"kind": "reset_after"}, {"kind": "truncate"}]
NOT_CARRIED_OUT = [{"kind": "status", "status": 502}, {"kind": "reset_before"}]


def synced_well(pump: Pump, ac: ActiveCampaign) -> bool:
    """Syncs; the cycle is complete, both sides agree, and everybody is there once."""
    cycle = pump.sync()
    assert conserved(cycle["streams"]), cycle
    assert cycle["state"] == "complete", cycle
    assert verify.compare(pump.services.context(pump.connection_id)).agrees
    return whole(ac, ACCOUNTS, CONTACTS + LEADS)


@pytest.mark.parametrize("kinds", [CARRIED_OUT, NOT_CARRIED_OUT], ids=["carried out", "not carried out"])
@pytest.mark.parametrize("call", CALLS)
def test_a_spoiled_answer_loses_nothing_and_writes_nothing_twice(
    crm: Dynamics, ac: ActiveCampaign, pump: Pump, call: str, kinds: list[dict[str, Any]]
) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    method, path = CALLS[call]
    for kind in kinds:
        ac.faults.add(Fault(**kind, method=method, path=path))
    assert synced_well(pump, ac)
    assert ac.faults.listed() == []


def test_a_storm_of_refusals_for_the_limit_passes(crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    pump.services.context(pump.connection_id)
    ac.faults.add(Fault("status", status=429, headers={"Retry-After": "1"}, path="/api/3", probability=0.3, times=4))
    assert synced_well(pump, ac)
    assert ac.stats.as_json()["statuses"]["429"] == 4


@pytest.mark.parametrize("ends", ["interrupted", "failed"])
def test_an_import_that_breaks_off_is_repeated_for_the_rows_it_left_out(
    crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, pump: Pump, ends: str
) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    ac.switches["import_ends"] = ends
    at(hooks, "GET /api/3/import/info", 1, lambda: ac.switches.update(import_ends="completed"))
    assert synced_well(pump, ac)


@pytest.mark.parametrize("seed", range(3))
def test_any_mixture_of_faults_is_survived(crm: Dynamics, ac: ActiveCampaign, pump: Pump, seed: int) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    pump.services.context(pump.connection_id)
    draw = Random(seed)
    for _ in range(12):
        side = draw.choice([crm, ac])
        kind = draw.choice([*CARRIED_OUT, *NOT_CARRIED_OUT])
        side.faults.add(Fault(**kind, path="/api/", times=2, probability=0.3))
    Pump(pump.services, pump.connection_id, seed).sync()
    for side in (crm, ac):
        side.faults.clear()
    with pump.services.db.transaction() as tx:
        failures.request_retry(tx, all=True)
    pump.retry()
    assert synced_well(pump, ac)
