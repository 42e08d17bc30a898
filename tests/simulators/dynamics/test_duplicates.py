"""Duplicate detection: only for those who ask, only by rules that are published."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ADA, BEN, Hand, code
from werkzeug.test import TestResponse

ASKING = {"MSCRM.SuppressDuplicateDetection": "false"}
TWIN = {"lastname": "Twin", "emailaddress1": "BEN@okoro.example"}


def create(hand: Hand, body: dict[str, Any], asking: str = "false") -> TestResponse:
    return hand.send("POST", "leads", body, **{"MSCRM.SuppressDuplicateDetection": asking})


def publish(hand: Hand, table: str, *columns: str, **more: Any) -> int:
    return hand.control("duplicate_rules", {"table": table, "columns": columns, **more}).status_code


def unpublish(hand: Hand, query: str = "") -> list[dict[str, Any]]:
    return hand.control(f"duplicate_rules{query}", method="DELETE").get_json()["rules"]


def test_a_fresh_environment_compares_addresses(hand: Hand) -> None:
    assert create(hand, TWIN, "true").status_code == 204
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"}, **ASKING)
    assert code(create(hand, TWIN)) == (412, "0x80040333")


def test_without_a_published_rule_nothing_is_found(hand: Hand) -> None:
    assert unpublish(hand) == []
    assert create(hand, TWIN).status_code == 204


def test_rules_of_one_table_are_unpublished(hand: Hand) -> None:
    assert {rule["table"] for rule in unpublish(hand, "?table=lead")} == {"account", "contact"}


def test_a_rule_of_several_columns_wants_them_all(hand: Hand) -> None:
    unpublish(hand)
    publish(hand, "lead", "firstname", "lastname")
    assert create(hand, {"firstname": "Ada", "lastname": "Okoro"}).status_code == 204
    assert create(hand, {"lastname": "Okoro"}).status_code == 204
    assert create(hand, {"firstname": "ben", "lastname": "okoro"}).status_code == 412


def test_an_update_is_compared_with_what_the_row_keeps(hand: Hand) -> None:
    unpublish(hand)
    publish(hand, "lead", "firstname", "lastname")
    other = hand.make("leads", firstname="Ben", lastname="Other")
    assert code(hand.send("PATCH", f"leads({other})", {"lastname": "Okoro"}, **ASKING)) == (412, "0x80040333")


def test_an_update_that_touches_no_column_of_a_rule_is_free(hand: Hand) -> None:
    create(hand, TWIN, "true")
    assert hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"}, **ASKING).status_code == 204


@pytest.mark.parametrize(("inactive", "status"), [(False, 204), (True, 412)])
def test_inactive_records_count_only_where_the_rule_says_so(hand: Hand, inactive: bool, status: int) -> None:
    unpublish(hand)
    publish(hand, "lead", "emailaddress1", inactive=inactive)
    hand.edit({"table": "lead", "id": BEN, "set": {"statecode": 2}})
    assert create(hand, TWIN).status_code == status


def test_one_duplicate_stops_a_whole_bulk_message(hand: Hand) -> None:
    targets = [{"@odata.type": "Microsoft.Dynamics.CRM.contact", "lastname": name, "emailaddress1": at}
               for name, at in (("New", "new@okoro.example"), ("Twin", "ada@difference.example"))]  # fmt: skip
    answer = hand.send("POST", "contacts/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": targets}, **ASKING)
    assert code(answer) == (412, "0x80040333")
    assert hand.find("contacts", "lastname eq 'New'", "lastname") == []


def test_a_rule_needs_a_table_and_its_columns(hand: Hand) -> None:
    assert publish(hand, "lead", "shoesize") == publish(hand, "shoe", "size") == publish(hand, "lead") == 400


def test_a_person_is_not_stopped(hand: Hand) -> None:
    hand.edit({"table": "contact", "id": ADA, "set": {"emailaddress1": "ben@okoro.example"}})
