"""Criteria as $filter, spelled as Dataverse reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.criteria import compile_criteria

NOW = datetime(2026, 1, 5, 12, 0, 0, 500_000, tzinfo=UTC)
GUIDS = [f"5f1b2c3d-0000-4000-8000-00000000000{n}" for n in "12a"]


def rendered(columns, *condition, zone="UTC") -> str:
    field, operator, value = (*condition, None)[:3]
    return compile_criteria({"field": field, "operator": operator, "value": value}, columns, zone=zone).to_filter(NOW)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("lastname", "equals", "O'Bryan"), "lastname eq 'O''Bryan'"),
        (("lastname", "does_not_equal", "a"), "(lastname ne 'a' or lastname eq null)"),
        (("lastname", "equals", "5%"), "Microsoft.Dynamics.CRM.In(PropertyName='lastname',PropertyValues=[\"5%\"])"),
        (
            ("lastname", "does_not_equal", "a_b"),
            "(Microsoft.Dynamics.CRM.NotIn(PropertyName='lastname',PropertyValues=[\"a_b\"]) or lastname eq null)",
        ),
        (("lastname", "contains", "5%_[x"), "contains(lastname,'5[%][_][[]x')"),
        (("lastname", "does_not_contain", "a"), "(not contains(lastname,'a') or lastname eq null)"),
        (("lastname", "begins_with", "O'"), "startswith(lastname,'O''')"),
        (("lastname", "is_any_of", ["a"]), "Microsoft.Dynamics.CRM.In(PropertyName='lastname',PropertyValues=[\"a\"])"),
        (("lastname", "is_any_of", ["a'b", "c"]), "(lastname eq 'a''b' or lastname eq 'c')"),
        (
            ("leadsourcecode", "is_none_of", [8, 6]),
            "((leadsourcecode ne 8 and leadsourcecode ne 6) or leadsourcecode eq null)",
        ),
        (("creditlimit", "between", [0.5, 1000]), "(creditlimit ge 0.5 and creditlimit le 1000)"),
        (("donotemail", "is_no"), "donotemail eq false"),
        (("ownerid", "equals_team", GUIDS[2].upper()), f"_ownerid_value eq {GUIDS[2]}"),
        (("birthdate", "on", "2026-01-05"), "(birthdate ge 2026-01-05 and birthdate lt 2026-01-06)"),
        (("createdon", "in_last_days", 1), "(createdon ge 2026-01-04T00:00:00Z and createdon le 2026-01-05T12:00:00Z)"),
    ],
)
def test_filter_is_spelled_as_dataverse_reads_it(columns, condition, expected):
    assert rendered(columns, *condition) == expected


def test_multi_select_goes_through_the_query_functions(columns):
    contain = "Microsoft.Dynamics.CRM.ContainValues(PropertyName='ac_interests',PropertyValues="
    assert rendered(columns, "ac_interests", "contains_any_of", [1, 9]) == contain + '["1","9"])'
    assert rendered(columns, "ac_interests", "contains_all_of", [1, 9]) == f'({contain}["1"]) and {contain}["9"]))'


def test_day_begins_at_midnight_of_the_zone(columns):
    assert "createdon ge 2026-01-04T23:00:00Z" in rendered(
        columns, "createdon", "on", "2026-01-05", zone="Europe/Berlin"
    )
    assert "lastonholdtime ge 2026-01-05T00" in rendered(
        columns, "lastonholdtime", "on", "2026-01-05", zone="Asia/Tokyo"
    )
