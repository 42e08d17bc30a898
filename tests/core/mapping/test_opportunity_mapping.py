"""Opportunities on their way into records of the custom object: which fields, and what their values look like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.dynamics_hand import Hand

from clients.dynamics_metadata import COLUMN, DETAILS, TABLE
from config import document
from mapping import derived, objects
from mapping.columns import Column, ColumnType, Option, columns_from_metadata
from mapping.compiled import CompiledMapping, compile_mapping
from mapping.decode import empty
from mapping.standard import STANDARD
from simulators.dynamics.app import make
from simulators.dynamics.state import Dynamics

DEAL = "0ddddddd-0000-4000-8000-000000000001"
EURO = "0c110000-0000-4000-8000-000000000001"
NAMED = "OData.Community.Display.V1.FormattedValue"
OPTIONS = (Option(9, "Gold"), Option(1, "Silver; plated"), Option(100000000, "Pig & iron"))
ROW = {
    "opportunityid": DEAL,
    "name": "Licences\r\nand more ",
    "estimatedvalue": 25000.55,
    "estimatedclosedate": "2026-12-15",
    "actualvalue": None,
    "actualclosedate": None,
    "stepname": "2-Develop",
    "statecode": 0,
    "closeprobability": 40,
    "_ownerid_value": EURO,
    f"_ownerid_value@{NAMED}": "Mira Owner",
    "createdon": "2026-01-05T08:15:30Z",
    "modifiedon": "2026-01-06T23:59:59Z",
    "_transactioncurrencyid_value": EURO,
}
WIRE = {
    "topic": "Licences\nand more",
    "estimated-revenue": 25000.55,
    "estimated-close-date": "2026-12-15",
    "stage": "2-Develop",
    "status": "Open",
    "probability": 40,
    "owner": "Mira Owner",
    "created-on": "2026-01-05T08:15:30Z",
    "modified-on": "2026-01-06T23:59:59Z",
    "currency": "EUR",
    "dynamics-link": f"https://x.example/main.aspx?etn=opportunity&pagetype=entityrecord&id={DEAL}",
}


@pytest.fixture(scope="module")
def columns() -> Iterator[dict[str, Column]]:
    """The columns of the simulated table, asked for as ac365 asks for them, with those it adds."""
    state = Dynamics()
    hand = Hand(state, make(state).test_client())
    hand.token = hand.ask_token().get_json()["access_token"]
    table = "EntityDefinitions(LogicalName='opportunity')"
    definition = hand.get(f"{table}?$select={TABLE}&$expand=Attributes($select={COLUMN})").get_json()
    details = {cast: hand.rows(_address(table, cast, *wish)) for cast, wish in DETAILS.items()}
    yield {**columns_from_metadata(definition, details), **derived.COLUMNS}
    state.close()


@pytest.fixture(scope="module")
def mapping(columns: dict[str, Column]) -> CompiledMapping:
    """The standard mappings, east of every other zone."""
    return compiled(columns, zone="Pacific/Tongatapu")


def _address(table: str, cast: str, wanted: str, expand: str) -> str:
    select = f"LogicalName,{wanted}".rstrip(",")
    further = f"&$expand={expand}" if expand else ""
    return f"{table}/Attributes/Microsoft.Dynamics.CRM.{cast}?$select={select}{further}"


def compiled(columns: dict[str, Column], *own: tuple[str, str], zone: str = "UTC", **said: Any) -> CompiledMapping:
    """The mapping against a custom object that has what `ac365 provision` makes."""
    mapped = [{"dynamics": column, "activecampaign": field} for column, field in own]
    configured = document.load({"entities": {"opportunity": {"fields": mapped, **said}}})["entities"]["opportunity"]
    fields = objects.planned(objects.attributes(configured, columns))
    currencies = {EURO: "EUR"}
    return compile_mapping("opportunity", configured, columns, fields, version=1, zone=zone, currencies=currencies)


def sent(mapping: CompiledMapping, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record as ActiveCampaign reads them, every number exactly as its digits say."""
    told = json.loads(json.dumps(mapping.object_fields(values)), parse_float=Decimal)
    return {one["id"]: one["value"] for one in told}


