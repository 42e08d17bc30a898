"""Fields out of ActiveCampaign's answers."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.fields import FieldKind, account_fields, contact_fields


def custom(**facts: Any) -> dict[str, Any]:
    return {"id": "6", "title": "Customer tier", "type": "dropdown", "perstag": "CUSTOMER_TIER", **facts}


def test_contacts_always_have_their_standard_fields() -> None:
    assert list(contact_fields({})) == ["email", "firstName", "lastName", "phone", "account"]


def test_custom_contact_field_is_known_by_its_tag() -> None:
    options = [{"field": 6, "value": "Silver", "orderid": "2"}, {"field": "6", "value": "Gold", "orderid": 1}]
    field = contact_fields({"fields": [custom()], "fieldOptions": options})["CUSTOMER_TIER"]
    assert (field.id, field.kind, field.options) == (6, FieldKind.DROPDOWN, ("Gold", "Silver"))


@pytest.mark.parametrize("broken", [{"type": ""}, {"type": None}, {"type": "NULL"}, {"perstag": None}, {"id": None}])
def test_broken_contact_fields_are_ignored(broken: dict[str, Any]) -> None:
    assert "CUSTOMER_TIER" not in contact_fields({"fields": [custom(**broken)]})


def test_a_type_of_tomorrow_is_kept_as_unknown() -> None:
    assert contact_fields({"fields": [custom(type="hologram")]})["CUSTOMER_TIER"].kind is FieldKind.UNKNOWN


def test_custom_account_field_is_known_by_its_label() -> None:
    row = {"id": 20, "fieldLabel": "Revenue", "fieldType": "currency", "fieldDefaultCurrency": "gbp"}
    field = account_fields([row])["Revenue"]
    assert (field.id, field.kind, field.currency, field.target) == (20, FieldKind.CURRENCY, "GBP", "account")


def test_two_account_fields_of_one_label_are_told_apart() -> None:
    rows = [{"id": number, "fieldLabel": "Region", "fieldType": "text"} for number in ("1", "2")]
    assert list(account_fields(rows))[2:] == ["Region", "Region (2)"]


def test_an_account_field_called_name_does_not_hide_the_name() -> None:
    fields = account_fields([{"id": 3, "fieldLabel": "name", "fieldType": "text"}])
    assert fields["name"].id is None
    assert fields["name (3)"].id == 3
