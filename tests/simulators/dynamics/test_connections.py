"""Connections: two rows each, one per direction, which say the same and go together."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ADA, BEN, Hand, code

from simulators.dynamics.schema.catalog import stable_id

STAKEHOLDER = stable_id("connected", "Stakeholder")
SHOWN = "_record1id_value,_record2id_value,_record1roleid_value,_record2roleid_value,record1objecttypecode,ismaster"


def connect(admin: Hand, **more: Any) -> str:
    """Ben is a stakeholder of Ada."""
    ends = {"record1id_contact@odata.bind": f"/contacts({ADA})", "record2id_lead@odata.bind": f"/leads({BEN})"}
    role = {"record2roleid@odata.bind": f"/connectionroles({STAKEHOLDER})"}
    return admin.make("connections", **ends, **role, **more)


def rows(admin: Hand, where: str = "statecode eq 0") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.get(f"connections?$select={SHOWN}&$filter={where}").get_json()["value"]
    return sorted(found, key=lambda row: not row["ismaster"])


def test_a_connection_is_two_rows_that_mirror_each_other(admin: Hand) -> None:
    made = connect(admin)
    one, other = rows(admin)
    assert one["connectionid"] == made
    assert (one["_record1id_value"], one["_record2id_value"], one["_record2roleid_value"]) == (ADA, BEN, STAKEHOLDER)
    assert (other["_record1id_value"], other["_record2id_value"], other["_record1roleid_value"]) == (
        BEN,
        ADA,
        STAKEHOLDER,
    )
    assert (one["record1objecttypecode"], one["_record1roleid_value"]) == (2, None)


def test_a_change_of_one_row_changes_the_other_and_both_go_together(admin: Hand) -> None:
    made = connect(admin)
    admin.send("PATCH", f"connections({made})", {"statecode": 1})
    assert rows(admin) == []
    assert code(admin.send("PATCH", f"connections({made})", {"description": "x"})) == (400, "0x80040233")
    admin.send("DELETE", f"connections({made})")
    assert rows(admin, "statecode eq 1") == []


def test_the_connections_of_a_deleted_record_go_with_it(admin: Hand) -> None:
    connect(admin)
    admin.send("DELETE", f"leads({BEN})")
    assert rows(admin) == []


def test_a_filter_by_role_needs_read_on_roles(hand: Hand, admin: Hand) -> None:
    connect(admin)
    hand.allow(prvReadConnection="Global")
    assert hand.get("connections?$filter=record2roleid/category eq 1000").status_code == 403
    hand.allow(prvReadConnectionRole="Global")
    assert len(hand.rows("connections?$filter=record2roleid/category eq 1000")) == 1


def test_a_connection_needs_both_ends(admin: Hand) -> None:
    ends = {"record1id_contact@odata.bind": f"/contacts({ADA})"}
    assert admin.send("POST", "connections", ends).status_code == 400


@pytest.mark.parametrize(("category", "found"), [(1000, 1), (1001, 0)])
def test_connections_are_found_by_the_category_of_a_role(admin: Hand, category: int, found: int) -> None:
    connect(admin)
    assert len(rows(admin, f"record2roleid/category eq {category}")) == found
