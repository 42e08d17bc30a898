"""Bodies that bring canonical values into Dynamics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mapping.columns import Column, ColumnType
from mapping.compiled import Body, CompiledMapping, compile_mapping
from mapping.fields import Field

Compile = Callable[..., CompiledMapping]

CONTOSO = "7d5c1f2e-0000-4000-8000-000000000001"
EURO, DOLLAR = "0c110000-0000-4000-8000-000000000001", "0c110000-0000-4000-8000-000000000002"
KEY, BIND = "_transactioncurrencyid_value", "transactioncurrencyid@odata.bind"
BOTH = {"direction": "both", "defaults": {"lastname": "{{email}}"}}
OWN = (
    ("leadsourcecode", "LEAD_SOURCE"),
    ("new_interests", "INTERESTS"),
    ("creditonhold", "ON_HOLD"),
    ("lastusedincampaign", "BIRTHDAY"),
    ("numberofchildren", "CHILDREN"),
    ("description", "NOTES"),
    ("ownerid", "OWNER"),
)


@pytest.fixture
def mapping(compiled: Compile) -> CompiledMapping:
    return compiled(*OWN, said=BOTH, zone="Europe/Berlin")


def test_values_become_what_the_web_api_takes(mapping: CompiledMapping) -> None:
    values = {"firstName": "Ada", "LEAD_SOURCE": 2, "INTERESTS": [3, 1], "ON_HOLD": True, "CHILDREN": 3}
    assert mapping.dynamics_body({**values, "BIRTHDAY": "2026-07-06"}, {}) == Body(
        {
            "firstname": "Ada",
            "leadsourcecode": 2,
            "new_interests": "1,3",
            "creditonhold": True,
            "numberofchildren": 3,
            "lastusedincampaign": "2026-07-05T22:00:00Z",
        },
        (),
    )


def test_empty_value_clears_and_an_unticked_box_says_no(mapping: CompiledMapping) -> None:
    values = dict.fromkeys(("firstName", "INTERESTS", "BIRTHDAY", "ON_HOLD"))
    assert mapping.dynamics_body(values, {}).body == {
        "firstname": None,
        "new_interests": None,
        "lastusedincampaign": None,
        "creditonhold": False,
    }


def test_what_can_not_be_written_does_not_get_in(compiled: Compile, columns: dict[str, Column]) -> None:
    columns["jobtitle"] = replace(columns["jobtitle"], updatable=False)
    mapping = compiled(*OWN, said=BOTH)
    assert mapping.dynamics_body({"OWNER": "Ben King", "JOB_TITLE": "Analyst", "GONE": 1}, {}) == Body({}, ())


def test_value_that_no_longer_fits_is_left_out_with_a_warning(mapping: CompiledMapping) -> None:
    body = mapping.dynamics_body({"LEAD_SOURCE": 77, "firstName": "Ada"}, {})
    assert body.body == {"firstname": "Ada"}
    assert body.warnings == ("LEAD_SOURCE was left out: what ActiveCampaign holds is no option of leadsourcecode",)


def test_value_of_another_type_is_left_out_without_being_quoted(mapping: CompiledMapping) -> None:
    body = mapping.dynamics_body({"INTERESTS": 5}, {})
    assert body.warnings == ("INTERESTS was left out: what ActiveCampaign holds can't be written to Dynamics",)


@pytest.mark.parametrize(("length", "written"), [(16_000, True), (16_001, False)])
def test_text_that_was_cut_on_its_way_does_not_replace_the_whole(
    mapping: CompiledMapping, length: int, written: bool
) -> None:
    body = mapping.dynamics_body({"NOTES": "new"}, {"description": "x" * length})
    assert ("description" in body.body, len(body.warnings)) == (written, int(not written))


@pytest.mark.parametrize(
    ("behavior", "written"),
    [("date", "2026-03-29"), ("datetime", "2026-03-28T23:00:00Z"), ("datetime_floating", "2026-03-29T00:00:00Z")],
)
def test_day_becomes_what_its_column_means_by_a_day(
    compiled: Compile, columns: dict[str, Column], behavior: str, written: str
) -> None:
    columns["birthdate"] = Column("birthdate", "Birthday", ColumnType(behavior))
    mapping = compiled(("birthdate", "BIRTHDAY"), said=BOTH, zone="Europe/Berlin")
    assert mapping.dynamics_body({"BIRTHDAY": "2026-03-29"}, {}).body == {"birthdate": written}


def test_instant_is_written_in_utc(compiled: Compile, columns: dict[str, Column]) -> None:
    columns["new_seen"] = Column("new_seen", "Seen", ColumnType.DATETIME)
    mapping = compiled(("new_seen", "LAST_SEEN"), said=BOTH, zone="Europe/Berlin")
    held = mapping.theirs({}, {7: "2026-10-25T02:30:00+02:00"}).values["LAST_SEEN"]
    assert mapping.dynamics_body({"LAST_SEEN": held}, {}).body == {"new_seen": "2026-10-25T00:30:00Z"}


@pytest.fixture
def company(company_columns: dict[str, Column], company_fields: dict[str, Field]) -> CompiledMapping:
    company_columns["marketcap"] = Column("marketcap", "Market", ColumnType.MONEY, precision=2)
    company_fields["Market"] = replace(company_fields["Annual Revenue"], key="Market", id=21, currency="")
    settings = {"direction": "both", "fields": [{"dynamics": "marketcap", "activecampaign": "Market"}]}
    both = (company_columns, company_fields)
    return compile_mapping("account", settings, *both, version=1, zone="UTC", currencies={EURO: "EUR", DOLLAR: "usd"})


@pytest.mark.parametrize(
    ("row", "amount", "body"),
    [
        ({KEY: EURO}, "12.5 EUR", {"revenue": 12.5}),
        ({KEY: EURO}, "12", {"revenue": 12}),
        ({KEY: EURO}, "12.5 USD", {}),
        ({KEY: EURO}, None, {"revenue": None}),
        ({KEY: "another"}, "12.5 EUR", {}),
        ({}, "12.5 EUR", {}),
        ({KEY: None}, "12.5 EUR", {"revenue": 12.5, BIND: f"/transactioncurrencies({EURO})"}),
        ({KEY: None}, "12.5 GBP", {}),
        ({KEY: None}, "12.5", {"revenue": 12.5, BIND: f"/transactioncurrencies({DOLLAR})"}),
        (None, "12.5 EUR", {"revenue": 12.5, BIND: f"/transactioncurrencies({EURO})"}),
    ],
)
def test_amount_has_to_be_in_the_currency_of_its_record(
    company: CompiledMapping, row: Any, amount: Any, body: dict[str, Any]
) -> None:
    found = company.dynamics_body({"Annual Revenue": amount}, row)
    assert (found.body, len(found.warnings)) == (body, int(not body))


def test_first_amount_brings_the_currency_for_all(company: CompiledMapping) -> None:
    found = company.dynamics_body({"Market": "5 EUR", "Annual Revenue": "7 USD"}, {KEY: None})
    assert found.body == {"marketcap": 5, BIND: f"/transactioncurrencies({EURO})"}
    assert "another currency" in found.warnings[0]


def test_amount_of_no_currency_leaves_it_to_dynamics(company: CompiledMapping) -> None:
    assert company.create_body({"name": "Contoso Ltd", "Market": "5"}).body == {"name": "Contoso Ltd", "marketcap": 5}


def test_new_record_has_what_is_filled_and_what_has_a_default(mapping: CompiledMapping) -> None:
    values = {"email": "ada@example.com", "firstName": "Ada", "lastName": None, "ON_HOLD": None}
    assert mapping.create_body(values) == Body(
        {"emailaddress1": "ada@example.com", "firstname": "Ada", "creditonhold": False, "lastname": "ada@example.com"},
        (),
        (),
    )


def test_value_comes_before_the_default(mapping: CompiledMapping) -> None:
    body = mapping.create_body({"email": "ada@example.com", "lastName": "Byron"}).body
    assert body["lastname"] == "Byron"


def test_required_column_that_stays_empty_is_told(mapping: CompiledMapping) -> None:
    assert mapping.create_body({"firstName": "Ada"}).missing == ("lastname",)


def test_new_record_has_no_column_that_only_an_update_may_set(compiled: Compile, columns: dict[str, Column]) -> None:
    columns["jobtitle"] = replace(columns["jobtitle"], creatable=False)
    mapping = compiled(said=BOTH)
    assert "jobtitle" not in mapping.create_body({"JOB_TITLE": "Analyst"}).body
    assert "jobtitle" in mapping.dynamics_body({"JOB_TITLE": "Analyst"}, {}).body


@pytest.mark.parametrize(("account", "bound"), [(CONTOSO, f"/accounts({CONTOSO})"), (None, None)])
def test_contact_is_bound_to_an_account(mapping: CompiledMapping, account: str | None, bound: str | None) -> None:
    assert mapping.relation_bind(account) == {"parentcustomerid_account@odata.bind": bound}


def test_lead_is_bound_by_another_name(columns: dict[str, Column], fields: dict[str, Field]) -> None:
    columns["parentaccountid"] = Column("parentaccountid", "Account", ColumnType.LOOKUP, targets=("account",))
    mapping = compile_mapping("lead", {}, columns, fields, version=1, zone="UTC")
    assert mapping.relation_bind(CONTOSO) == {"parentaccountid@odata.bind": f"/accounts({CONTOSO})"}


def test_record_without_a_relation_is_bound_to_nothing(company: CompiledMapping) -> None:
    assert company.relation_bind(CONTOSO) == {}
