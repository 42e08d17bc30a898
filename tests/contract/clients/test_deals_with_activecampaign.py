"""Deals through the client: what the service answers becomes numbers, and what is unsafe to repeat is not repeated."""

from __future__ import annotations

import pytest

from clients.activecampaign import ActiveCampaign
from simulators.activecampaign.state import ActiveCampaign as Account
from simulators.common.faults import Fault
from sync.errors import BadRecord, Missing, MissingPermission, NotAvailable, UnknownOutcome
from sync.model import Lane

SYNC = Lane.SYNC
ADA_AT = "ada@contoso.example"


@pytest.fixture
def ac(live_ac: ActiveCampaign) -> ActiveCampaign:
    return live_ac


@pytest.fixture
def body(ac: ActiveCampaign) -> dict[str, object]:
    """A deal of Ada's in a pipeline of its own."""
    pipeline = ac.create_pipeline("Dynamics 365", "EUR", lane=SYNC)
    contact = ac.sync_contact({"email": ADA_AT}, lane=SYNC)[0]
    owner = ac.me()["id"]
    return {
        "title": "Licences",
        "value": 45678,
        "currency": "eur",
        "group": str(pipeline),
        "contact": str(contact),
        "owner": owner,
        "status": 0,
    }


def test_a_deal_is_made_changed_found_and_deleted(ac: ActiveCampaign, account: Account, body) -> None:
    field = ac.add_deal_field("D365 Opportunity ID", "text", lane=SYNC)
    values = [{"customFieldId": field, "fieldValue": "0ddd"}]
    number = ac.create_deal({**body, "fields": values}, lane=SYNC)
    ac.update_deal(number, {"value": 100}, lane=SYNC)
    found = ac.deal(number, lane=SYNC)
    assert found is not None
    assert (found["value"], found["values"], found["contact"]) == ("100", {field: "0ddd"}, int(str(body["contact"])))
    account.clock.advance(60)
    assert [row["id"] for row in ac.deals_of(found["contact"], lane=SYNC)] == [number]
    assert [row["id"] for row in ac.deals_page(int(str(body["group"])), 0, lane=SYNC)] == [number]
    for _ in range(2):
        ac.delete_deal(number, lane=SYNC)
    assert (ac.deal(number, lane=SYNC), ac.deal_values(number, lane=SYNC)) == (None, {})


def test_stages_of_other_pipelines_are_left_out(ac: ActiveCampaign, body) -> None:
    other = ac.create_pipeline("Sales", "usd", lane=SYNC)
    made = ac.create_stage(other, "1-Qualify", lane=SYNC)
    assert made in [row["id"] for row in ac.stages(other, lane=SYNC)]
    assert made not in [row["id"] for row in ac.stages(int(body["group"]), lane=SYNC)]


def test_deals_of_somebody_with_very_many_are_all_found(ac: ActiveCampaign, account: Account, body) -> None:
    account.switches["calls_per_second"] = None
    with account.lock:
        stage = next(iter(account.deal_stages))["id"]
        for number in range(130):
            whole = {"description": "", "account": 0, "percent": None, "created": 0, "updated": 0, "values": {}}
            sure = {"listed": None, "fresh_at": 0.0, "stage": stage, "contact": 1, "group": 1, "owner": 1, "value": 1}
            account.deals.add(**whole, **sure, title=f"Deal {number}", currency="eur", status=0)
    assert len(ac.deals_of(1, lane=SYNC)) == 130
    assert ac.deals_of(4711, lane=SYNC) == []


def test_a_lost_answer_leaves_the_outcome_unknown(ac: ActiveCampaign, account: Account, body) -> None:
    account.faults.add(Fault("reset_after", path="deals", method="POST"))
    with pytest.raises(UnknownOutcome):
        ac.create_deal(body, lane=SYNC)
    assert len(account.deals) == 1


def test_refusals_have_their_classes(ac: ActiveCampaign, account: Account, body) -> None:
    with pytest.raises(BadRecord):
        ac.create_deal({**body, "currency": "EUR"}, lane=SYNC)
    with pytest.raises(Missing):
        ac.update_deal(4711, {"value": 1}, lane=SYNC)
    account.users.rows[1] |= {"admin": False, "denied": ["deals"]}
    with pytest.raises(MissingPermission):
        ac.create_deal(body, lane=SYNC)
    account.switches["deals"] = False
    with pytest.raises(NotAvailable):
        ac.pipelines(lane=SYNC)
