"""Alternate keys: made, built, addressed, violated."""

from __future__ import annotations

import pytest
from support.dynamics_hand import ADA, BEN, Hand, code

from simulators.dynamics.state import Dynamics

COLUMN = {
    "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
    "SchemaName": "ac_ContactId",
    "MaxLength": 100,
}
KEYS = "EntityDefinitions(LogicalName='lead')/Keys"


@pytest.fixture
def keyed(admin: Hand) -> Hand:
    """A lead table with an own column and a key on it that is just being built."""
    assert admin.send("POST", "EntityDefinitions(LogicalName='lead')/Attributes", COLUMN).status_code == 204
    assert admin.send("POST", KEYS, {"SchemaName": "ac_LeadKey", "KeyAttributes": ["ac_contactid"]}).status_code == 204
    return admin


@pytest.fixture
def active(keyed: Hand) -> Hand:
    keyed.control("clock", {"seconds": 5})
    return keyed


def status(hand: Hand) -> str:
    return hand.rows(f"{KEYS}?$select=SchemaName,EntityKeyIndexStatus,KeyAttributes")[0]["EntityKeyIndexStatus"]


@pytest.mark.parametrize(("wildcards", "found"), [(True, ["a_b@okoro.example", "axb@okoro.example"]),
                                                  (False, ["a_b@okoro.example"])])  # fmt: skip
def test_an_address_with_a_wildcard_finds_more_than_itself(hand: Hand, wildcards: bool, found: list[str]) -> None:
    for address in ("a_b@okoro.example", "axb@okoro.example"):
        hand.make("leads", lastname="x", emailaddress1=address)
    hand.control("switches", {"eq_wildcards": wildcards})
    assert sorted(hand.find("leads", "emailaddress1 eq 'a_b@okoro.example'", "emailaddress1")) == found
    assert hand.find("leads", "emailaddress1 eq 'a[_]b@okoro.example'", "emailaddress1") == found[:1] * wildcards


def test_a_key_is_usable_once_its_index_is_built(keyed: Hand) -> None:
    keyed.control("switches", {"key_build_s": 100})
    keyed.send("POST", KEYS, {"SchemaName": "ac_Other", "KeyAttributes": ["sic"]})
    assert code(keyed.get("leads(sic='4711')")) == (400, "0x80060890")
    seen = [keyed.control("clock", {"seconds": step}) and keyed.rows(f"{KEYS}?$filter=SchemaName eq 'ac_Other'")[0]
            ["EntityKeyIndexStatus"] for step in (1, 60, 60)]  # fmt: skip
    assert seen == ["Pending", "InProgress", "Active"]


def test_a_record_is_addressed_by_key(active: Hand) -> None:
    active.send("PATCH", f"leads({BEN})", {"ac_contactid": "4711"})
    assert active.get("leads(ac_contactid='4711')?$select=lastname").get_json()["lastname"] == "Okoro"
    assert code(active.get("leads(ac_contactid='4712')")) == (404, "0x80060891")
    assert code(active.get("leads(ac_contactid='a%2Fb')")) == (400, "0x80060888")


def upsert(hand: Hand, key: str, **body: str) -> int:
    return hand.send("PATCH", f"leads(ac_contactid='{key}')", body, Prefer="return=representation").status_code


def test_an_upsert_creates_and_then_updates(active: Hand) -> None:
    assert [upsert(active, "4711", lastname=name) for name in ("One", "Two")] == [201, 200]
    assert active.get("leads(ac_contactid='4711')").get_json()["lastname"] == "Two"


def test_a_key_column_in_the_body_wins_on_create_and_is_ignored_on_update(active: Hand) -> None:
    assert upsert(active, "4711", ac_contactid="9") == 201
    assert active.get("leads(ac_contactid='4711')").status_code == 404
    assert upsert(active, "9", ac_contactid="10") == 200
    assert active.get("leads(ac_contactid='9')").status_code == 200


def test_a_clash_names_the_record_that_was_there_first(active: Hand) -> None:
    active.send("PATCH", f"leads({BEN})", {"ac_contactid": "4711"})
    answer = active.send("POST", "leads", {"lastname": "Twin", "ac_contactid": "4711"})
    assert code(answer) == (412, "0x80060892")
    assert f"<Id>{BEN}</Id>" in answer.get_json()["error"]["message"]


def test_null_is_outside_the_check(active: Hand) -> None:
    active.make("leads", lastname="No number")
    active.make("leads", lastname="None either")
    assert status(active) == "Active"


def test_duplicates_fail_the_index_until_they_are_gone(keyed: Hand, state: Dynamics) -> None:
    state.load("lead", [{"ac_contactid": "1"}, {"ac_contactid": "1", "leadid": ADA}])
    keyed.control("clock", {"seconds": 5})
    assert status(keyed) == "Failed"
    keyed.edit({"table": "lead", "delete": ADA})
    sent = {"EntityLogicalName": "lead", "EntityKeyLogicalName": "ac_leadkey"}
    assert keyed.send("POST", "ReactivateEntityKey", sent).status_code == 204
    keyed.control("clock", {"seconds": 5})
    assert status(keyed) == "Active"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"SchemaName": "ac_LeadKey", "KeyAttributes": ["sic"]}, "0x80060893"),
        ({"SchemaName": "ac_Another", "KeyAttributes": ["ac_contactid"]}, "0x80060894"),
        ({"SchemaName": "ac_Another", "KeyAttributes": ["description"]}, "0x8006088f"),
        ({"SchemaName": "ac_Another", "KeyAttributes": []}, "0x80040203"),
    ],
)
def test_a_wrong_key_is_refused(keyed: Hand, sent: dict[str, object], expected: str) -> None:
    assert code(keyed.send("POST", KEYS, sent)) == (400, expected)
