"""An import that the service never finishes does not hold its people for ever."""

from __future__ import annotations

import pytest
from support.pump import Pump

from engine import bulk
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics


def test_people_of_an_import_without_end_are_written_one_by_one(
    crm: Dynamics, ac: ActiveCampaign, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PATIENCE_POLLS", 2)
    ac.switches["import_delay_s"] = [3600, 3600]
    crm.load("contact", [{"lastname": name, "emailaddress1": f"{name}@contoso.example"} for name in ("ada", "ben")])
    assert pump.sync()["state"] == "complete"
    assert ac.contact("ada@contoso.example")
    assert ac.tags_of("ben@contoso.example") == {"[D365: Contact]", "[D365: Pushed from Dynamics]"}
