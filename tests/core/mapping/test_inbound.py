"""What ActiveCampaign holds, as far as Dynamics can take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mapping.columns import Column, ColumnType, Option
from mapping.compiled import CompiledMapping, Theirs, compile_mapping
from mapping.fields import ACCOUNT_STANDARD, Field, FieldKind

Compile = Callable[..., CompiledMapping]
BOTH = {"direction": "both", "defaults": {"lastname": "{{email}}"}}
MANY = tuple(Option(value, f"Option {value}") for value in range(1, 152))


def one(
    column: Column, kind: str, zone: str = "Europe/Berlin", options: tuple[str, ...] = (), listed: Any = None
) -> CompiledMapping:
    """A mapping of an account with one field of its own, X with the id 5."""
    field = Field("X", "X", FieldKind(kind), 5, options, target="account")
    columns = {"name": Column("name", "Name", ColumnType.STRING), "new_x": column}
    fields = {found.key: found for found in (*ACCOUNT_STANDARD, field)}
    settings = {"direction": "both", "fields": [{"dynamics": "new_x", "activecampaign": "X", "options": listed}]}
    return compile_mapping("account", settings, columns, fields, version=1, zone=zone, tolerant=bool(listed))


def column(kind: str, **facts: Any) -> Column:
    return Column("new_x", "X", ColumnType(kind), **facts)


def theirs(mapping: CompiledMapping, custom: dict[int, Any] | None = None, **record: Any) -> Theirs:
    """Of a contact: custom values by field id, standard fields by key."""
    return mapping.theirs(record, custom or {})


def test_record_becomes_canonical(compiled: Compile) -> None:
    mapping = compiled(("leadsourcecode", "LEAD_SOURCE"), ("new_interests", "INTERESTS"), said=BOTH)
    found = theirs(mapping, {4: "web", 5: "||Music||Engines||"}, email=" Ada@example.com", firstName="Ada", phone="")
    assert found == Theirs(
        {
            "email": "Ada@example.com",
            "firstName": "Ada",
            "phone": None,
            "JOB_TITLE": None,
            "CITY": None,
            "LEAD_SOURCE": 2,
            "INTERESTS": [1, 3],
        },
        (),
    )


def test_mapping_that_travels_outbound_only_is_not_looked_at(compiled: Compile) -> None:
    mapping = compiled(standard={"jobtitle": {"direction": "outbound"}}, said=BOTH)
    assert "JOB_TITLE" not in theirs(mapping, {1: "Analyst"}, email="ada@example.com").values


def test_nothing_is_taken_from_an_entity_that_travels_outbound(compiled: Compile) -> None:
    assert theirs(compiled(), {1: "Analyst"}, email="ada@example.com") == Theirs({}, ())


def test_standard_field_that_an_answer_leaves_out_is_not_known(compiled: Compile) -> None:
    values = theirs(compiled(said=BOTH), email="ada@example.com").values
    assert "phone" not in values
    assert values["JOB_TITLE"] is None


def test_value_that_can_not_be_carried_is_left_out_without_being_quoted(compiled: Compile) -> None:
    found = theirs(compiled(("leadsourcecode", "LEAD_SOURCE"), said=BOTH), {4: "Carrier pigeon"}, firstName="Ada")
    assert "LEAD_SOURCE" not in found.values
    assert found.values["firstName"] == "Ada"
    assert found.warnings == ("LEAD_SOURCE was left out: what ActiveCampaign holds is none of the options",)


def test_address_is_no_longer_than_dynamics_keeps_one(compiled: Compile, columns: dict[str, Column]) -> None:
    columns["emailaddress1"] = replace(columns["emailaddress1"], max_length=200)
    fits, long = f"{'a' * 88}@example.com", f"{'a' * 89}@example.com"
    assert theirs(compiled(said=BOTH), email=fits).values["email"] == fits
    assert "longer than the 100 characters" in theirs(compiled(said=BOTH), email=long).warnings[0]


LEFT_OUT = [
    (column("string", max_length=3), "text", "abcd", "longer than the 3 characters of new_x"),
    (column("string", max_length=3), "text", "a\U0001f600b", "longer than the 3 characters of new_x"),
    (column("string", max_length=4000), "text", "a" * 256, "longer than 255 characters"),
    (column("memo", max_length=100_000), "textarea", "a" * 16_001, "longer than 16000 characters"),
    (column("string"), "textarea", "one\r\ntwo", "has several lines"),
    (column("string"), "text", ["a"], "is not one text"),
    (column("integer"), "number", "12.5", "is not a whole number"),
    (column("integer"), "number", "1,234", "is not a whole number"),
    (column("integer"), "number", "9" * 5000, "more digits than a number can have"),
    (column("integer"), "number", str(2**31), "outside the range of new_x"),
    (column("integer", minimum=0, maximum=100), "number", "-1", "outside the range"),
    (column("decimal", precision=2), "text", "plenty", "is not a number"),
    (column("decimal", precision=2), "number", "1e3", "is not a number"),
    (column("decimal", precision=2, maximum=1e11), "number", "100000000000.01", "outside the range"),
    (column("decimal", precision=10), "number", "12345678901.1234567891", "more digits than Dynamics takes over"),
    (column("double", precision=0), "number", "9007199254740993", "more digits than Dynamics takes over"),
    (column("money", precision=2, minimum=0), "currency", -1, "outside the range"),
    (column("money", precision=4), "currency", "12.34", "is not a whole number"),
    (column("boolean"), "number", "2", "is none of the options"),
    (column("boolean"), "text", "perhaps", "is none of the options"),
    (column("date"), "date", "31.12.2026", "is not a date"),
    (column("date"), "date", "1752-12-31", "before 1753"),
    (column("datetime"), "datetime", "soon", "is not a date and time"),
    (column("datetime"), "datetime", "1752-12-31T23:00:00-02:00", ""),
    (column("datetime"), "datetime", "1753-01-01T01:00:00+02:00", "before 1753"),
    (column("datetime"), "date", "1753-01-01", "before 1753"),
]


@pytest.mark.parametrize(("target", "kind", "wire", "words"), LEFT_OUT)
def test_value_that_dynamics_would_refuse_or_change_is_left_out(
    target: Column, kind: str, wire: Any, words: str
) -> None:
    found = one(target, kind).theirs({}, {5: wire})
    assert ("X" in found.values) is (words == "")
    assert words in "".join(found.warnings)
    assert str(wire) not in "".join(found.warnings)


def test_several_options_do_not_fit_into_one_choice() -> None:
    options = (Option(1, "Web"), Option(2, "Fair"))
    mapping = one(column("picklist", options=options), "multiselect", options=("Web", "Fair"))
    assert mapping.theirs({}, {5: ["Web"]}).values["X"] == 1
    assert "more than one option" in mapping.theirs({}, {5: ["Web", "Fair"]}).warnings[0]


@pytest.mark.parametrize(("count", "carried"), [(150, True), (151, False)])
def test_no_more_options_travel_than_a_column_takes(count: int, carried: bool) -> None:
    labels = tuple(option.label for option in MANY)
    mapping = one(column("multi_picklist", options=MANY), "multiselect", options=labels)
    assert ("X" in mapping.theirs({}, {5: list(labels[:count])}).values) is carried


def test_option_is_never_invented() -> None:
    target = column("picklist", options=(Option(1, "Web"),))
    mapping = one(target, "dropdown", options=("Web", "Fair"), listed={7: "Fair"})
    assert mapping.theirs({}, {5: "Web"}).values["X"] == 1
    assert "is no option of new_x" in mapping.theirs({}, {5: "Fair"}).warnings[0]


@pytest.mark.parametrize("kind", ["datetime", "datetime_as_date"])
def test_day_that_a_zone_skipped_is_left_out(kind: str) -> None:
    found = one(column(kind), "date", "Pacific/Apia").theirs({}, {5: "2011-12-30"})
    assert "did not exist in the configured zone" in found.warnings[0]


@pytest.mark.parametrize("nothing", [None, "", {"fieldValue": "", "fieldCurrency": "eur"}])
def test_amount_that_is_not_there_is_empty(nothing: Any) -> None:
    assert one(column("money", precision=2), "currency").theirs({}, {5: nothing}) == Theirs({"X": None}, ())


@pytest.mark.parametrize(("precision", "value"), [(0, "12 EUR"), (1, "12.5 EUR"), (4, "12.55 EUR")])
def test_amount_has_the_digits_of_its_column(precision: int, value: str) -> None:
    held = {"fieldValue": 1255 if precision == 4 else 1250, "fieldCurrency": "eur"}
    assert one(column("money", precision=precision), "currency").theirs({}, {5: held}).values["X"] == value


def test_account_is_read_like_a_contact() -> None:
    found = one(column("date"), "date").theirs({"name": "Contoso Ltd", "accountUrl": None}, {5: "2026-01-05"})
    assert found == Theirs({"name": "Contoso Ltd", "X": "2026-01-05"}, ())


@pytest.mark.parametrize(
    ("key", "value", "reference", "spelt"),
    [
        ("email", "ADA@example.com", "ada@example.com", "ada@example.com"),
        ("JOB_TITLE", "R &amp; D", "R & D", "R & D"),
        ("JOB_TITLE", "R & D", "R &amp; D", "R &amp; D"),
        ("JOB_TITLE", "Analyst", "Countess", "Analyst"),
        ("JOB_TITLE", None, "Countess", None),
        ("JOB_TITLE", "Countess", None, "Countess"),
        ("LEAD_SOURCE", 2, 3, 3),
        ("GONE", "x", "y", "x"),
    ],
)
def test_value_of_one_meaning_gets_the_spelling_of_the_reference(
    compiled: Compile, key: str, value: Any, reference: Any, spelt: Any
) -> None:
    own = {"dynamics": "leadsourcecode", "activecampaign": "LEAD_SOURCE", "options": {2: "Web", 3: "Web"}}
    assert compiled(own).aligned({key: value}, {key: reference}) == {key: spelt}


def test_amount_without_currency_gets_that_of_the_reference() -> None:
    mapping = one(column("money", precision=2), "currency")
    assert mapping.aligned({"X": "12.5"}, {"X": "12.5 EUR"}) == {"X": "12.5 EUR"}
    assert mapping.aligned({"X": "12.5 USD"}, {"X": "12.5 EUR"}) == {"X": "12.5 USD"}


def test_value_that_the_reference_does_not_have_stays_as_it_is(compiled: Compile) -> None:
    assert compiled().aligned({"JOB_TITLE": "Analyst"}, {}) == {"JOB_TITLE": "Analyst"}
