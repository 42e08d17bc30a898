"""Which column may travel into which field."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.columns import Column, ColumnType
from mapping.fields import Field, FieldKind
from mapping.matrix import Verdict, compatible

NUMBERS = ("integer", "bigint", "decimal", "double", "money")
VENDOR_SHEET = {
    "text": ("string", *NUMBERS, "boolean", "owner", "customer"),
    "hidden": ("string", *NUMBERS, "boolean", "owner", "customer"),
    "textarea": ("memo",),
    "date": ("datetime", "date", "datetime_floating", "datetime_as_date"),
    "datetime": ("datetime", "date", "datetime_floating"),
    "dropdown": ("picklist",),
    "radio": ("picklist",),
    "checkbox": ("multi_picklist",),
    "listbox": ("picklist",),
    "rating": ("string", "integer"),
}

PAIRS = [(field, column) for field, row in VENDOR_SHEET.items() for column in row]


def judge(column: str, field: str, **facts: Any) -> Verdict:
    return compatible(Column("a", "A", ColumnType(column), **facts), Field("B", "B", FieldKind(field), 1))


@pytest.mark.parametrize(("field", "column"), PAIRS)
def test_everything_the_vendor_allows_is_allowed(field: str, column: str) -> None:
    assert judge(column, field).allowed


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("string", "text"),
        ("memo", "textarea"),
        ("integer", "number"),
        ("money", "currency"),
        ("picklist", "dropdown"),
        ("multi_picklist", "multiselect"),
        ("datetime", "datetime"),
        ("date", "date"),
    ],
)
def test_natural_pairs_are_lossless_both_ways(column: str, field: str) -> None:
    verdict = judge(column, field)
    assert (verdict.lossless, verdict.outbound, verdict.inbound) == (True, True, True)


@pytest.mark.parametrize("column", ["lookup", "owner", "state", "bigint", "uniqueidentifier", "memo"])
def test_names_states_and_ids_travel_as_text_outbound_only(column: str) -> None:
    verdict = judge(column, "text")
    assert (verdict.allowed, verdict.outbound, verdict.inbound) == (True, True, False)


@pytest.mark.parametrize(
    ("column", "field"),
    [("multi_picklist", "dropdown"), ("string", "number"), ("lookup", "textarea"), ("boolean", "date")],
)
def test_unfit_pairs_are_refused_with_both_types_named(column: str, field: str) -> None:
    verdict = judge(column, field)
    assert not verdict.allowed
    assert column.replace("_", " ") in verdict.rule
    assert field in verdict.rule


@pytest.mark.parametrize("kind", ["deal", "unknown"])
def test_deal_fields_and_unknown_types_are_refused(kind: str) -> None:
    verdict = judge("string", kind)
    assert not verdict.allowed
    assert "mapped" in verdict.rule


@pytest.mark.parametrize("facts", [{"calculated": True}, {"updatable": False}])
def test_read_only_columns_travel_outbound_only(facts: dict[str, bool]) -> None:
    verdict = judge("string", "text", **facts)
    assert (verdict.outbound, verdict.inbound) == (True, False)


def test_unreadable_column_does_not_travel_outbound() -> None:
    assert not judge("string", "text", readable=False).outbound


@pytest.mark.parametrize(
    ("column", "targets", "allowed"),
    [
        ("customer", ("account", "contact"), True),
        ("lookup", ("account",), True),
        ("lookup", ("campaign",), False),
        ("string", (), False),
    ],
)
def test_only_a_lookup_of_accounts_leads_to_the_account(column: str, targets: tuple[str, ...], allowed: bool) -> None:
    account = Field("account", "Account", FieldKind.RELATION)
    assert compatible(Column("a", "A", ColumnType(column), targets=targets), account).allowed is allowed


@pytest.mark.parametrize("field", list(FieldKind))
def test_every_verdict_has_a_sentence(field: FieldKind) -> None:
    assert [column for column in ColumnType if not judge(column, field).rule.endswith(".")] == []
