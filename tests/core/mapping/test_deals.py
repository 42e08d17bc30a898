"""Opportunities as deals: what they are worth, what their fields hold, and what a deal says of its opportunity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping import deals, objects
from mapping.deals import DealField, Place

WANTED = deals.wanted(objects.STANDARD)
WORDS = {0: "Open", 1: "Won", 2: "Lost"}
PLACE = Place(
    pipeline=1,
    stages={"2-develop": 5, "without stage": 6},
    fields={one.label.casefold(): (number, one.kind) for number, one in enumerate(WANTED, 1)},
)
WIRES = [
    {"id": "topic", "value": "Licences"}, {"id": "estimated-revenue", "value": 25000.55},
    {"id": "stage", "value": "2-Develop"}, {"id": "status", "value": "Open"}, {"id": "currency", "value": "EUR"},
    {"id": "modified-on", "value": "2026-01-06T23:59:59Z"},
]  # fmt: skip


def a_deal(**more: object) -> dict[str, object]:
    """A deal as it was written for the wires above."""
    values = {
        one["customFieldId"]: one["fieldValue"] for one in deals.custom_values(PLACE, WANTED, "0ddd", WIRES, new=True)
    }
    plain = {"title": "Licences", "value": "2500055", "currency": "eur", "stage": "5", "status": "0", "values": values}
    return plain | more


@pytest.mark.parametrize(
    ("estimated", "actual", "won", "cents"),
    [
        ("25000.55", None, False, 2500055), ("25000.55", "19999.99", True, 1999999), ("25000.55", None, True, 2500055),
        ("25000.55", "19999.99", False, 2500055), ("0.125", None, False, 12), ("0.135", None, False, 14),
        (None, None, False, 0),
        ("21474836.47", None, False, 2**31 - 1), ("21474836.48", None, False, None), ("-0.01", None, False, None),
        ("10", "0", True, 0), ("no amount", None, False, 0), ("nan", None, False, 0), ("1e99", None, False, None),
    ],
)  # fmt: skip
def test_a_deal_is_worth_what_was_won_or_estimated_in_whole_cents(estimated, actual, won, cents):
    assert deals.cents(estimated, actual, won=won) == cents


@given(st.integers(0, deals.MOST_CENTS))
def test_every_amount_of_whole_cents_is_exact(cents):
    assert deals.cents(f"{cents // 100}.{cents % 100:02d}", None, won=False) == cents


def test_fields_hold_text_and_are_cleared_unless_the_deal_is_new():
    new = deals.custom_values(PLACE, WANTED, "0ddd", WIRES, new=True)
    assert {"customFieldId": 1, "fieldValue": "0ddd"} in new
    assert [one["fieldValue"] for one in new if not one["fieldValue"]] == []
    assert {"25000.55", "2026-01-06T23:59:59+00:00"} <= {one["fieldValue"] for one in new}
    again = deals.custom_values(PLACE, WANTED, "0ddd", WIRES, new=False)
    assert (len(again), sum(one["fieldValue"] == "" for one in again)) == (len(WANTED), len(WANTED) - len(new))


def test_a_deal_says_what_was_written():
    told = {one["id"]: one["value"] for one in deals.read_back(PLACE, WANTED, a_deal(), WORDS)}
    assert told == {
        "topic": "Licences", "estimated-revenue": "25000.55", "stage": "2-Develop", "status": "Open", "currency": "EUR",
        "modified-on": "2026-01-06T23:59:59+00:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "key", "value"),
    [
        ({"value": "1"}, "estimated-revenue", "0.01"), ({"stage": "6"}, "stage", "without stage"),
        ({"stage": "9"}, "stage", "stage 9"), ({"status": "2"}, "status", "Lost"),
        ({"currency": "usd"}, "currency", "USD"),
    ],
)  # fmt: skip
def test_what_somebody_changed_in_the_deal_itself_counts(more, key, value):
    told = {one["id"]: one["value"] for one in deals.read_back(PLACE, WANTED, a_deal(**more), WORDS)}
    assert told[key] == value


def test_of_several_with_one_name_the_oldest_counts():
    pipelines = [
        {"id": 7, "title": "dynamics 365 ", "currency": "eur"},
        {"id": 9, "title": "Dynamics 365", "currency": "usd"},
    ]
    fields = [{"id": "3", "fieldLabel": "A", "fieldType": "text"}, {"id": "4", "fieldLabel": "a", "fieldType": "date"}]
    place = deals.place_of(deals.described(pipelines, [], fields, 1))
    assert place is not None
    assert (place.pipeline, place.currency, place.fields) == (7, "eur", {"a": (3, "text")})


def test_a_field_of_another_type_is_in_the_way_and_longer_text_is_not():
    place = Place(fields={"a": (1, "textarea"), "b": (2, "text")})
    fields = (DealField("a", "A"), DealField("b", "B", "date"), DealField("c", "C"))
    assert deals.clashes(place, fields) == ("B is a field of deals of type text and should be date",)
    assert deals.lacking(place, fields) == (fields[2],)
