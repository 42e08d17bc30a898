"""Columns out of the Web API's metadata."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.columns import Column, ColumnType, Option, columns_from_metadata


def label(text: str | None) -> dict[str, Any]:
    found = {"Label": text, "LanguageCode": 1033}
    return {"UserLocalizedLabel": found if text else None, "LocalizedLabels": [found] if text else []}


def attribute(name: str = "jobtitle", kind: str = "String", **facts: Any) -> dict[str, Any]:
    return {"LogicalName": name, "AttributeType": kind, "DisplayName": label("Job Title"), **facts}


def read(attribute: dict[str, Any], cast: str = "StringAttributeMetadata", **detail: Any) -> Column | None:
    details = {cast: [{"LogicalName": attribute["LogicalName"], **detail}]}
    return columns_from_metadata({"Attributes": [attribute]}, details).get(attribute["LogicalName"])


def test_text_column_keeps_its_length_and_its_rights() -> None:
    raw = attribute(IsValidForUpdate=False, IsSecured=True, RequiredLevel={"Value": "ApplicationRequired"})
    assert read(raw, MaxLength=100) == Column(
        "jobtitle", "Job Title", ColumnType.STRING, required=True, updatable=False, secured=True, max_length=100
    )


@pytest.mark.parametrize(
    ("display", "shown"),
    [
        (label("Titel"), "Titel"),
        ({"UserLocalizedLabel": None, "LocalizedLabels": [{"Label": "Titre"}]}, "Titre"),
        (label(None), "jobtitle"),
        (None, "jobtitle"),
    ],
)
def test_label_falls_back_to_another_language_then_to_the_name(display: Any, shown: str) -> None:
    column = read(attribute(DisplayName=display))
    assert column is not None
    assert column.label == shown


@pytest.mark.parametrize(
    "facts",
    [
        {"AttributeOf": "ownerid"},
        {"IsValidForRead": False},
        {"IsValidODataAttribute": False},
        {"AttributeType": "Virtual", "AttributeTypeName": {"Value": "ImageType"}},
        {"AttributeType": "PartyList"},
        {"AttributeType": "Uniqueidentifier"},
        {"AttributeType": "EntityName"},
    ],
)
def test_columns_without_a_plain_value_are_hidden(facts: dict[str, Any]) -> None:
    assert read(attribute(**facts)) is None


@pytest.mark.parametrize(
    ("behavior", "shown_as", "kind"),
    [
        ("UserLocal", "DateAndTime", ColumnType.DATETIME),
        ("UserLocal", "DateOnly", ColumnType.DATETIME_AS_DATE),
        ("DateOnly", "DateOnly", ColumnType.DATE),
        ("TimeZoneIndependent", "DateAndTime", ColumnType.DATETIME_FLOATING),
    ],
)
def test_dates_are_told_apart_by_behaviour_and_format(behavior: str, shown_as: str, kind: ColumnType) -> None:
    detail = {"DateTimeBehavior": {"Value": behavior}, "Format": shown_as}
    column = read(attribute(kind="DateTime"), "DateTimeAttributeMetadata", **detail)
    assert column is not None
    assert column.type is kind


def test_multi_select_is_recognised_by_its_type_name() -> None:
    raw = attribute(kind="Virtual", AttributeTypeName={"Value": "MultiSelectPicklistType"})
    column = read(raw, GlobalOptionSet={"Options": [{"Value": 9, "Label": label("Poetry")}]}, OptionSet=None)
    assert column is not None
    assert (column.type, column.options) == (ColumnType.MULTI_PICKLIST, (Option(9, "Poetry"),))


def test_boolean_has_two_options() -> None:
    yes, no = {"Value": 1, "Label": label("Ja")}, {"Value": 0, "Label": label("Nein")}
    column = read(attribute(kind="Boolean"), OptionSet={"TrueOption": yes, "FalseOption": no})
    assert column is not None
    assert column.options == (Option(1, "Ja"), Option(0, "Nein"))


@pytest.mark.parametrize(("source", "digits"), [(0, 2), (1, 4), (2, 4)])
def test_money_keeps_all_digits_where_the_currency_sets_them(source: int, digits: int) -> None:
    column = read(attribute(kind="Money"), Precision=2, PrecisionSource=source)
    assert column is not None
    assert column.precision == digits


@pytest.mark.parametrize(("source", "calculated"), [(None, False), (0, False), (1, True), (2, True)])
def test_formula_and_rollup_columns_are_calculated(source: int | None, calculated: bool) -> None:
    column = read(attribute(SourceType=source))
    assert column is not None
    assert column.calculated is calculated


def test_lookup_is_read_under_its_value_name() -> None:
    column = read(attribute("ownerid", "Owner"), Targets=["systemuser"])
    assert column is not None
    assert (column.row_key, column.targets) == ("_ownerid_value", ("systemuser",))
