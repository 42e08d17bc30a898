"""The comparison of both sides: it finds what is wrong, and only that."""

from __future__ import annotations

import pytest
from support.cast import ADA
from support.pump import Pump

from engine import verify
from engine.verify_report import Report
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from sync.model import Lane

AT = "ada@contoso.example"


@pytest.fixture
def ada(crm: Dynamics) -> None:
    crm.load("contact", [{"contactid": ADA, "firstname": "Ada", "lastname": "Byron", "emailaddress1": AT}])


def compare(pump: Pump) -> Report:
    return verify.compare(pump.services.context(pump.connection_id))


@pytest.mark.usefixtures("ada")
def test_a_value_changed_behind_our_back_is_found(ac: ActiveCampaign, pump: Pump) -> None:
    pump.sync()
    client = pump.services.context(pump.connection_id).activecampaign
    client.sync_contact({"email": AT, "firstName": "Eda"}, lane=Lane.LIVE)
    report = compare(pump)
    assert not report.agrees
    assert [d.fields for d in report.differences] == [("firstName",)]


@pytest.mark.usefixtures("ada")
def test_what_activecampaign_held_before_is_kept_and_explained(ac: ActiveCampaign, pump: Pump) -> None:
    ac.load_contacts([{"email": AT, "phone": "+44 1632 960001"}])
    pump.sync()
    report = compare(pump)
    assert report.agrees
    assert "before the first sync" in str(report.differences[0].explanation)


@pytest.mark.usefixtures("ada")
def test_a_contact_that_is_missing_is_found(pump: Pump) -> None:
    report = compare(pump)
    assert [(d.record_id, d.missing) for d in report.differences] == [(ADA, True)]
