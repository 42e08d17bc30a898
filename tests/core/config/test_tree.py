"""Criteria in forms: trees that are edited by places, and values made of what was typed."""

from __future__ import annotations

from typing import Any

import pytest

from config import tree, typed
from mapping.columns import Column, ColumnType, Option

CITY = {"field": "city", "operator": "equals", "value": "Bonn"}
COLUMNS = {
    one.name: one
    for one in (
        Column("city", "City", ColumnType.STRING),
        Column("size", "Size", ColumnType.INTEGER),
        Column("revenue", "Revenue", ColumnType.MONEY),
        Column("kind", "Kind", ColumnType.PICKLIST, options=(Option(1, "Web"), Option(2, "Fair"))),
        Column("private", "Private", ColumnType.BOOLEAN),
        Column("born", "Born", ColumnType.DATE),
    )
}


def test_members_are_added_and_removed_at_their_place() -> None:
    made = tree.added(tree.grouped(None), (), CITY)
    made = tree.added(made, (), {"any": []})
    made = tree.added(made, (1,), CITY)
    assert made == {"all": [CITY, {"any": [CITY]}]}
    assert tree.removed(made, (1, 0)) == {"all": [CITY, {"any": []}]}
    assert tree.removed(made, (0,)) == {"all": [{"any": [CITY]}]}
    assert tree.removed(made, ()) is None


@pytest.mark.parametrize("place", [(1,), (0, 0), (5, 5)])
def test_a_place_that_is_gone_changes_nothing(place: tuple[int, ...]) -> None:
    with pytest.raises(LookupError):
        tree.removed({"all": [CITY]}, place)


def test_a_lone_condition_gets_a_group_around_it() -> None:
    assert tree.grouped(CITY) == {"all": [CITY]}


def test_a_form_comes_back_as_the_tree_that_it_shows() -> None:
    form = {
        "word-": ["any"],
        "field-0": ["city"],
        "operator-0": ["is_any_of"],
        "value-0": ["Bonn\r\n\r\nKöln"],
        "word-1": ["all"],
        "field-1.0": ["size"],
        "operator-1.0": ["between"],
        "value-1.0": ["1", "20"],
        "field-10": [""],
        "field-2": ["private"],
        "operator-2": ["is_yes"],
    }
    assert typed.tree_of(form, COLUMNS) == {
        "any": [
            {"field": "city", "operator": "is_any_of", "value": ["Bonn", "Köln"]},
            {"all": [{"field": "size", "operator": "between", "value": [1, 20]}]},
            {"field": "private", "operator": "is_yes"},
            {"field": "", "operator": ""},
        ]
    }


def test_another_column_begins_with_its_first_operator_and_keeps_what_was_typed() -> None:
    form = {"word-": ["all"], "field-0": ["size"], "operator-0": ["contains"], "value-0": ["many"]}
    assert typed.tree_of(form, COLUMNS) == {"all": [{"field": "size", "operator": "equals", "value": "many"}]}


@pytest.mark.parametrize(
    ("column", "operator", "text", "value"),
    [
        ("revenue", "equals", "12.5", 12.5),
        ("revenue", "equals", "1e999", "1e999"),
        ("size", "equals", "12", 12),
        ("size", "equals", "9" * 5000, "9" * 5000),
        ("kind", "is_any_of", "1", [1]),
        ("born", "in_last_days", "30", 30),
        ("born", "on", "2026-01-31", "2026-01-31"),
        ("city", "has_value", "left over", None),
    ],
)
def test_what_was_typed_becomes_a_value_as_far_as_it_can_be_read(
    column: str, operator: str, text: str, value: Any
) -> None:
    assert typed.value_of(COLUMNS[column], operator, [text]) == value


def test_constants_are_read_as_their_column_holds_them() -> None:
    assert typed.constant(COLUMNS["private"], "true") is True
    assert typed.constant(COLUMNS["kind"], "2") == 2
    assert typed.constant(COLUMNS["city"], " 12 ") == "12"
    assert typed.constant(COLUMNS["city"], "  ") is None


def test_groups_without_end_are_not_read() -> None:
    places = [".".join(["0"] * depth) for depth in range(400)]
    assert typed.tree_of({f"word-{place}": ["all"] for place in places}, COLUMNS)
