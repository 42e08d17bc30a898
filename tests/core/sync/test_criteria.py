"""Which records criteria let through, and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.criteria import compile_criteria

NOW = datetime(2026, 1, 5, 12, 0, 0, 500_000, tzinfo=UTC)
GUID = "5f1b2c3d-0000-4000-8000-00000000000A"


def verdict(columns, row, field, operator, value=None, zone="UTC"):
    criteria = compile_criteria({"field": field, "operator": operator, "value": value}, columns, zone=zone)
    (key,) = criteria.columns
    return criteria.matches({key: row}, NOW)


@pytest.mark.parametrize(
    ("field", "row", "operator", "value", "ok"),
    [
        ("lastname", "BYRON", "equals", "byron", True),  # case doesn't count
        ("lastname", "O'Brien", "begins_with", "o'", True),
        ("lastname", "Byron", "ends_with", "RON", True),
        ("lastname", "50% off", "contains", "0%", True),
        ("lastname", "500 off", "contains", "0%", False),  # no wildcard
        ("lastname", None, "does_not_equal", "Byron", True),  # empty is not Byron
        ("lastname", None, "does_not_contain", "yr", True),
        ("lastname", None, "contains", "yr", False),
        ("lastname", "", "has_no_value", None, True),  # empty text and no text are one
        ("lastname", "byron", "is_any_of", ["Lovelace", "Byron"], True),
        ("leadsourcecode", 8, "equals", "web", True),  # an option by its label
        ("leadsourcecode", 8, "is_none_of", [6, 10], True),
        ("leadsourcecode", None, "is_none_of", [8], True),
        ("leadsourcecode", None, "is_any_of", [8], False),
        ("statecode", 0, "equals", 0, True),  # zero is a value
        ("statecode", 0, "has_value", None, True),
        ("ac_interests", "1,9", "contains_all_of", [9, 1], True),
        ("ac_interests", "1, 9", "contains_any_of", ["Golf", "Tea"], True),
        ("ac_interests", "19", "contains_any_of", [1, 9], False),  # 19 is neither 1 nor 9
        ("ac_interests", None, "contains_none_of", [1], True),
        ("numberofchildren", 2, "between", [2, 3], True),
        ("numberofchildren", 2, "less_than", 2, False),
        ("numberofchildren", 2, "at_most", 2, True),
        ("numberofchildren", 2, "greater_than", 2, False),
        ("numberofchildren", 2, "at_least", 2, True),
        ("numberofchildren", None, "less_than", 5, False),
        ("creditlimit", 0.1, "equals", 0.1, True),
        ("creditlimit", 1000.0, "at_least", 1000, True),
        ("donotemail", False, "is_no", None, True),
        ("donotemail", None, "is_no", None, False),  # not known isn't no
        ("donotemail", None, "has_no_value", None, True),
        ("parentcustomerid", GUID, "equals", GUID.lower(), True),
        ("ownerid", GUID.lower(), "equals_team", GUID, True),
        ("ownerid", None, "does_not_equal", GUID, True),
    ],
)
def test_condition_holds_as_people_mean_it(columns, field, row, operator, value, ok):
    assert verdict(columns, row, field, operator, value).ok is ok


@pytest.mark.parametrize(
    ("field", "row", "operator", "value", "ok"),
    [
        ("createdon", "2026-01-04T23:00:00Z", "on", "2026-01-05", True),  # midnight in Berlin
        ("createdon", "2026-01-05T23:00:00Z", "on", "2026-01-05", False),
        ("createdon", "2026-01-05T22:59:59Z", "on_or_before", "2026-01-05", True),
        ("createdon", "2026-01-05T23:00:00Z", "after", "2026-01-05", True),
        ("createdon", "2026-01-04T23:00:00Z", "before", "2026-01-05", False),
        ("createdon", "2026-01-04T23:00:00Z", "on_or_after", "2026-01-05", True),
        ("createdon", "2026-01-05T23:00:00Z", "on_or_before", "2026-01-05", False),
        ("createdon", "2026-01-05T22:59:59Z", "after", "2026-01-05", False),
        ("createdon", "2026-01-05T10:00:00Z", "after", "2026-01-05T10:00:00Z", False),
        ("createdon", "2026-01-05T10:00:00Z", "on_or_after", "2026-01-05T10:00:00Z", True),
        ("createdon", "2026-01-05T10:00:00Z", "before", "2026-01-05T11:00:00+01:00", False),
        ("createdon", "2026-01-05T10:00:00Z", "on_or_before", "2026-01-05T11:00:00+01:00", True),
        ("createdon", "2025-12-28T23:00:00Z", "in_last_days", 7, True),  # from midnight seven days ago
        ("createdon", "2025-12-28T22:59:59Z", "in_last_days", 7, False),
        ("createdon", "2026-01-05T12:00:00Z", "in_last_days", 7, True),  # until now
        ("createdon", "2026-01-05T12:00:01Z", "in_last_days", 7, False),
        ("createdon", "2026-01-12T22:59:59Z", "in_next_days", 7, True),
        ("lastonholdtime", "2026-01-05T23:30:00Z", "on", "2026-01-05", True),  # what the clock shows, everywhere
        ("lastonholdtime", "2026-01-05T12:59:00Z", "in_last_days", 1, True),  # it is 13:00 in Berlin
        ("birthdate", "2026-01-05", "on", "2026-01-05", True),
        ("birthdate", "2026-01-05", "after", "2026-01-05", False),
        ("birthdate", "2026-01-05", "in_last_days", 1, True),
        ("birthdate", "2026-01-05", "in_next_days", 1, True),
        ("birthdate", "1815-12-10", "between", ["1815-12-10", "1815-12-10"], True),
        ("birthdate", None, "before", "2026-01-05", False),
        ("birthdate", "no date", "before", "2026-01-05", False),
    ],
)
def test_days_are_those_of_the_configured_zone(columns, field, row, operator, value, ok):
    assert verdict(columns, row, field, operator, value, zone="Europe/Berlin").ok is ok


def test_without_criteria_every_record_is_in_scope(columns):
    criteria = compile_criteria(None, columns)
    assert (criteria.matches({}, NOW).ok, criteria.columns, criteria.to_filter(NOW)) == (True, (), "")


def test_reason_is_the_condition_that_decided(columns):
    tree = {
        "all": [
            {"field": "leadsourcecode", "operator": "equals", "value": 8},
            {"field": "createdon", "operator": "in_last_days", "value": 7},
        ]
    }
    criteria = compile_criteria(tree, columns)
    fresh = {"createdon": "2026-01-05T00:00:00Z"}
    assert criteria.matches({"leadsourcecode": 6, **fresh}, NOW).reason == "not met: Lead Source is Web"
    assert criteria.matches({"leadsourcecode": 8}, NOW).reason == "not met: Created On is in the last 7 days"


def test_reason_of_alternatives_is_the_one_that_held_or_all_of_them(columns):
    tree = {
        "any": [
            {"field": "leadsourcecode", "operator": "is_any_of", "value": ["Web", "Seminar"]},
            {"field": "lastname", "operator": "has_no_value"},
        ]
    }
    criteria = compile_criteria(tree, columns)
    assert criteria.matches({"leadsourcecode": 6}, NOW).reason == "Lead Source is any of Web, Seminar"
    unmet = "not met: Lead Source is any of Web, Seminar or Last Name has no value"
    assert criteria.matches({"lastname": "Byron"}, NOW).reason == unmet


def test_columns_are_the_names_to_select_each_once(columns):
    tree = {
        "all": [
            {"field": "ownerid", "operator": "has_value"},
            {"any": [{"field": "lastname", "operator": "has_value"}, {"field": "ownerid", "operator": "has_value"}]},
        ]
    }
    assert compile_criteria(tree, columns).columns == ("_ownerid_value", "lastname")
