"""Scalars in all the shapes that have been seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.scalars import as_flag, as_int, as_moment, as_text, as_utc, row_of, rows_of, same_address, total_of

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@pytest.mark.parametrize(("value", "expected"), [("7", 7), (7, 7), ("7.0", 7), (True, 1), (None, 0), ("", 0), ("x", 0)])
def test_integers(value: object, expected: int) -> None:
    assert as_int(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(None, ""), (True, "1"), (False, "0"), (5, "5"), ("a", "a")])
def test_texts(value: object, expected: str) -> None:
    assert as_text(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("1", True), (1, True), (True, True), ("0", False), (None, False)])
def test_flags(value: object, expected: bool) -> None:
    assert as_flag(value) is expected


@pytest.mark.parametrize("value", [None, "", "0000-00-00", "0000-00-00 00:00:00", "2026-05-28 03:05:54", "soon"])
def test_what_is_no_moment_is_none(value: object) -> None:
    assert as_moment(value) is None


def test_moments_keep_their_offset() -> None:
    moment = as_moment("2026-05-28T03:05:54-05:00")
    assert moment is not None
    assert moment.isoformat() == "2026-05-28T03:05:54-05:00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-05-28T03:05:54-05:00", "2026-05-28T08:05:54Z"),
        ("2026-12-01T03:05:54-06:00", "2026-12-01T09:05:54Z"),
        ("2026-05-28T08:05:54Z", "2026-05-28T08:05:54Z"),
        ("0001-01-01T00:00:00+05:00", None),
        ("2026-05-28 03:05:54", None),
        ("0000-00-00", None),
        (None, None),
    ],
)
def test_moments_are_kept_as_utc(value: object, text: str | None) -> None:
    assert as_utc(value) == text


def test_totals_are_strings_or_numbers_or_absent() -> None:
    assert [total_of({"meta": {"total": "14"}}), total_of({"meta": {"total": 14}}), total_of({})] == [14, 14, None]


def test_addresses_are_compared_trimmed_and_without_case() -> None:
    assert same_address(" Ada@Contoso.example", "ada@contoso.example")


@given(ANYTHING)
def test_nothing_makes_the_readers_fail(value: object) -> None:
    assert isinstance(as_int(value), int)
    assert isinstance(as_text(value), str)
    assert isinstance(as_flag(value), bool)
    assert isinstance(rows_of(value, "x"), list)
    assert isinstance(row_of(value, "x"), dict)
    as_moment(value)
    as_utc(value)
    total_of(value)