def whole(row: dict[str, Any], columns: dict[str, Column]) -> dict[str, Any]:
    return derived.with_derived(row, columns, {EURO: "EUR"}, "https://x.example")


def test_every_standard_mapping_runs_against_the_table_as_it_is(mapping: CompiledMapping) -> None:
    assert mapping.inactive == ()
    assert {pair.field.key for pair in mapping.pairs} == {one.activecampaign for one in STANDARD["opportunity"]}
    assert {pair.direction for pair in mapping.pairs} == {"outbound"}


def test_what_ac365_adds_to_a_row_is_not_asked_for(mapping: CompiledMapping) -> None:
    select = mapping.select
    assert not set(derived.COLUMNS) & set(select)
    assert {"stepname", "salesstage", "_transactioncurrencyid_value", "_parentcontactid_value"} <= set(select)


def test_a_row_becomes_the_fields_of_a_record(mapping: CompiledMapping, columns: dict[str, Column]) -> None:
    read = mapping.read(whole(ROW, columns))
    assert read.warnings == ()
    assert sent(mapping, read.values) == {**WIRE, "estimated-revenue": Decimal("25000.55")}


def test_empty_values_are_left_out(mapping: CompiledMapping, columns: dict[str, Column]) -> None:
    bare = {name: None for name in ROW if "@" not in name} | {"opportunityid": DEAL, "statecode": 2}
    assert set(sent(mapping, mapping.read(whole(bare, columns)).values)) == {"status", "dynamics-link"}


@pytest.mark.parametrize(("state", "status"), [(0, "Open"), (1, "Won"), (2, "Lost")])
def test_status_is_the_word_of_dynamics(mapping: CompiledMapping, state: int, status: str) -> None:
    assert sent(mapping, mapping.read({"statecode": state}).values)["status"] == status


@pytest.mark.parametrize(
    ("row", "stage"),
    [
        ({derived.PROCESS_STAGE: "Propose", "stepname": "2-Develop", "salesstage": 1}, "Propose"),
        ({"stepname": "2-Develop", "salesstage": 1}, "2-Develop"),
        ({"stepname": None, "salesstage": 1}, "Develop"),
        ({"stepname": "", "salesstage": 99}, None),
    ],
)
def test_stage_is_the_process_then_the_phase_then_the_label(
    mapping: CompiledMapping, columns: dict[str, Column], row: dict[str, Any], stage: str | None
) -> None:
    assert mapping.read(whole(row, columns)).values["stage"] == stage


