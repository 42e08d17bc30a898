"""Addresses and where links may lead."""

from __future__ import annotations

import pytest

from clients.urls import absolute, bare, query
from sync.errors import Stop

BASE = "https://contoso.crm4.dynamics.com"


def test_the_api_alias_of_an_environment_is_the_environment() -> None:
    link = "https://contoso.api.crm4.dynamics.com/api/data/v9.2/leads?$skiptoken=x"
    assert absolute(BASE, link) == link


@pytest.mark.parametrize(
    "link",
    [
        "https://contoso.crm4.dynamics.com.evil.example/x",
        "http://contoso.crm4.dynamics.com/x",
        "https://contoso.crm4.dynamics.com:8443/x",
        "https://contoso.crm4.dynamics.com@evil.example/x",
        "https://fabrikam.api.crm4.dynamics.com/x",
    ],
)
def test_lookalikes_are_refused(link: str) -> None:
    with pytest.raises(Stop):
        absolute(BASE, link)


def test_the_default_port_may_be_written_out() -> None:
    assert absolute(BASE, f"{BASE}:443/x")


def test_entries_without_a_value_are_left_out() -> None:
    assert query({"a": None, "b": 0}) == "b=0"


def test_brackets_blanks_and_plus_signs_are_encoded() -> None:
    assert query({"filters[updated_after]": "2026-09-01T06:00:00+02:00"}) == (
        "filters%5Bupdated_after%5D=2026-09-01T06:00:00%2B02:00"
    )
    assert query({"search": "a b"}) == "search=a%20b"


def test_parameters_join_a_link_that_has_some() -> None:
    assert absolute(BASE, "x?a=1", {"b": 2}) == f"{BASE}/x?a=1&b=2"


def test_messages_see_the_path_alone() -> None:
    assert bare(f"{BASE}/x?$filter=emailaddress1 eq 'ada@contoso.example'") == "/x"
