"""Creating, changing and deleting records: what is written, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ACCOUNT, ADA, BEN, NOBODY, Hand, code

from simulators.dynamics import seed
from simulators.dynamics.schema.catalog import Column, Key, Option
from simulators.dynamics.state import Dynamics

SEEN = {"Prefer": "return=representation"}


def test_a_create_answers_with_the_address(hand: Hand) -> None:
    answer = hand.send("POST", "leads", {"lastname": "New"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["OData-EntityId"] == answer.headers["Location"]


def test_a_create_fills_what_the_service_fills(hand: Hand) -> None:
    row = hand.send("POST", "leads", {"firstname": "Cleo", "lastname": "New", "revenue": 12.345}, **SEEN)
    shown = row.get_json()
    assert row.status_code == 201
    assert (shown["fullname"], shown["statecode"], shown["statuscode"]) == ("Cleo New", 0, 1)
    assert (shown["leadqualitycode"], shown["followemail"], shown["donotbulkemail"]) == (2, True, False)
    assert shown["_ownerid_value"] == shown["_createdby_value"] == hand.get("WhoAmI").get_json()["UserId"]
    assert (shown["revenue"], shown["_transactioncurrencyid_value"]) == (12.34, seed.CURRENCY)
    assert len(shown["modifiedon"]) == len("2026-01-05T10:11:12Z")


def test_money_in_another_currency_has_a_base_amount(hand: Hand) -> None:
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({seed.DOLLAR})"}
    shown = hand.send("POST", "leads", {"lastname": "x", "revenue": 110, **bind}, **SEEN).get_json()
    assert (shown["revenue"], shown["revenue_base"], shown["exchangerate"]) == (110, 100, 1.1)


def test_an_own_primary_key_makes_a_create_idempotent(hand: Hand) -> None:
    assert hand.make("leads", leadid=NOBODY, lastname="New") == NOBODY
    assert code(hand.send("POST", "leads", {"leadid": NOBODY, "lastname": "New"})) == (412, "0x80040237")


def test_every_write_has_a_higher_version(hand: Hand) -> None:
    first = hand.send("PATCH", f"leads({BEN})", {"jobtitle": "a"}, **SEEN).get_json()
    second = hand.send("PATCH", f"leads({BEN})", {"jobtitle": "a"}, **SEEN).get_json()
    assert second["versionnumber"] > first["versionnumber"]
    assert second["@odata.etag"] == f'W/"{second["versionnumber"]}"'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"lastname": "x" * 51}, "0x80044331"),
        ({"lastname": "\U0001f600" * 26}, "0x80044331"),
        ({"lastname": 7}, "0x80048d19"),
        ({"nosuchcolumn": 1}, "0x80048d19"),
        ({"owneridname": "x"}, "0x80048d19"),
        ({"_parentaccountid_value": ACCOUNT}, "0x80060888"),
        ({"parentaccountid": ACCOUNT}, "0x80048d19"),
        ({"ParentAccountId@odata.bind": f"/accounts({ACCOUNT})"}, "0x80048d19"),
        ({"parentaccountid@odata.bind": f"/contacts({ADA})"}, "0x80060888"),
        ({"numberofemployees": 1_000_001}, "0x8004432f"),
        ({"numberofemployees": "1"}, "0x80048d19"),
        ({"revenue": -1}, "0x80044330"),
        ({"leadsourcecode": 11}, "0x8004431a"),
        ({"leadsourcecode": "8"}, "0x80048d19"),
        ({"donotemail": 1}, "0x80048d19"),
        ({"estimatedclosedate": "2026-01-05T00:00:00Z"}, "0x80048d19"),
        ({"estimatedclosedate": "2026-02-30"}, "0x80048d19"),
        ({"lastusedincampaign": "2026-01-05"}, "0x80048d19"),
        ({"lastusedincampaign": "1752-12-31T00:00:00Z"}, "0x80040239"),
        ({"statecode": 0, "statuscode": 4}, "0x80048408"),
        ({"statuscode": 3}, "0x80048408"),
        ({"ownerid@odata.bind": None}, "0x80040203"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_written(hand: Hand, body: dict[str, Any], expected: str) -> None:
    before = hand.get(f"leads({BEN})").headers["ETag"]
    assert code(hand.send("PATCH", f"leads({BEN})", body)) == (400, expected)
    assert hand.get(f"leads({BEN})").headers["ETag"] == before


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("lastname", "x" * 50, "x" * 50),
        ("lastname", "", None),
        ("companyname", None, None),
        ("revenue", 10.005, 10.0),
        ("estimatedclosedate", "2026-01-05", "2026-01-05"),
        ("lastusedincampaign", "2026-01-05T10:11:12.99+02:00", "2026-01-05T08:11:12Z"),
        ("leadsourcecode", None, None),
        ("modifiedon", "2001-01-01T00:00:00Z", ...),
    ],
)
def test_a_value_is_kept_in_its_canonical_form(hand: Hand, column: str, value: Any, kept: Any) -> None:
    row = hand.send("PATCH", f"leads({BEN})", {column: value}, **SEEN).get_json()
    assert row[column] == kept if kept is not ... else row[column] != value


@pytest.mark.parametrize(
    ("value", "kept"),
    [("9, 1", "1,9"), ("1,1", "1"), ("", None), (None, None), ("1,2", "0x8004431a"), ("a", "0x80048d19"),
     (1, "0x80048d19"), ([1], "0x80048d19")],
)  # fmt: skip
def test_several_choices_are_kept_sorted_or_refused(hand: Hand, state: Dynamics, value: Any, kept: str | None) -> None:
    several = Column("ac_tags", "MultiSelectPicklist", "ac_Tags", "Tags", options=[Option(1, "A"), Option(9, "B")])
    state.storage.add_column(state.catalog.tables["lead"], several)
    state.catalog.tables["lead"].add([several])
    answer = hand.send("PATCH", f"leads({BEN})", {"ac_tags": value}, **SEEN)
    assert (answer.get_json()["ac_tags"] if answer.status_code == 200 else code(answer)[1]) == kept


def test_read_only_columns_are_refused_with_the_switch(hand: Hand) -> None:
    assert hand.send("PATCH", f"leads({BEN})", {"fullname": "x"}).status_code == 204
    assert hand.get(f"leads({BEN})").get_json()["fullname"] == "Ben Okoro"
    hand.control("switches", {"read_only_columns": "refuse"})
    assert code(hand.send("PATCH", f"leads({BEN})", {"fullname": "x"})) == (400, "0x80040203")


@pytest.mark.parametrize("text", ['{"revenue": NaN}', '{"revenue": 1e999}', '{"revenue": -Infinity}'])
def test_a_number_that_is_none_is_refused(hand: Hand, text: str) -> None:
    auth = {"Authorization": f"Bearer {hand.token}"}
    answer = hand.web.patch(f"/api/data/v9.2/leads({BEN})", data=text, headers=auth)
    assert answer.status_code == 400


def test_an_amount_in_base_currency_is_not_written(hand: Hand) -> None:
    row = hand.send("PATCH", f"leads({BEN})", {"revenue": 10, "revenue_base": 99}, **SEEN).get_json()
    assert (row["revenue"], row["revenue_base"]) == (10, 10)


def test_a_body_that_is_no_object_is_refused(hand: Hand) -> None:
    assert code(hand.send("POST", "leads", [1])) == (400, "0x80048d19")


@pytest.mark.parametrize(
    ("row_id", "headers", "status"),
    [
        (BEN, {"If_Match": "*"}, 204),
        (NOBODY, {"If_Match": "*"}, 404),
        (NOBODY, {}, 204),
        (BEN, {"If_None_Match": "*"}, 412),
        (NOBODY, {"If_None_Match": "*"}, 204),
        (BEN, {"If_Match": 'W/"1"'}, 412),
        (NOBODY, {**SEEN}, 201),
        (BEN, {**SEEN}, 200),
    ],
)
def test_preconditions_of_an_update(hand: Hand, row_id: str, headers: dict[str, str], status: int) -> None:
    assert hand.send("PATCH", f"leads({row_id})", {"lastname": "x"}, **headers).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_one_property_obeys_the_precondition_too(hand: Hand, method: str) -> None:
    answer = hand.send(method, f"leads({BEN})/jobtitle", {"value": "x"}, If_Match='W/"1"')
    assert code(answer) == (412, "0x80060882")


def test_an_intended_update_by_an_unknown_key_value_is_404(hand: Hand, state: Dynamics) -> None:
    state.catalog.tables["lead"].keys["sickey"] = Key("SicKey", ("sic",), status="Active")
    assert code(hand.send("PATCH", "leads(sic='7')", {"jobtitle": "x"}, If_Match="*")) == (404, "0x80060891")


def test_the_address_decides_which_row_an_upsert_makes(hand: Hand) -> None:
    hand.send("PATCH", f"leads({NOBODY})", {"leadid": ADA, "lastname": "x"})
    assert hand.get(f"leads({NOBODY})").status_code == 200
    assert hand.get(f"leads({ADA})").status_code == 404


def test_a_stale_version_is_refused_with_its_code(hand: Hand) -> None:
    etag = hand.get(f"leads({BEN})").headers["ETag"]
    assert hand.send("PATCH", f"leads({BEN})", {"jobtitle": "a"}, If_Match=etag).status_code == 204
    assert code(hand.send("PATCH", f"leads({BEN})", {"jobtitle": "b"}, If_Match=etag)) == (412, "0x80060882")


def test_a_patch_without_precondition_resurrects_a_deleted_row(hand: Hand) -> None:
    hand.edit({"table": "lead", "delete": BEN})
    assert hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"}).status_code == 204
    assert hand.get(f"leads({BEN})").get_json()["lastname"] is None


def test_lookups_are_bound_and_cleared(hand: Hand) -> None:
    bind = "parentcustomerid_account@odata.bind"
    hand.send("PATCH", f"contacts({ADA})", {bind: None})
    assert hand.get(f"contacts({ADA})").get_json()["_parentcustomerid_value"] is None
    hand.send("PATCH", f"contacts({ADA})", {bind: f"/accounts({ACCOUNT})"})
    assert hand.get(f"contacts({ADA})").get_json()["_parentcustomerid_value"] == ACCOUNT
    assert hand.send("DELETE", f"contacts({ADA})/parentcustomerid_account/$ref").status_code == 204
    assert hand.get(f"contacts({ADA})").get_json()["_parentcustomerid_value"] is None
    link = {"@odata.id": f"http://localhost/api/data/v9.2/accounts({ACCOUNT})"}
    hand.send("PUT", f"contacts({ADA})/parentcustomerid_account/$ref", link)
    assert hand.get(f"contacts({ADA})").get_json()["_parentcustomerid_value"] == ACCOUNT
    assert code(hand.send("PATCH", f"contacts({ADA})", {bind: f"/accounts({NOBODY})"})) == (404, "0x80040217")


def test_one_property_is_put_and_cleared(hand: Hand) -> None:
    assert hand.send("PUT", f"leads({BEN})/jobtitle", {"value": "CTO"}).status_code == 204
    assert hand.get(f"leads({BEN})/jobtitle").get_json()["value"] == "CTO"
    assert hand.send("DELETE", f"leads({BEN})/jobtitle").status_code == 204
    assert hand.get(f"leads({BEN})/jobtitle").status_code == 204


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_lead_is_read_only_until_it_is_opened_again(hand: Hand, closed: int) -> None:
    hand.edit({"table": "lead", "id": BEN, "set": {"statecode": closed}})
    assert code(hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"})) == (400, "0x80040233")
    assert hand.send("PATCH", f"leads({BEN})", {"statecode": 0, "jobtitle": "x"}).status_code == 204


@pytest.mark.parametrize(("table", "row_id"), [("contact", ADA), ("account", ACCOUNT)])
def test_a_deactivated_contact_or_account_is_still_written(hand: Hand, table: str, row_id: str) -> None:
    hand.edit({"table": table, "id": row_id, "set": {"statecode": 1}})
    row = hand.send("PATCH", f"{table}s({row_id})", {"description": "x"}, **SEEN).get_json()
    assert (row["description"], row["statecode"]) == ("x", 1)


def test_a_status_reason_defaults_with_its_state(hand: Hand) -> None:
    row = hand.send("PATCH", f"leads({BEN})", {"statecode": 2}, **SEEN).get_json()
    assert (row["statecode"], row["statuscode"]) == (2, 4)


def test_an_owner_must_be_able_to_read(hand: Hand) -> None:
    hand.allow(prvAssignLead="Global")
    bind = {"ownerid@odata.bind": f"/systemusers({seed.SELLER})"}
    assert hand.send("PATCH", f"leads({BEN})", bind).status_code == 204
    assert hand.get(f"leads({BEN})/owninguser?$select=fullname").get_json()["fullname"] == "Noor Seller"
    blind = {"ownerid@odata.bind": f"/systemusers({seed.LEAVER})"}
    assert code(hand.send("PATCH", f"leads({BEN})", blind)) == (403, "0x80040220")


def test_back_dating_needs_a_privilege(hand: Hand, admin: Hand) -> None:
    body = {"lastname": "Old", "overriddencreatedon": "2001-01-01T00:00:00Z"}
    assert code(hand.send("POST", "leads", body)) == (403, "0x80040220")
    assert admin.send("POST", "leads", body, **SEEN).get_json()["createdon"] == "2001-01-01T00:00:00Z"


def test_duplicates_are_detected_for_those_who_ask(hand: Hand) -> None:
    body = {"lastname": "Twin", "emailaddress1": "BEN@okoro.example"}
    assert hand.send("POST", "leads", body, **{"MSCRM.SuppressDuplicateDetection": "true"}).status_code == 204
    answer = hand.send("POST", "leads", body, **{"MSCRM.SuppressDuplicateDetection": "false"})
    assert code(answer) == (412, "0x80040333")


def test_a_delete_is_final_and_takes_notes_along(admin: Hand) -> None:
    note = admin.make("annotations", subject="n", **{"objectid_lead@odata.bind": f"/leads({BEN})"})
    assert admin.send("DELETE", f"leads({BEN})").status_code == 204
    assert code(admin.send("DELETE", f"leads({BEN})")) == (404, "0x80040217")
    assert admin.get(f"annotations({note})").status_code == 404


def test_a_delete_clears_lookups_and_counts_as_a_change(admin: Hand) -> None:
    before = admin.get(f"contacts({ADA})").get_json()["versionnumber"]
    admin.send("DELETE", f"accounts({ACCOUNT})")
    after = admin.get(f"contacts({ADA})").get_json()
    assert after["_parentcustomerid_value"] is None
    assert after["versionnumber"] > before


def test_what_others_need_is_not_deleted(admin: Hand) -> None:
    publisher = admin.make("publishers", uniquename="acsync", friendlyname="AC", customizationprefix="ac")
    admin.make("solutions", uniquename="acsync", friendlyname="AC", version="1.0.0.0",
               **{"publisherid@odata.bind": f"/publishers({publisher})"})  # fmt: skip
    assert code(admin.send("DELETE", f"publishers({publisher})")) == (405, "0x80040227")


def test_a_method_that_is_not_supported(hand: Hand) -> None:
    assert hand.send("PUT", "leads", {}).status_code == 405


def test_an_opportunity_takes_its_customer_from_its_account(admin: Hand) -> None:
    bind = {"parentaccountid@odata.bind": f"/accounts({ACCOUNT})"}
    shown = admin.send("POST", "opportunities", {"name": "Deal", **bind}, **SEEN).get_json()
    assert shown["_customerid_value"] == ACCOUNT
