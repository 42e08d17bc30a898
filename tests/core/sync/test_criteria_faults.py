"""What is wrong with criteria is said all at once, where it is and in plain words."""

from __future__ import annotations

import pytest

from sync.criteria import CriteriaFaults, compile_criteria


def faults(tree, columns) -> dict[str, str]:
    with pytest.raises(CriteriaFaults) as caught:
        compile_criteria(tree, columns)
    return {fault.path: fault.message for fault in caught.value.faults}


def condition(field, operator, value=None):
    return {"field": field, "operator": operator, "value": value}


def test_every_fault_is_told_with_its_place(columns):
    tree = {
        "all": [
            condition("leadsource", "equals", 8),
            {"any": []},
            condition("lastname", "equal", "Byron"),
            {"any": [condition("lastname", "equals", 3), condition("lastname", "has_value")]},
        ]
    }
    assert list(faults(tree, columns)) == [
        "criteria.all.0.field",
        "criteria.all.1.any",
        "criteria.all.2.operator",
        "criteria.all.3.any.0.value",
    ]


@pytest.mark.parametrize("name", ["leadsource", "Lead Source", "LeadSourceCode"])
def test_unknown_column_comes_with_a_suggestion(columns, name):
    assert "Did you mean 'leadsourcecode'?" in faults(condition(name, "equals", 8), columns)["criteria.field"]


def test_operator_of_another_type_lists_the_ones_that_fit(columns):
    message = faults(condition("donotemail", "equals", True), columns)["criteria.operator"]
    assert message.endswith("Possible: is_yes, is_no, has_no_value")


def test_membership_of_a_team_is_refused_with_what_to_do_instead(columns):
    assert "equals_team" in faults(condition("ownerid", "member_of_team", "x"), columns)["criteria.operator"]


def test_column_that_criteria_cannot_read_is_refused(columns):
    assert "image" in faults(condition("photo", "has_value"), columns)["criteria.field"]


@pytest.mark.parametrize(
    ("field", "operator", "value", "told"),
    [
        ("lastname", "equals", None, "needs a value"),
        ("lastname", "has_value", "Byron", "takes no value"),
        ("lastname", "equals", "", "use has_no_value"),
        ("lastname", "is_any_of", "Byron", "needs a list"),
        ("lastname", "is_any_of", [], "needs a list"),
        ("lastname", "is_any_of", ["Byron", 3], "is a text"),
        ("leadsourcecode", "equals", "Wbe", "Did you mean 'Web'?"),
        ("leadsourcecode", "equals", 99, "8 (Web), 6 (Seminar), 10 (Other)"),
        ("leadsourcecode", "equals", True, "no option True"),
        ("leadsourcecode", "is_any_of", [[8]], "no option [8]"),
        ("numberofchildren", "equals", 1.5, "whole number"),
        ("numberofchildren", "equals", "2", "without quotes"),
        ("numberofchildren", "equals", True, "is a number"),
        ("creditlimit", "at_most", float("inf"), "finite"),
        ("creditlimit", "between", [5, 1], "above the second"),
        ("creditlimit", "between", [5], "two values"),
        ("createdon", "in_last_days", 0, "from 1"),
        ("createdon", "in_last_days", "7", "number of days"),
        ("createdon", "on", "05.01.2026", "2026-01-31"),
        ("createdon", "on", "2026-01-05T10:00:00Z", "without a time"),
        ("createdon", "before", "2026-01-05T10:00:00", "needs its zone"),
        ("createdon", "before", "1066-10-14", "1753-01-01"),
        ("createdon", "between", ["2026-01-05", "2026-01-06T10:00:00Z"], "or neither"),
        ("birthdate", "before", "2026-01-05T10:00:00Z", "has no time"),
        ("ownerid", "equals", "Ada", "write its id"),
    ],
)
def test_value_that_does_not_fit_says_what_is_expected(columns, field, operator, value, told):
    assert told in faults(condition(field, operator, value), columns)["criteria.value"]


@pytest.mark.parametrize("tree", [{}, [], "Web", {"all": [1], "any": [2]}, {"any": ["Web"]}, {"all": [None]}])
def test_anything_but_a_tree_is_refused(columns, tree):
    assert "expected a group" in next(iter(faults(tree, columns).values()))


def test_misspelt_word_is_a_fault_of_its_own(columns):
    tree = {"field": "lastname", "operator": "equals", "valeu": "Byron"}
    assert "Did you mean 'value'?" in faults(tree, columns)["criteria.valeu"]


@pytest.mark.parametrize(("tree", "place"), [({"value": 1}, "field"), ({"field": "lastname"}, "operator")])
def test_missing_word_is_asked_for(columns, tree, place):
    assert "name a" in faults(tree, columns)[f"criteria.{place}"]


def test_groups_may_not_be_nested_without_end(columns):
    tree = condition("lastname", "has_value")
    for _ in range(500):
        tree = {"all": [tree]}
    assert "nested" in next(iter(faults(tree, columns).values()))


def test_place_begins_where_the_caller_says(columns):
    with pytest.raises(CriteriaFaults, match=r"^entities\.contact\.criteria\.field: "):
        compile_criteria(condition("nope", "equals"), columns, path="entities.contact.criteria")
