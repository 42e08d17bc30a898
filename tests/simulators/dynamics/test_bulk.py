"""Bulk messages: all rows or none, in order, with the rules about repeated rows."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ADA, BEN, NOBODY, Hand, code
from werkzeug.test import TestResponse

from simulators.dynamics.schema.catalog import Key
from simulators.dynamics.state import Dynamics


def many(hand: Hand, message: str, *targets: dict[str, Any], typed: bool = True) -> TestResponse:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.lead"} if typed else {}
    return hand.send(
        "POST", f"leads/Microsoft.Dynamics.CRM.{message}", {"Targets": [{**kind, **one} for one in targets]}
    )


@pytest.fixture(autouse=True)
def key(state: Dynamics) -> None:
    state.catalog.tables["lead"].keys["sickey"] = Key("SicKey", ("sic",), status="Active")


def test_created_ids_come_in_order(hand: Hand) -> None:
    ids = many(hand, "CreateMultiple", {"lastname": "A"}, {"lastname": "B"}, {"lastname": "C"}).get_json()["Ids"]
    assert [hand.get(f"leads({row_id})/lastname").get_json()["value"] for row_id in ids] == ["A", "B", "C"]


def test_one_bad_row_stops_all(hand: Hand) -> None:
    answer = many(hand, "CreateMultiple", {"lastname": "Good"}, {"lastname": "x" * 51})
    assert code(answer) == (400, "0x80044331")
    assert hand.find("leads", "lastname eq 'Good'", "lastname") == []


@pytest.mark.parametrize("message", ["CreateMultiple", "UpdateMultiple", "UpsertMultiple"])
def test_every_target_needs_its_type(hand: Hand, message: str) -> None:
    assert code(many(hand, message, {"leadid": BEN}, typed=False)) == (400, "0x80048d19")


def test_a_repeated_row_is_updated_once(hand: Hand) -> None:
    assert many(hand, "UpdateMultiple", {"leadid": BEN, "sic": "1"}, {"leadid": BEN, "sic": "2"}).status_code == 204
    assert hand.get(f"leads({BEN})").get_json()["sic"] == "1"


def test_an_update_of_an_unknown_row_stops_all(hand: Hand) -> None:
    answer = many(hand, "UpdateMultiple", {"leadid": BEN, "jobtitle": "x"}, {"leadid": NOBODY, "jobtitle": "x"})
    assert code(answer) == (404, "0x80040217")
    assert hand.get(f"leads({BEN})").get_json()["jobtitle"] is None


def test_an_upsert_makes_and_changes(hand: Hand) -> None:
    named = {"@odata.id": "leads(sic='7')"}
    assert (
        many(hand, "UpsertMultiple", {**named, "lastname": "New"}, {"leadid": BEN, "jobtitle": "x"}).status_code == 204
    )
    assert many(hand, "UpsertMultiple", {**named, "jobtitle": "Boss"}).status_code == 204
    assert hand.find("leads", "sic eq '7' and jobtitle eq 'Boss'", "lastname") == ["New"]


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([{"@odata.id": "leads(sic='7')"}, {"@odata.id": "leads(sic='7')"}], "0x80040203"),
        ([{"leadid": BEN}, {"leadid": BEN}], "0x80040203"),
        ([{"@odata.id": "leads(sic='7')", "sic": "7"}], "0x80040216"),
        ([{"@odata.id": "leads(fax='7')"}], "0x80060888"),
    ],
)
def test_an_upsert_refuses(hand: Hand, targets: list[dict[str, str]], expected: str) -> None:
    assert code(many(hand, "UpsertMultiple", *targets)) == (400, expected)


def test_an_upsert_leaves_the_key_of_a_known_row_alone(hand: Hand) -> None:
    hand.send("PATCH", f"leads({BEN})", {"sic": "7"})
    assert many(hand, "UpsertMultiple", {"@odata.id": "leads(sic='7')", "sic": "8", "fax": "1"}).status_code == 204
    row = hand.get(f"leads({BEN})").get_json()
    assert (row["sic"], row["fax"]) == ("7", "1")


def test_an_own_key_that_is_taken_stops_all(hand: Hand) -> None:
    answer = many(hand, "CreateMultiple", {"leadid": NOBODY, "lastname": "A"}, {"leadid": BEN, "lastname": "B"})
    assert code(answer) == (412, "0x80040237")
    assert hand.get(f"leads({NOBODY})").status_code == 404


def test_a_closed_row_stops_all(hand: Hand) -> None:
    other = hand.make("leads", lastname="Other")
    hand.edit({"table": "lead", "id": BEN, "set": {"statecode": 2}})
    answer = many(hand, "UpdateMultiple", {"leadid": other, "fax": "1"}, {"leadid": BEN, "fax": "1"})
    assert code(answer) == (400, "0x80040233")
    assert hand.get(f"leads({other})").get_json()["fax"] is None


def test_bulk_messages_can_be_missing(hand: Hand, admin: Hand) -> None:
    hand.control("bulk", {"table": "lead", "enabled": False})
    where = "sdkmessageid/name eq 'UpsertMultiple' and primaryobjecttypecode eq 'lead'"
    assert admin.find("sdkmessagefilters", where, "sdkmessagefilterid") == []
    assert many(hand, "CreateMultiple", {"lastname": "A"}).status_code == 404
    hand.control("bulk", {"table": "lead", "enabled": True})
    assert len(admin.find("sdkmessagefilters", where, "sdkmessagefilterid")) == 1


def test_bulk_deletion_is_a_job(admin: Hand) -> None:
    assert many(admin, "DeleteMultiple", {"leadid": BEN}).status_code == 400
    criteria = {"Conditions": [{"Values": [{"Value": ADA}]}]}
    answer = admin.send("POST", "BulkDelete", {"QuerySet": [{"EntityName": "contact", "Criteria": criteria}]})
    assert answer.get_json()["JobId"]
    assert admin.get(f"contacts({ADA})").status_code == 404


@pytest.mark.parametrize(("table", "found"), [("lead", 1), ("account", 1), ("role", 0)])
def test_availability_can_be_asked(admin: Hand, table: str, found: int) -> None:
    where = f"sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq '{table}'"
    assert len(admin.find("sdkmessagefilters", where, "sdkmessagefilterid")) == found


def test_a_table_without_bulk_messages_has_none(admin: Hand) -> None:
    assert admin.send("POST", "roles/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": []}).status_code == 404
