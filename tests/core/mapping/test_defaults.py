"""Constants and templates for columns that ActiveCampaign does not fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.columns import Column, ColumnType, Option
from mapping.compiled import CompiledMapping, MappingFaults
from mapping.constants import constant
from mapping.defaults import Default
from mapping.standard import DEFAULTS
from mapping.text import zone_of
from mapping.wire_dynamics import units

Compile = Callable[..., CompiledMapping]

AUCKLAND = zone_of("Pacific/Auckland")
OPTIONS = (Option(1, "Web"), Option(9, "Trade Show"))


def column(kind: str, **facts: Any) -> Column:
    return Column("new_x", "X", ColumnType(kind), **facts)


def said(direction: str = "both", create: str = "requested", **defaults: Any) -> dict[str, Any]:
    return {"direction": direction, "create": create, "defaults": {**DEFAULTS["contact"], **defaults}}


def faults(compiled: Compile, **defaults: Any) -> dict[str, str]:
    with pytest.raises(MappingFaults) as caught:
        compiled(said=said(**defaults))
    return {fault.path: fault.message for fault in caught.value.faults}


@pytest.fixture
def topic(columns: dict[str, Column]) -> Column:
    columns["subject"] = Column("subject", "Topic", ColumnType.STRING, required=True, max_length=20)
    return columns["subject"]


def test_template_is_filled_from_the_record(compiled: Compile, topic: Column) -> None:
    mapping = compiled(said=said(subject="{{ firstName }} {{lastName}}: {{JOB_TITLE}}"))
    assert mapping.create_body({"firstName": "Ada", "lastName": "Byron"}).body["subject"] == "Ada Byron:"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"LEAD_SOURCE": 2}, "from Web"),
        ({"INTERESTS": [1, 3]}, "from Engines, Music"),
        ({"ON_HOLD": True}, "from true"),
        ({"LEAD_SOURCE": None}, "from"),
    ],
)
def test_options_stand_in_a_template_by_their_label(
    compiled: Compile, topic: Column, values: dict[str, Any], text: str
) -> None:
    own = (("leadsourcecode", "LEAD_SOURCE"), ("new_interests", "INTERESTS"), ("creditonhold", "ON_HOLD"))
    mapping = compiled(*own, said=said(subject="from {{LEAD_SOURCE}} {{INTERESTS}} {{ON_HOLD}}"))
    assert mapping.create_body(values).body["subject"] == text


def test_blanks_of_an_empty_place_are_folded(compiled: Compile, topic: Column) -> None:
    mapping = compiled(said=said(subject="A {{firstName}} {{lastName}} Z"))
    assert mapping.create_body({"firstName": None}).body["subject"] == "A Z"


def test_template_of_which_nothing_is_left_fills_nothing(compiled: Compile, topic: Column) -> None:
    mapping = compiled(said=said(subject="{{firstName}} {{lastName}}"))
    assert mapping.create_body({"email": "ada@example.com"}).missing == ("subject",)


@pytest.mark.parametrize(("kind", "text"), [("string", "a b"), ("memo", "a\nb")])
def test_one_line_column_gets_one_line(kind: str, text: str) -> None:
    assert Default(column(kind), "{{NOTES}}").filled({"NOTES": "a\nb"}) == text


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 20))
def test_filled_template_is_never_longer_than_its_column(text: str, longest: int) -> None:
    filled = Default(column("string", max_length=longest), "{{NOTES}}").filled({"NOTES": text})
    assert filled is None or 0 < units(filled) <= longest


def test_ready_made_defaults_need_no_setting_up(compiled: Compile) -> None:
    assert compiled(said=said()).create_body({"email": "ada@example.com"}).body["lastname"] == "ada@example.com"


def test_ready_made_default_without_its_column_is_passed_over(compiled: Compile, columns: dict[str, Column]) -> None:
    del columns["lastname"]
    mapping = compiled(said=said())
    assert mapping.notes == ()
    assert mapping.create_body({"email": "ada@example.com"}).body == {"emailaddress1": "ada@example.com"}


@pytest.mark.parametrize(
    ("defaults", "path", "words"),
    [
        ({"jobtitel": "x"}, "jobtitel", "Did you mean 'jobtitle'?"),
        ({"modifiedon": "2026-01-05T00:00:00Z"}, "modifiedon", "can't be set on a new record"),
        ({"jobtitle": "{{fristName}}"}, "jobtitle", "Did you mean 'firstName'?"),
        ({"jobtitle": "{{CITY}}"}, "jobtitle", "CITY does not travel to Dynamics"),
        ({"jobtitle": "{{account}}"}, "jobtitle", "account does not travel to Dynamics"),
        ({"jobtitle": "{{firstName}"}, "jobtitle", "between two pairs of braces"),
        ({"leadsourcecode": "{{firstName}}"}, "leadsourcecode", "no text column"),
        ({"leadsourcecode": "Pigeon"}, "leadsourcecode", "'Pigeon' is no option of leadsourcecode."),
        ({"numberofchildren": "three"}, "numberofchildren", "is not a whole number"),
        ({"birthdate": "05.01.2026"}, "birthdate", "is not a date such as 2026-01-31"),
        ({"ownerid": "Ada"}, "ownerid", "such a column takes none"),
    ],
)
def test_default_that_does_not_fit_is_a_fault(
    compiled: Compile, columns: dict[str, Column], defaults: Any, path: str, words: str
) -> None:
    columns["modifiedon"] = replace(columns["modifiedon"], creatable=False)
    del columns["address1_city"]
    assert words in faults(compiled, **defaults)[f"defaults.{path}"]


def test_default_that_stopped_fitting_is_told_and_not_used(compiled: Compile) -> None:
    mapping = compiled(said=said(leadsourcecode=77), tolerant=True)
    assert mapping.notes == ("defaults.leadsourcecode is not used: 77 is no option of leadsourcecode.",)
    assert "leadsourcecode" not in mapping.create_body({}).body


def test_required_column_that_nothing_fills_is_a_fault_with_three_ways_out(compiled: Compile, topic: Column) -> None:
    told = faults(compiled)["defaults.subject"]
    assert told == (
        "Dynamics requires subject of a new contact, and nothing fills it: map a field to it that travels inbound, "
        "give it a default here, or set create to never."
    )


def test_required_column_of_an_outbound_mapping_is_not_filled_by_it(compiled: Compile) -> None:
    settings = {**said(), "defaults": {}}
    with pytest.raises(MappingFaults, match="requires lastname"):
        compiled(standard={"lastname": {"direction": "outbound"}}, said=settings)


@pytest.mark.parametrize("settings", [said("outbound"), said(create="never"), said(subject="New")])
def test_required_column_does_not_matter_where_nothing_is_created(
    compiled: Compile, topic: Column, settings: dict[str, Any]
) -> None:
    assert compiled(said=settings).pairs


@pytest.mark.parametrize(
    ("target", "value", "written"),
    [
        (column("string", max_length=3), "abc", "abc"),
        (column("string"), 12, "12"),
        (column("memo"), "a\nb", "a\nb"),
        (column("integer"), 5, 5),
        (column("decimal", precision=2), 1.5, 1.5),
        (column("money", precision=2), "12", 12),
        (column("boolean"), False, False),
        (column("boolean", options=(Option(1, "Ja"), Option(0, "Nein"))), "ja", True),
        (column("picklist", options=OPTIONS), 9, 9),
        (column("picklist", options=OPTIONS), "web", 1),
        (column("multi_picklist", options=OPTIONS), "9, web", "1,9"),
        (column("multi_picklist", options=OPTIONS), 9, "9"),
        (column("date"), "2026-01-05", "2026-01-05"),
        (column("datetime_as_date"), "2026-01-05", "2026-01-04T11:00:00Z"),
        (column("datetime"), "2026-01-05T10:00:00+02:00", "2026-01-05T08:00:00Z"),
        (column("datetime_floating"), "2026-01-05T10:00:00", "2026-01-05T10:00:00Z"),
    ],
)
def test_constant_becomes_what_the_column_takes(target: Column, value: Any, written: Any) -> None:
    assert constant(target, value, AUCKLAND) == written


@pytest.mark.parametrize(
    ("target", "value"),
    [
        (column("string", max_length=3), "abcd"),
        (column("string"), "a\nb"),
        (column("string"), True),
        (column("integer", maximum=4), 5),
        (column("integer"), True),
        (column("decimal", precision=2), "1e5"),
        (column("boolean"), 2),
        (column("picklist", options=OPTIONS), True),
        (column("picklist", options=OPTIONS), 2),
        (column("multi_picklist", options=OPTIONS), "1,2"),
        (column("date"), "1752-12-31"),
        (column("datetime"), "2026-01-05"),
        (column("customer"), "Contoso"),
        (column("bigint"), 5),
    ],
)
def test_constant_that_the_column_can_not_hold_is_refused(target: Column, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[a-z']"):
        constant(target, value, AUCKLAND)
