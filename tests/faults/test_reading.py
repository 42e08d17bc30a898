"""What goes wrong while Dynamics is read: no page is lost, none counts twice."""

from __future__ import annotations

import pytest
from support.crowd import address, gather, id_of
from support.disturbed import ACCOUNT, at, conserved, whole
from support.pump import Pump
from support.sides import Hooks, edit

from engine import reading, verify
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.faults import Fault
from simulators.dynamics.state import Dynamics
from sync.model import Entity

ACCOUNTS, CONTACTS, LEADS = 3, 12, 1
PAGE = 5


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch, crm: Dynamics) -> None:
    monkeypatch.setattr(reading, "PAGE_SIZE", PAGE)
    gather(crm, ACCOUNTS, CONTACTS, LEADS)


def synced_well(pump: Pump, ac: ActiveCampaign) -> bool:
    """Syncs; the cycle is complete, both sides agree, and everybody is there once."""
    cycle = pump.sync()
    assert conserved(cycle["streams"]), cycle
    assert cycle["state"] == "complete", cycle
    assert verify.compare(pump.services.context(pump.connection_id)).agrees
    return whole(ac, ACCOUNTS, CONTACTS + LEADS)


@pytest.mark.parametrize("kind", ["status", "reset_before", "reset_after", "truncate"])
def test_a_page_that_does_not_arrive_is_asked_for_again(
    crm: Dynamics, ac: ActiveCampaign, pump: Pump, kind: str
) -> None:
    pump.services.context(pump.connection_id)
    crm.faults.add(Fault(kind, path="/contacts", times=3))
    assert synced_well(pump, ac)
    assert crm.faults.listed() == []


def test_an_access_token_that_is_revoked_in_mid_run_is_replaced(
    crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, pump: Pump
) -> None:
    at(hooks, ACCOUNT, 2, crm.authority.revoke)
    assert synced_well(pump, ac)
    assert crm.stats.as_json()["statuses"]["401"] == 1


def test_a_change_token_that_expires_in_mid_run_leads_to_a_full_read_that_writes_only_differences(
    crm: Dynamics, ac: ActiveCampaign, hooks: Hooks, pump: Pump
) -> None:
    pump.sync()
    edit(crm, "account", id_of("account", 0), telephone1="+49 30 1")
    edit(crm, "contact", id_of("contact", 0), lastname="Changed")
    ac.stats.reset()
    at(hooks, "PUT /api/3/accounts/1", 1, lambda: crm.expire_tokens([crm.catalog.tables[Entity.CONTACT]]))
    assert synced_well(pump, ac)
    assert ac.contact(address("contact", 0)).last == "Changed"
    assert ac.stats.as_json()["writes"] == {"PUT /api/3/accounts/<number>": 1, "PUT /api/3/contacts/<number>": 1}
