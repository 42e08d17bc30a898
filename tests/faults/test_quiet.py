"""What a sync costs when little or nothing has changed: requests and writes as the services count them."""

from __future__ import annotations

import pytest
from support.crowd import gather, id_of
from support.pump import Pump
from support.sides import edit

from clients import tokens
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

MOST_REQUESTS = 20


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch, crm: Dynamics, ac: ActiveCampaign, pump: Pump) -> Pump:
    """Everything is there; statistics begin anew, and so does the process, which has no access token yet."""
    gather(crm, accounts=3, contacts=25, leads=5)
    assert pump.sync()["state"] == "complete"
    monkeypatch.setattr(tokens, "_apps", {})
    crm.stats.reset()
    ac.stats.reset()
    return pump


def test_a_cycle_without_changes_writes_nothing_and_asks_little(
    crm: Dynamics, ac: ActiveCampaign, synced: Pump
) -> None:
    assert synced.sync()["state"] == "complete"
    assert ac.stats.as_json()["writes"] == {}
    assert crm.stats.as_json()["requests"] + ac.stats.as_json()["requests"] <= MOST_REQUESTS


def test_ten_changed_contacts_are_ten_contacts_written_in_one_import(
    crm: Dynamics, ac: ActiveCampaign, synced: Pump
) -> None:
    for number in range(10):
        edit(crm, "contact", id_of("contact", number), lastname=f"Changed {number}")
    synced.sync()
    assert ac.stats.as_json()["writes"] == {"POST /api/3/import/bulk_import": 10}
