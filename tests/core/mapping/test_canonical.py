"""From a row's JSON to canonical values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from mapping import canonical
from mapping.labels import Labels
from mapping.text import clean, zone_of

AUCKLAND = zone_of("Pacific/Auckland")
SAMOA = zone_of("Pacific/Pago_Pago")
SOURCES = Labels({1: "Advertisement", 8: "Web"}, {3: "ActiveCampaign has no option 'Fair'"})


@pytest.mark.parametrize(
    ("form", "given_", "expected"),
    [
        (canonical.Text(), "Cafe\u0301 \r\n\t", "Caf\u00e9"),
        (canonical.Text(), "a\r\nb\rc", "a\nb\nc"),
        (canonical.Text(), "nul\x00 and \ud800", "nul and \ufffd"),
        (canonical.Text(), "   ", None),
        (canonical.Address(), " Ada@Contoso.example ", "Ada@Contoso.example"),
        (canonical.Line(), "\n  \nfirst \r\nsecond", "first"),
        (canonical.Whole(), -5, -5),
        (canonical.Whole(), 5.0, 5),
        (canonical.Number(2), 12.50, "12.5"),
        (canonical.Number(2), 0.125, "0.12"),
        (canonical.Number(2), 0.135, "0.14"),
        (canonical.Number(2), -0.001, "0"),
        (canonical.Number(None), 1e21, "1000000000000000000000"),
        (canonical.Number(0), 100, "100"),
        (canonical.YesNo(Labels({1: "Yes", 0: "No"})), False, False),
        (canonical.Tick(Labels({1: "true"})), False, None),
        (canonical.Tick(Labels({1: "true"})), True, True),
        (canonical.Choice(SOURCES), 8, 8),
        (canonical.Choices(SOURCES), "8, 1", [1, 8]),
        (canonical.Choices(SOURCES), ",", None),
        (canonical.Instant(), "2026-01-05T10:11:12Z", "2026-01-05T10:11:12Z"),
        (canonical.Instant(), "2026-01-05T10:11:12.987+02:00", "2026-01-05T08:11:12Z"),
        (canonical.Instant(), "2026-01-05T10:11:12", "2026-01-05T10:11:12Z"),
        (canonical.Day(), "2026-01-05", "2026-01-05"),
        (canonical.DayOf(AUCKLAND), "2026-01-04T11:00:00Z", "2026-01-05"),
        (canonical.DayOf(SAMOA), "2026-01-05T10:59:59Z", "2026-01-04"),
    ],
)
def test_value_becomes_canonical(form: canonical.Form, given_: Any, expected: Any) -> None:
    assert form.deserialize(given_) == expected


@pytest.mark.parametrize(
    ("form", "given_", "words"),
    [
        (canonical.Text(), 5, "is not text"),
        (canonical.Whole(), True, "is not a whole number"),
        (canonical.Whole(), 5.5, "is not a whole number"),
        (canonical.Number(2), "12,5", "is not a number"),
        (canonical.Number(2), float("nan"), "is not a number"),
        (canonical.YesNo(Labels({1: "Yes"})), 1, "is neither yes nor no"),
        (canonical.YesNo(Labels({1: "Yes"})), False, "has no label"),
        (canonical.Choice(SOURCES), 3, "ActiveCampaign has no option 'Fair'"),
        (canonical.Choice(SOURCES), 99, "option 99 is not in the list of Dynamics"),
        (canonical.Choice(SOURCES), "8", "is not the number of an option"),
        (canonical.Choices(SOURCES), "8,3", "ActiveCampaign has no option 'Fair'"),
        (canonical.Choices(SOURCES), 8, "is not a list of options"),
        (canonical.Instant(), "2026-01-05", "is not a date and time"),
        (canonical.Instant(), "0001-01-01T00:00:00+14:00", "is beyond the calendar"),
        (canonical.DayOf(zone_of("America/New_York")), "0001-01-01T00:00:00Z", "is beyond the calendar"),
        (canonical.Day(), "2026-02-30", "is not a date"),
        (canonical.Day(), "2026-01-05T00:00:00Z", "is not a date"),
        (canonical.Name(), "7d5c1f2e", "came without the name of the record it points to"),
    ],
)
def test_unfit_value_is_refused_in_plain_words(form: canonical.Form, given_: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        form.deserialize(given_, "_ownerid_value", {})
    assert caught.value.messages == [words]


def test_lookup_is_its_name() -> None:
    row = {"_ownerid_value": "7d5c1f2e", f"_ownerid_value@{canonical.FORMATTED}": "Ada Byron "}
    assert canonical.Name().deserialize(row["_ownerid_value"], "_ownerid_value", row) == "Ada Byron"


@pytest.mark.parametrize(
    ("currencies", "row", "expected"),
    [
        ({"c1": "eur"}, {"_transactioncurrencyid_value": "c1"}, "12.35 EUR"),
        ({"c1": "eur"}, {"_transactioncurrencyid_value": None}, "12.35 USD"),
        (None, {"_transactioncurrencyid_value": "c1"}, "12.35 USD"),
    ],
)
def test_amount_carries_the_currency_of_its_record(currencies: Any, row: Any, expected: str) -> None:
    assert canonical.Money(currencies, "USD").deserialize(12.3456, "revenue", row) == expected


def test_amount_in_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValidationError, match="does not know"):
        canonical.Money({}, "USD").deserialize(1, "revenue", {"_transactioncurrencyid_value": "c9"})


def test_amount_without_any_currency_stands_alone() -> None:
    assert canonical.Money(None, "").deserialize(1.50, "revenue", {}) == "1.5"


@settings(deadline=None)
@given(st.text(st.characters()))
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.encode() and "\x00" not in once if once else True
