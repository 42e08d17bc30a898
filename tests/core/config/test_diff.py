"""What changed between two documents."""

from __future__ import annotations

from typing import Any

import pytest

from config.diff import Change, diff
from config.document import load


def leads(*fields: tuple[str, str], **settings: Any) -> dict[str, Any]:
    entries = [{"dynamics": column, "activecampaign": field} for column, field in fields]
    return load({"entities": {"lead": {"fields": entries, **settings}}})


def test_equal_documents_have_no_difference() -> None:
    assert diff(leads(("a", "A")), leads(("a", "A"))) == []


def test_changed_value_is_named_by_its_path() -> None:
    assert diff(leads(), leads(enabled=True)) == [Change("entities.lead.enabled", False, True)]


def test_mapping_is_named_by_its_field() -> None:
    changes = diff(leads(("a", "A"), ("b", "B")), leads(("b", "B"), ("c", "A")))
    assert changes == [Change("entities.lead.fields[A].dynamics", "a", "c")]


def test_mapping_that_only_moved_is_no_change() -> None:
    assert diff(leads(("a", "A"), ("b", "B")), leads(("b", "B"), ("a", "A"))) == []


def test_removed_mapping_is_shown_as_it_was() -> None:
    [change] = diff(leads(("a", "A"), ("b", "B")), leads(("b", "B")))
    assert (change.path, change.before["dynamics"], change.after) == ("entities.lead.fields[A]", "a", None)


def test_added_switch_is_shown_as_it_is() -> None:
    changes = diff(leads(), leads(standard={"jobtitle": False}))
    assert changes == [Change("entities.lead.standard.jobtitle", None, False)]


@pytest.mark.parametrize("after", [[("a", "A"), ("b", "A")], [("b", "A"), ("a", "A")]])
def test_lists_that_fill_a_field_twice_are_compared_as_a_whole(after: list[tuple[str, str]]) -> None:
    assert [change.path for change in diff(leads(("a", "A")), leads(*after))] == ["entities.lead.fields"]


def test_default_is_named_by_its_column() -> None:
    changes = diff(leads(), leads(defaults={"subject": "Web"}))
    assert [(change.path, change.after) for change in changes] == [("entities.lead.defaults.subject", "Web")]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (True, {"conflict": "ask"}, [("conflict", None, "ask")]),
        (False, {"conflict": "ask"}, [("enabled", False, True), ("conflict", None, "ask")]),
        ({"conflict": "ask"}, False, [("enabled", True, False), ("conflict", "ask", None)]),
        ({"conflict": "ask"}, {"conflict": "newest_wins"}, [("conflict", "ask", "newest_wins")]),
    ],
)
def test_switch_beside_a_section_says_whether_it_is_on(before: Any, after: Any, changes: Any) -> None:
    found = diff(leads(standard={"jobtitle": before}), leads(standard={"jobtitle": after}))
    path = "entities.lead.standard.jobtitle"
    assert found == [Change(f"{path}.{name}", old, new) for name, old, new in changes]
