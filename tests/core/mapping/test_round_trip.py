"""ActiveCampaign, canonical, Dynamics, and read again: every pair of the matrix that can travel inbound."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.columns import Column, ColumnType, Option
from mapping.compiled import CompiledMapping, compile_mapping
from mapping.fields import ACCOUNT_STANDARD, CONTACT_STANDARD, MANY_OF, Field, FieldKind
from mapping.matrix import compatible
from mapping.pairs import Shape, shape_of

ZONES = ("Pacific/Tongatapu", "Pacific/Pago_Pago", "Europe/Berlin")
EURO = "0c110000-0000-4000-8000-000000000001"
ROW = {"_transactioncurrencyid_value": EURO}
OPTIONS = (Option(9, "Gold"), Option(1, "Silver; plated"), Option(100000000, "Pig & iron"))
LABELS = tuple(option.label for option in OPTIONS)
FACTS: dict[str, dict[str, Any]] = {
    "string": {"max_length": 100},
    "memo": {"max_length": 2000},
    "decimal": {"precision": 2, "minimum": -1e11, "maximum": 1e11},
    "double": {"precision": 5},
    "money": {"precision": 2},
    "picklist": {"options": OPTIONS},
    "multi_picklist": {"options": OPTIONS},
    "boolean": {"options": (Option(1, "Yes"), Option(0, "No"))},
}


def column(kind: ColumnType) -> Column:
    return Column("new_x", "X", kind, **FACTS.get(kind, {}))


def field(kind: FieldKind, of: ColumnType, target: str) -> Field:
    words = ("Yes", "No") if kind not in MANY_OF else ("Yes",)
    return Field("X", "X", kind, 5, words if of is ColumnType.BOOLEAN else LABELS, target, "USD")


INBOUND = [
    (of, kind, target)
    for of in ColumnType
    for kind in FieldKind
    for target in ("contact", "account")
    if kind is not FieldKind.RELATION and compatible(column(of), field(kind, of, target)).inbound
]


@cache
def mapping(of: ColumnType, kind: FieldKind, target: str, zone: str) -> CompiledMapping:
    fixed = {"contact": ("emailaddress1", CONTACT_STANDARD[:1]), "account": ("name", ACCOUNT_STANDARD[:1])}
    name, standard = fixed[target]
    text = Column(name, "Name", ColumnType.STRING)
    currency = Column("transactioncurrencyid", "Currency", ColumnType.LOOKUP)
    columns = {found.name: found for found in (text, currency, column(of))}
    fields = {found.key: found for found in (*standard, field(kind, of, target))}
    said = {"direction": "both", "fields": [{"dynamics": "new_x", "activecampaign": "X"}]}
    return compile_mapping(target, said, columns, fields, version=1, zone=zone, currencies={EURO: "EUR"})


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
lines = texts.filter(lambda text: not {"\n", "\r"} & set(text))
days = st.dates(date(1753, 1, 3)) | st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(1800, 1, 1)])
offsets = st.integers(-11, 13).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(datetime(1753, 1, 3), datetime(9999, 12, 30), timezones=offsets) | st.sampled_from(
    [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
)
cents = st.integers(-(10**12), 10**12)
labels = st.sampled_from(LABELS)
sets = st.lists(labels, min_size=1, unique=True)


def held(of: ColumnType, kind: FieldKind, target: str) -> st.SearchStrategy[Any]:
    """What ActiveCampaign may hold in a field of this kind, and a column of this type can take."""
    shape = shape_of(column(of), field(kind, of, target))
    many = (lambda found: found) if target == "account" else (lambda found: f"||{'||'.join(found)}||")
    if shape is Shape.MONEY:
        return cents | cents.map(lambda amount: {"fieldValue": str(amount), "fieldCurrency": "eur"})
    if shape in (Shape.YES_NO, Shape.TICK):
        return {
            FieldKind.NUMBER: st.sampled_from(["1", "0"]),
            FieldKind.TEXT: st.sampled_from(["true", "FALSE"]),
            FieldKind.HIDDEN: st.sampled_from(["true", "false"]),
        }.get(kind, st.just(many(["Yes"])) if kind in MANY_OF else st.sampled_from(["Yes", "no"]))
    if shape in (Shape.CHOICE, Shape.CHOICES):
        chosen = sets if shape is Shape.CHOICES else labels.map(lambda label: [label])
        return chosen.map(many) if kind in MANY_OF else labels
    if shape in (Shape.DAY, Shape.INSTANT):
        return days.map(str) if kind is FieldKind.DATE else moments.map(lambda moment: moment.isoformat())
    if shape is Shape.WHOLE:
        return st.integers(-(2**31), 2**31 - 1).map(str)
    if shape is Shape.NUMBER:
        return st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4).map(lambda n: f"{n:f}")
    return texts if of is ColumnType.MEMO else lines


def again(found: CompiledMapping, values: dict[str, Any]) -> dict[str, Any]:
    """The canonical values of the row that these were written into."""
    body = found.dynamics_body(values, ROW)
    assert body.warnings == ()
    read = found.read({**ROW, **json.loads(json.dumps(body.body))})
    assert read.warnings == ()
    return found.aligned(read.values, values)


@pytest.mark.parametrize(("of", "kind", "target"), INBOUND)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_value_comes_back_as_it_went(of: ColumnType, kind: FieldKind, target: str, data: st.DataObject) -> None:
    found = mapping(of, kind, target, data.draw(st.sampled_from(ZONES)))
    values = found.theirs({}, {5: data.draw(held(of, kind, target))}).values
    assert "X" in values
    assert again(found, values) == values


@pytest.mark.parametrize(("of", "kind", "target"), INBOUND)
@settings(deadline=None, max_examples=50)
@given(wire=texts | st.integers() | st.floats() | st.lists(texts, max_size=3) | st.dates().map(str) | st.none())
def test_anything_else_is_left_out_or_comes_back(of: ColumnType, kind: FieldKind, target: str, wire: Any) -> None:
    found = mapping(of, kind, target, "Pacific/Tongatapu")
    values, warnings = found.theirs({}, {5: wire})
    assert ("X" in values) is not bool(warnings)
    assert again(found, values) == values


@pytest.mark.parametrize(("of", "kind", "target"), INBOUND)
def test_empty_value_comes_back_empty(of: ColumnType, kind: FieldKind, target: str) -> None:
    found = mapping(of, kind, target, "UTC")
    assert found.theirs({}, {}).values == {"X": None}
    assert again(found, {"X": None}) == {"X": None}


def test_every_type_that_can_be_filled_is_among_them() -> None:
    outbound_only = {"bigint", "state", "status", "lookup", "customer", "owner", "uniqueidentifier"}
    assert {str(of) for of, _, _ in INBOUND} == {str(kind) for kind in ColumnType} - outbound_only


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-25", "2026-10-26", "2026-12-31"])
@pytest.mark.parametrize("of", ["date", "datetime", "datetime_as_date", "datetime_floating"])
def test_day_is_never_off_by_one(of: str, day: str, zone: str) -> None:
    found = mapping(ColumnType(of), FieldKind.DATE, "contact", zone)
    assert again(found, found.theirs({}, {5: day}).values) == {"X": day}
