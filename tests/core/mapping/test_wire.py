"""To ActiveCampaign's wire and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.carrier import Carrier, carrier_of
from mapping.columns import Column, ColumnType, Option
from mapping.fields import Field, FieldKind
from mapping.matrix import compatible
from mapping.pairs import Pair
from mapping.text import zone_of

OPTIONS = (Option(9, "Gold"), Option(1, "Silver; plated"), Option(100000000, "Pig & iron"))
LABELS = tuple(option.label for option in OPTIONS)
BERLIN = zone_of("Europe/Berlin")


def carrier(column: str, kind: str, target: str = "contact", **facts: Any) -> Carrier:
    options = OPTIONS if "picklist" in column else (Option(1, "Yes"), Option(0, "No")) if column == "boolean" else ()
    left = Column("new_tier", "Tier", ColumnType(column), options=options, **facts)
    choices = LABELS if "picklist" in column else ("Yes", "No") if kind == "dropdown" else ("Yes",)
    right = Field("TIER", "Tier", FieldKind(kind), 5, choices, target=target, currency="USD")
    return carrier_of(Pair(left, right, compatible(left, right)), BERLIN, None)


TABLE = [
    ("string", "text", "contact", "Ada", "Ada"),
    ("integer", "text", "contact", 7, "7"),
    ("decimal", "number", "contact", "12.5", "12.5"),
    ("decimal", "number", "account", "12.5", "12.5"),
    ("money", "currency", "account", "12.5 EUR", 1250),
    ("boolean", "text", "contact", False, "false"),
    ("boolean", "number", "contact", True, "1"),
    ("boolean", "dropdown", "contact", False, "No"),
    ("boolean", "checkbox", "contact", True, "||Yes||"),
    ("boolean", "checkbox", "account", True, ["Yes"]),
    ("picklist", "dropdown", "contact", 9, "Gold"),
    ("picklist", "listbox", "contact", 9, "||Gold||"),
    ("picklist", "number", "contact", 9, "9"),
    ("multi_picklist", "listbox", "contact", [1, 9], "||Gold||Silver; plated||"),
    ("multi_picklist", "multiselect", "account", [1, 9], ["Gold", "Silver; plated"]),
    ("multi_picklist", "text", "contact", [9, 100000000], "Gold; Pig & iron"),
    ("state", "text", "contact", None, ""),
    ("datetime", "datetime", "contact", "2026-07-05T22:30:00Z", "2026-07-05T22:30:00+00:00"),
    ("datetime", "text", "contact", "2026-07-05T22:30:00Z", "2026-07-05T22:30:00Z"),
    ("datetime", "date", "contact", "2026-07-06", "2026-07-06"),
    ("date", "datetime", "contact", "2026-07-06", "2026-07-06T00:00:00+02:00"),
    ("date", "datetime", "contact", "2026-01-06", "2026-01-06T00:00:00+01:00"),
    ("owner", "text", "contact", "Ada Byron", "Ada Byron"),
]


@pytest.mark.parametrize(("column", "kind", "target", "value", "wire"), TABLE)
def test_value_is_written_as_the_field_wants_it(column: str, kind: str, target: str, value: Any, wire: Any) -> None:
    assert carrier(column, kind, target).wire(value) == wire


@pytest.mark.parametrize(("column", "kind", "target", "value", "wire"), [row for row in TABLE if row[0] != "money"])
def test_what_was_written_reads_back_as_the_same(column: str, kind: str, target: str, value: Any, wire: Any) -> None:
    assert carrier(column, kind, target).theirs(wire) == value


@pytest.mark.parametrize(
    ("column", "kind", "wire", "value"),
    [
        ("date", "date", "2026-10-01T00:00:00-05:00", "2026-10-01"),
        ("date", "date", "0000-00-00", None),
        ("date", "datetime", "2026-07-05T17:00:00-05:00", "2026-07-06"),
        ("datetime", "datetime", "2026-10-01T08:30:00-05:00", "2026-10-01T13:30:00Z"),
        ("datetime", "datetime", "0000-00-00 00:00:00", None),
        ("decimal", "number", " 1234.50 ", "1234.5"),
        ("money", "currency", {"fieldValue": "123450", "fieldCurrency": "gbp"}, "1234.5 GBP"),
        ("money", "currency", "99", "0.99"),
        ("multi_picklist", "listbox", "||Silver; plated||Gold||", [1, 9]),
        ("multi_picklist", "listbox", "||", None),
        ("multi_picklist", "multiselect", [], None),
        ("picklist", "dropdown", "pig &amp; iron", 100000000),
        ("boolean", "checkbox", "", None),
        ("string", "text", None, None),
        ("string", "text", "a" * 300, "a" * 255),
    ],
)
def test_what_activecampaign_holds_becomes_canonical(column: str, kind: str, wire: Any, value: Any) -> None:
    assert carrier(column, kind).theirs(wire) == value


@pytest.mark.parametrize(
    ("column", "kind", "wire"),
    [
        ("integer", "text", "1,234"),
        ("decimal", "number", "1e5"),
        ("picklist", "dropdown", "Bronze"),
        ("picklist", "listbox", "||Gold||Silver; plated||"),
        ("datetime", "datetime", "soon"),
        ("date", "date", "31.12.2026"),
    ],
)
def test_what_the_pair_can_not_carry_stays_as_it_is(column: str, kind: str, wire: str) -> None:
    assert carrier(column, kind).theirs(wire) == wire


@pytest.mark.parametrize("value", [77, [9, 77], "Gold", None])
def test_an_option_that_is_gone_is_not_written(value: Any) -> None:
    kind = "multi_picklist" if isinstance(value, list) else "picklist"
    assert carrier(kind, "listbox").wire(value) == ("" if value is None else None)


LOSSLESS: list[tuple[str, str, str, dict[str, Any], st.SearchStrategy[Any]]] = [
    ("string", "text", "contact", {}, st.text(st.characters(exclude_categories=["Cs"]), max_size=200)),
    ("memo", "textarea", "account", {}, st.text(st.characters(), max_size=500)),
    ("integer", "number", "contact", {}, st.integers(-(2**31), 2**31 - 1)),
    ("decimal", "number", "account", {"precision": 5}, st.floats(-1e11, 1e11)),
    ("money", "currency", "account", {"precision": 4}, st.floats(-1e12, 1e12)),
    ("picklist", "radio", "contact", {}, st.sampled_from([option.value for option in OPTIONS])),
    ("multi_picklist", "listbox", "contact", {}, st.sampled_from(["9", "1,9", "9,1", "100000000,1", ""])),
    ("multi_picklist", "multiselect", "account", {}, st.sampled_from(["9", "1,9", "9,1,100000000"])),
    ("datetime", "datetime", "contact", {}, st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)),
    ("date", "date", "contact", {}, st.dates().map(str)),
    ("date", "datetime", "contact", {}, st.dates().map(str)),
]


@pytest.mark.parametrize(("column", "kind", "target", "facts", "values"), LOSSLESS)
@settings(deadline=None)
@given(data=st.data())
def test_round_trip_keeps_the_canonical_value(
    column: str, kind: str, target: str, facts: Any, values: Any, data: st.DataObject
) -> None:
    found = carrier(column, kind, target, **facts)
    given_ = data.draw(values)
    ours = None if given_ == "" else found.schema_field.deserialize(given_)
    theirs = found.theirs(found.wire(ours))
    assert found.same(ours, theirs)
    assert theirs == ours or column == "money"
