"""What must not get into messages, and what must stay legible in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.redaction import redact


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer eyJhbGciOi.eyJzdWIi.c2ln", "eyJhbGciOi"),
        ("token eyJhbGciOi.eyJzdWIi.c2ln refused", "eyJzdWIi"),
        ("Api-Token: 0123abcd9876", "0123abcd9876"),
        ("api_key=0123abcd&api_action=x", "0123abcd"),
        ('{"client_secret":"p4ss~word"}', "p4ss~word"),
        ("key 0f9c1d6f8a7b4e21b3c5d7e9f1a2b3c4d5e6f708", "0f9c1d6f8a7b"),
        ("ada.byron+x@contoso.example exists", "ada.byron"),
        ("bad@@x", "bad"),
        ("call +44 20 7946 0958 now", "7946"),
        ("call (020) 7946-0958", "7946"),
        ("GET /contacts?$filter=emailaddress1 eq 'ada'&$top=1", "ada"),
        ("%24filter=lastname%20eq%20'Byron'", "Byron"),
    ],
)
def test_hides(text: str, secret: str) -> None:
    assert secret not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "Entity 'lead' With Id = 2f1d6f8a-0000-4000-8000-0000000000a1 Does Not Exist.",
        "is missing prvReadLead privilege on OTC=4 for entity 'lead'",
        "2026-05-28T03:05:54-05:00",
        "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
        "0x80072322",
        "No Result found for Subscriber with id 4711",
        "***@contoso.example",
    ],
)
def test_keeps(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Cannot convert the literal 'Lovelace' to the expected type 'Edm.Int32'.",
        "Cannot convert the literal 'O'Lovelace' to the expected type 'Edm.Int32'.",
        r"Cannot convert the literal \u0027Lovelace\u0027 to the expected type",
        "<Id>2f1d6f8a</Id><DuplicateAttributes><name>Lovelace</name></DuplicateAttributes></DuplicateEntity>",
        "<DuplicateAttributes><name>Lovelace and no end",
        r"\u003cDuplicateAttributes\u003e\u003cname\u003eLovelace\u003c/name\u003e",
    ],
)
def test_values_that_dataverse_repeats_are_taken_out(text: str) -> None:
    assert "Lovelace" not in redact(text)


def test_cuts_to_an_excerpt() -> None:
    assert len(redact("word " * 1000)) == 500


@given(st.text(max_size=300))
def test_never_fails_and_is_stable(text: str) -> None:
    once = redact(text)
    assert len(redact(once)) <= 500


@given(st.from_regex(r"[a-z]{3,12}\.[a-z]{3,12}", fullmatch=True), st.text(max_size=20))
def test_no_local_part_survives(local: str, around: str) -> None:
    assert f"{local}@" not in redact(f"{around} {local}@contoso.example {around}")