@settings(deadline=None)
@given(cents=st.integers(1, 10**14))
def test_money_is_exact_to_the_cent_up_to_a_million_millions(mapping: CompiledMapping, cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    read = mapping.read(json.loads(f'{{"estimatedvalue": {amount}}}'))
    assert sent(mapping, read.values)["estimated-revenue"] == amount


@pytest.mark.parametrize(("stored", "shown"), [(0.125, "0.12"), (0.135, "0.14"), (12.3456, "12.35"), (-0.5, "-0.5")])
def test_more_than_cents_are_rounded_half_even(mapping: CompiledMapping, stored: float, shown: str) -> None:
    assert sent(mapping, mapping.read({"actualvalue": stored}).values)["actual-revenue"] == Decimal(shown)


@settings(deadline=None)
@given(moment=st.datetimes(datetime(1753, 1, 3), datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_moments_are_sent_in_utc_with_a_z(mapping: CompiledMapping, moment: datetime) -> None:
    text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert sent(mapping, mapping.read({"createdon": text}).values)["created-on"] == text


# What an own mapping's column becomes in the custom object: the type of the field, and its digits after the point.
FITTING: dict[ColumnType, tuple[str, int | None]] = {
    ColumnType.STRING: ("text", None),
    ColumnType.MEMO: ("textarea", None),
    ColumnType.INTEGER: ("number", 0),
    ColumnType.BIGINT: ("number", 0),
    ColumnType.DECIMAL: ("number", 3),
    ColumnType.DOUBLE: ("number", 3),
    ColumnType.MONEY: ("number", 2),
    ColumnType.BOOLEAN: ("text", None),
    ColumnType.PICKLIST: ("text", None),
    ColumnType.MULTI_PICKLIST: ("text", None),
    ColumnType.STATE: ("text", None),
    ColumnType.STATUS: ("text", None),
    ColumnType.DATETIME: ("datetime", None),
    ColumnType.DATETIME_AS_DATE: ("date", None),
    ColumnType.DATE: ("date", None),
    ColumnType.DATETIME_FLOATING: ("datetime", None),
    ColumnType.LOOKUP: ("text", None),
    ColumnType.CUSTOMER: ("text", None),
    ColumnType.OWNER: ("text", None),
    ColumnType.UNIQUEIDENTIFIER: ("text", None),
}


@cache
def own_column(kind: ColumnType) -> Column:
    digits = {ColumnType.DECIMAL: 3, ColumnType.DOUBLE: 3, ColumnType.MONEY: 4}.get(kind)
    words = (Option(1, "Yes"), Option(0, "No")) if kind is ColumnType.BOOLEAN else OPTIONS
    with_options = "PICKLIST" in kind.name or kind in (ColumnType.BOOLEAN, ColumnType.STATE, ColumnType.STATUS)
    return Column("new_x", "Our own", kind, precision=digits, options=words if with_options else ())


def own(kind: ColumnType) -> CompiledMapping:
    return compiled({"new_x": own_column(kind)}, ("new_x", "our-own"), zone="Pacific/Tongatapu")


def test_every_type_of_column_is_tried() -> None:
    assert set(FITTING) == set(ColumnType)


@pytest.mark.parametrize("kind", ColumnType)
def test_a_field_of_ones_own_gets_the_type_that_fits(kind: ColumnType) -> None:
    mapped = {"fields": [{"dynamics": "new_x", "activecampaign": "our-own"}]}
    made = objects.attributes(mapped, {"new_x": own_column(kind)})[-1]
    assert (made.id, made.label, made.kind, made.scale) == ("our-own", "Our own", *FITTING[kind])
    assert own(kind).pairs[-1].field.key == "our-own"


def test_a_standard_field_is_not_made_twice(columns: dict[str, Column]) -> None:
    mapped = {"fields": [{"dynamics": "budgetamount", "activecampaign": "estimated_revenue"}]}
    assert objects.attributes(mapped, columns) == objects.STANDARD


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).filter(lambda text: not empty(text))
moments = st.datetimes(datetime(1753, 1, 3), datetime(9999, 12, 30)).map(lambda found: f"{found.isoformat()[:19]}Z")
amounts = st.decimals(-(10**11), 10**11, allow_nan=False, allow_infinity=False, places=3).map(float)
HELD: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.INTEGER: st.integers(-(2**31), 2**31 - 1),
    ColumnType.BIGINT: st.integers(-(2**63), 2**63 - 1),
    **dict.fromkeys((ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.MONEY), amounts),
    ColumnType.BOOLEAN: st.booleans(),
    **dict.fromkeys(
        (ColumnType.PICKLIST, ColumnType.STATE, ColumnType.STATUS), st.sampled_from([one.value for one in OPTIONS])
    ),
    ColumnType.MULTI_PICKLIST: st.sampled_from(["9", "100000000,9"]),
    ColumnType.DATE: st.dates(date(1753, 1, 3)).map(str),
    **dict.fromkeys((ColumnType.DATETIME, ColumnType.DATETIME_AS_DATE, ColumnType.DATETIME_FLOATING), moments),
}


@pytest.mark.parametrize("kind", ColumnType)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_a_record_reads_back_as_it_was_written(kind: ColumnType, data: st.DataObject) -> None:
    mapping, column = own(kind), own_column(kind)
    held = data.draw(HELD.get(kind, texts))
    row = {column.row_key: held, f"{column.row_key}@{NAMED}": held}
    read = mapping.read(row)
    assert read.warnings == ()
    fields = json.loads(json.dumps(mapping.object_fields(read.values)))
    assert mapping.read_object(fields) == read.values


@pytest.mark.parametrize("kind", ColumnType)
def test_an_empty_column_is_no_field_and_reads_back_empty(kind: ColumnType) -> None:
    mapping = own(kind)
    read = mapping.read({own_column(kind).row_key: None})
    assert read.values == {"our-own": None}
    assert mapping.object_fields(read.values) == []
    assert mapping.read_object([]) == read.values
