"""Deliveries in every form: the contact's id is found, whatever else comes along."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cast import ADA_AT

from webhooks.body import contact_id

IDS = st.integers(1, 10**18 - 1)
FIELDS = st.lists(st.tuples(st.text().filter(lambda key: key.strip() != "contact[id]"), st.text()), max_size=8)
UPDATE = (
    b"type=update&date_time=2026-09-01T03:05:54-05:00&initiated_from=admin&list=0&contact[id]=4711"
    b"&contact[email]=ada%40example.com&contact[first_name]=Ada+M.&contact[tags]=%5BD365%3A+Lead%5D%2C+vip"
)


def test_the_published_example_is_understood() -> None:
    assert contact_id(UPDATE) == 4711


@given(IDS, FIELDS, FIELDS)
def test_the_id_is_found_among_any_other_fields(ac_id: int, before: list, after: list) -> None:
    body = urlencode([*before, ("contact[id]", ac_id), *after], errors="surrogatepass")
    assert contact_id(body.encode()) == ac_id


@given(FIELDS)
def test_without_the_field_there_is_no_id(fields: list) -> None:
    assert contact_id(urlencode(fields, errors="surrogatepass").encode()) is None


@given(st.binary(max_size=300))
def test_no_body_is_an_error(body: bytes) -> None:
    found = contact_id(body)
    assert found is None or found > 0


@given(IDS, st.binary(max_size=50).filter(lambda value: b"&" not in value))
def test_values_may_have_any_encoding(ac_id: int, value: bytes) -> None:
    assert contact_id(b"note=" + value + f"&contact%5Bid%5D={ac_id}".encode()) == ac_id


@pytest.mark.parametrize("body", [b"contact%5bid%5d=7", b"contact[id]=+7%20", b"contact[id]=007", b"&&contact[id]=7&"])
def test_spellings_of_the_id_are_tolerated(body: bytes) -> None:
    assert contact_id(body) == 7


def test_of_a_repeated_key_the_last_counts() -> None:
    assert contact_id(b"contact[id]=6&contact[id]=7") == 7


@pytest.mark.parametrize("value", ["", "0", "-7", "7.5", "0x7", "seven", "٧", "7" * 19, "1_0", "7,8", ADA_AT])
def test_what_is_no_positive_number_is_not_usable(value: str) -> None:
    assert contact_id(f"contact[id]={quote(value)}".encode()) is None


@pytest.mark.parametrize("body", [b"", b"contact[id]", b"contact=7", b"contact[id][]=7", b"account[id]=7", b"sent=1"])
def test_deliveries_without_a_contact_have_no_id(body: bytes) -> None:
    assert contact_id(body) is None


@pytest.mark.parametrize("value", [7, "7", " 7 "])
def test_json_is_understood_too(value: object) -> None:
    assert contact_id(b"\n" + json.dumps({"contact": {"id": value}, "type": "update"}).encode()) == 7


@pytest.mark.parametrize(
    "body",
    [
        b'{"contact": {"id": true}}',
        b'{"contact": {"id": 7.0}}',
        b'{"contact": 7}',
        b'{"contact": null}',
        b"{}",
        b"{",
        b'{"contact": {"id": 7}} and more',
        b'{"\xff": 1}',
        b'{"a":' * 100_000,
    ],
    ids=range(9),
)
def test_json_without_a_usable_id_has_none(body: bytes) -> None:
    assert contact_id(body) is None


def test_a_body_of_fields_without_end_is_given_up() -> None:
    assert contact_id(b"a&" * 100_000 + b"contact[id]=7") is None
