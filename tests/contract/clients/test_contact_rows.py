"""Rows of contacts: what is joined to them, and what is kept of them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from support.cast import ADA_AT

from clients.contact_rows import joined, state_of, trimmed, whole

CONTACT = {"id": "7", "email": ADA_AT, "firstName": "Ada", "udate": "2026-09-02T10:11:12-05:00", "links": {}, "ip": "0"}
VALUE = {"contact": "7", "field": "5", "value": "Premium", "udate": "2026-09-02T10:11:12-05:00"}
STATE = {"contact": 7, "list": "8", "status": "2", "sdate": "2026-01-01T00:00:00-06:00", "udate": None}
IDS = st.integers(1, 10**9)
MOMENTS = st.just("2026-09-02T15:11:12Z")


def _row(**related: object) -> dict[str, object]:
    empty: dict[str, object] = {"fieldValues": [], "contactTags": [], "contactLists": []}
    return joined([CONTACT], {**empty, **related})[0]  # type: ignore[arg-type]


def test_values_tags_and_lists_hang_on_their_contact() -> None:
    row = _row(fieldValues=[VALUE], contactTags=[{"contact": "7", "tag": "12"}], contactLists=[STATE])
    assert (row["field_values"], row["field_dates"]) == ({5: "Premium"}, {5: "2026-09-02T15:11:12Z"})
    assert (row["tag_ids"], row["list_states"]) == ([12], {8: (2, "2026-01-01T06:00:00Z")})


def test_what_belongs_to_somebody_else_is_left_out() -> None:
    assert _row(fieldValues=[{**VALUE, "contact": "9"}])["field_values"] == {}


def test_a_value_that_never_changed_has_the_date_it_was_made() -> None:
    row = _row(fieldValues=[{**VALUE, "udate": None, "cdate": "2026-01-01T00:00:00-06:00"}])
    assert row["field_dates"] == {5: "2026-01-01T06:00:00Z"}


def test_a_value_without_any_date_has_none() -> None:
    assert _row(fieldValues=[{**VALUE, "udate": None}])["field_dates"] == {}


def test_the_later_of_two_dates_is_when_somebody_came_or_went() -> None:
    again = {"status": "1", "sdate": "2026-05-01T00:00:00-05:00", "udate": "2026-03-01T00:00:00-06:00"}
    assert state_of(again) == (1, "2026-05-01T05:00:00Z")
    assert state_of({"status": 3}) == (3, None)


def test_what_is_kept_is_what_the_sync_reads() -> None:
    kept = trimmed(_row(contactLists=[STATE]))
    assert kept["udate"] == "2026-09-02T15:11:12Z"
    assert kept["list_states"] == {"8": [2, "2026-01-01T06:00:00Z"]}
    assert not {"links", "ip"} & kept.keys()


@given(
    st.dictionaries(IDS, st.text()),
    st.dictionaries(IDS, MOMENTS),
    st.lists(IDS),
    st.dictionaries(IDS, st.tuples(st.integers(0, 3), st.none() | MOMENTS)),
)
def test_a_row_survives_being_filed(values, dates, tags, states) -> None:
    row = {**_row(), "field_values": values, "field_dates": dates, "tag_ids": tags, "list_states": states}
    back = whole(json.loads(json.dumps(trimmed(row))))
    kept = ("id", "email", "firstName", "field_values", "field_dates", "tag_ids", "list_states")
    assert {key: back[key] for key in kept} == {key: row[key] for key in kept}
    assert trimmed(back) == trimmed(row)
