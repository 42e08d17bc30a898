"""Answers that are late, cut short, wrong or missing, and writes of which nobody knows whether they took effect."""

from __future__ import annotations

from random import Random

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
KINDS = {
    "504 although written": {"kind": "status_after", "status": 504},
    "503 and not written": {"kind": "status", "status": 503},
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "cut short": {"kind": "truncate"},
}


def synced_well(pump: Pump, ac: ActiveCampaign) -> bool:
    """Syncs; the cycle is complete, both sides agree, and everybody is there once."""
    cycle = pump.sync()
    assert conserved(cycle["streams"]), cycle
    assert cycle["state"] == "complete", cycle
    assert verify.compare(pump.services.context(pump.connection_id)).agrees
    return whole(ac, ACCOUNTS, CONTACTS + LEADS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", CALLS)
def test_a_spoiled_answer_loses_nothing_and_writes_nothing_twice(
    crm: Dynamics, ac: ActiveCampaign, pump: Pump, call: str, kind: str
) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    method, path = CALLS[call]
    ac.faults.add(Fault(**KINDS[kind], method=method, path=path, times=2))
    assert synced_well(pump, ac)
    assert ac.faults.listed() == []


def test_a_storm_of_refusals_for_the_limit_passes(crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    pump.services.context(pump.connection_id)
    ac.faults.add(Fault("status", status=429, headers={"Retry-After": "1"}, path="/api/3", probability=0.3, times=6))
    assert synced_well(pump, ac)
    assert ac.stats.as_json()["statuses"]["429"] == 6


@pytest.mark.parametrize("ends", ["interrupted", "failed"])
def test_an_import_that_breaks_off_is_repeated_for_the_rows_it_left_out(
    crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, pump: Pump, ends: str
) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    ac.switches["import_ends"] = ends
    at(hooks, "GET /api/3/import/info", 1, lambda: ac.switches.update(import_ends="completed"))
    assert synced_well(pump, ac)


@pytest.mark.parametrize("seed", range(4))
def test_any_mixture_of_faults_is_survived(crm: Dynamics, ac: ActiveCampaign, pump: Pump, seed: int) -> None:
    gather(crm, ACCOUNTS, CONTACTS, LEADS)
    pump.services.context(pump.connection_id)
    draw = Random(seed)
    for _ in range(12):
        side = draw.choice([crm, ac])
        side.faults.add(Fault(**KINDS[draw.choice(list(KINDS))], path="/api/", times=2, probability=0.3))
    Pump(pump.services, pump.connection_id, seed).sync()
    for side in (crm, ac):
        side.faults.clear()
    with pump.services.db.transaction() as tx:
        failures.request_retry(tx, all=True)
    pump.retry()
    assert synced_well(pump, ac)
