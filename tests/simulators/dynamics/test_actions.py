"""Qualifying, merging, winning, losing."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ACCOUNT, ADA, BEN, Hand, code
from werkzeug.test import TestResponse

from simulators.dynamics import seed


def qualify(hand: Hand, **more: Any) -> TestResponse:
    currency = {"transactioncurrencyid": seed.DOLLAR, "@odata.type": "Microsoft.Dynamics.CRM.transactioncurrency"}
    body = {"CreateAccount": True, "CreateContact": True, "CreateOpportunity": True, "Status": 3}
    return hand.send("POST", f"leads({BEN})/Microsoft.Dynamics.CRM.QualifyLead",
                     {**body, "OpportunityCurrencyId": currency, **more})  # fmt: skip


def test_qualifying_makes_three_records_and_closes_the_lead(admin: Hand) -> None:
    made = {row["@odata.type"].rpartition(".")[2]: row for row in qualify(admin).get_json()["value"]}
    contact = admin.get(f"contacts({made['contact']['contactid']})").get_json()
    assert (contact["fullname"], contact["emailaddress1"]) == ("Ben Okoro", "ben@okoro.example")
    assert (contact["_originatingleadid_value"], contact["_parentcustomerid_value"]) == (
        BEN,
        made["account"]["accountid"],
    )
    lead = admin.get(f"leads({BEN})").get_json()
    assert (lead["statecode"], lead["statuscode"], lead["_parentcontactid_value"]) == (1, 3, contact["contactid"])
    opportunity = admin.get(f"opportunities({made['opportunity']['opportunityid']})").get_json()
    assert (opportunity["name"], opportunity["_transactioncurrencyid_value"]) == ("Web enquiry", seed.DOLLAR)
    assert opportunity["_customerid_value"] == made["account"]["accountid"]


def test_qualifying_carries_the_opt_out_over(admin: Hand) -> None:
    admin.send("PATCH", f"leads({BEN})", {"donotbulkemail": True, "donotemail": True})
    rows = {row["@odata.type"].rpartition(".")[2]: row for row in qualify(admin).get_json()["value"]}
    contact = admin.get(f"contacts({rows['contact']['contactid']})").get_json()
    assert (contact["donotbulkemail"], contact["donotemail"], contact["donotphone"]) == (True, True, False)


@pytest.mark.parametrize("privilege", ["prvWriteLead", "prvCreateContact"])
def test_qualifying_takes_the_rights_of_its_parts(hand: Hand, privilege: str) -> None:
    hand.allow(prvCreateOpportunity="Global", **{privilege: None})
    assert code(qualify(hand, CreateAccount=False, CreateOpportunity=False)) == (403, "0x80040220")
    assert hand.get(f"leads({BEN})").get_json()["statecode"] == 0


def test_qualifying_makes_only_what_was_asked_for(admin: Hand) -> None:
    answer = qualify(admin, CreateAccount=False, CreateOpportunity=False)
    assert [row["@odata.type"] for row in answer.get_json()["value"]] == ["#Microsoft.Dynamics.CRM.contact"]


def test_a_lead_is_qualified_once(admin: Hand) -> None:
    qualify(admin)
    assert code(qualify(admin)) == (400, "0x80040233")


def test_qualifying_without_rights_on_accounts_changes_nothing(hand: Hand) -> None:
    hand.allow(prvCreateAccount=None)
    assert code(qualify(hand)) == (403, "0x80081018")
    assert hand.get(f"leads({BEN})").get_json()["statecode"] == 0


def merge(hand: Hand, survivor: str, subordinate: str, **content: Any) -> TestResponse:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.contact"}
    return hand.send("POST", "Merge", {"Target": {**kind, "contactid": survivor}, "UpdateContent": {**kind, **content},
                     "Subordinate": {**kind, "contactid": subordinate}, "PerformParentingChecks": False})  # fmt: skip


def test_merging_leaves_one_active_record(admin: Hand) -> None:
    twin = admin.make("contacts", lastname="Twin")
    lead = {"parentcontactid@odata.bind": f"/contacts({twin})"}
    admin.send("PATCH", f"leads({BEN})", lead)
    assert merge(admin, ADA, twin, jobtitle="Countess").status_code == 204
    loser = admin.get(f"contacts({twin})").get_json()
    assert (loser["statecode"], loser["merged"], loser["_masterid_value"]) == (1, True, ADA)
    assert admin.get(f"contacts({ADA})").get_json()["jobtitle"] == "Countess"
    assert admin.get(f"leads({BEN})").get_json()["_parentcontactid_value"] == ADA


def merge_accounts(hand: Hand, survivor: str, subordinate: str) -> TestResponse:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.account"}
    return hand.send("POST", "Merge", {"Target": {**kind, "accountid": survivor}, "PerformParentingChecks": False,
                     "Subordinate": {**kind, "accountid": subordinate}})  # fmt: skip


def test_people_of_a_merged_account_move_to_the_survivor_and_count_as_changed(admin: Hand) -> None:
    other = admin.make("accounts", name="Difference plc")
    before = admin.get(f"contacts({ADA})").get_json()["versionnumber"]
    assert merge_accounts(admin, other, ACCOUNT).status_code == 204
    ada = admin.get(f"contacts({ADA})").get_json()
    assert (ada["_parentcustomerid_value"], ada["versionnumber"] > before) == (other, True)
    loser = admin.get(f"accounts({ACCOUNT})").get_json()
    assert (loser["statecode"], loser["statuscode"], loser["_masterid_value"]) == (1, 2, other)


def test_a_survivor_does_not_become_its_own_parent(admin: Hand) -> None:
    child = admin.make("accounts", name="Branch", **{"parentaccountid@odata.bind": f"/accounts({ACCOUNT})"})
    merge_accounts(admin, child, ACCOUNT)
    assert admin.get(f"accounts({child})").get_json()["_parentaccountid_value"] is None


def test_a_record_is_not_merged_with_itself_or_twice(admin: Hand) -> None:
    assert code(merge(admin, ADA, ADA)) == (400, "0x80040203")
    twin = admin.make("contacts", lastname="Twin")
    merge(admin, ADA, twin)
    assert merge(admin, ADA, twin).status_code == 400


def test_merging_wants_a_privilege(hand: Hand) -> None:
    assert code(merge(hand, ADA, BEN)) == (403, "0x80040220")


def test_opportunities_cannot_be_merged(admin: Hand) -> None:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.opportunity", "opportunityid": ADA}
    assert code(admin.send("POST", "Merge", {"Target": kind, "Subordinate": kind})) == (400, "0x80040203")


@pytest.mark.parametrize(
    ("action", "reason", "closed", "value"), [("WinOpportunity", 3, 1, 500), ("LoseOpportunity", 5, 2, 0)]
)
def test_an_opportunity_is_closed_by_its_action(
    admin: Hand, action: str, reason: int, closed: int, value: float
) -> None:
    deal = admin.make("opportunities", name="Deal", estimatedvalue=500,
                      **{"customerid_account@odata.bind": f"/accounts({ACCOUNT})"})  # fmt: skip
    activity = {"subject": "Done", "opportunityid@odata.bind": f"/opportunities({deal})"}
    assert admin.send("POST", action, {"Status": reason, "OpportunityClose": activity}).status_code == 204
    row = admin.get(f"opportunities({deal})").get_json()
    assert (row["statecode"], row["statuscode"], row["actualvalue"]) == (closed, reason, value)
    assert code(admin.send("PATCH", f"opportunities({deal})", {"name": "x"})) == (400, "0x80040233")
    assert code(admin.send("POST", action, {"Status": reason, "OpportunityClose": activity})) == (400, "0x80040233")


def test_closing_takes_the_right_to_write(hand: Hand, admin: Hand) -> None:
    deal = admin.make("opportunities", name="Deal")
    activity = {"subject": "Done", "opportunityid@odata.bind": f"/opportunities({deal})"}
    assert code(hand.send("POST", "WinOpportunity", {"Status": 3, "OpportunityClose": activity})) == (403, "0x80040220")


def test_an_opportunity_is_not_won_by_an_update(admin: Hand) -> None:
    deal = admin.make("opportunities", name="Deal")
    assert code(admin.send("PATCH", f"opportunities({deal})", {"statecode": 1})) == (400, "0x80040203")


def test_an_action_without_its_parameter_is_refused(admin: Hand) -> None:
    assert code(admin.send("POST", "WinOpportunity", {})) == (400, "0x80040203")
    assert admin.send("POST", "NoSuchAction", {}).status_code == 404
