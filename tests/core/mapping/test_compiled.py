"""A compiled mapping at work on Ada."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mapping.canonical import FORMATTED, LOOKUP_TABLE
from mapping.columns import Column, ColumnType
from mapping.compiled import CompiledMapping, compile_mapping
from mapping.fields import Field

Compile = Callable[..., CompiledMapping]
Row = dict[str, Any]

CONTOSO = "7d5c1f2e-0000-4000-8000-000000000001"
EURO = "0c110000-0000-4000-8000-000000000001"
TWO = (("leadsourcecode", "LEAD_SOURCE"), ("new_interests", "INTERESTS"))


def test_row_is_read_into_canonical_values(compiled: Compile, ada: Row) -> None:
    values = compiled(*TWO).read(ada).values
    assert values == {
        "email": "Ada@Contoso.example",
        "firstName": "Ada",
        "lastName": "Byron",
        "phone": "+44 20 7946 0958",
        "JOB_TITLE": "Analyst",
        "LEAD_SOURCE": 2,
        "INTERESTS": [1, 2],
    }


def test_address_is_trimmed_lower_case_and_the_account_an_id(compiled: Compile, ada: Row) -> None:
    mapped = compiled().read(ada)
    assert (mapped.address, mapped.account_id) == ("ada@contoso.example", CONTOSO)


@pytest.mark.parametrize("address", [None, "", "  "])
def test_record_without_address_has_none(compiled: Compile, ada: Row, address: str | None) -> None:
    assert compiled().read({**ada, "emailaddress1": address}).address is None


def test_parent_that_is_a_person_is_no_account(compiled: Compile, ada: Row) -> None:
    mapping = compiled()
    assert LOOKUP_TABLE in mapping.annotations
    assert mapping.read({**ada, f"_parentcustomerid_value@{LOOKUP_TABLE}": "contact"}).account_id is None


@pytest.mark.parametrize("nothing", [None, ""])
def test_empty_value_is_none_and_absent_one_is_not_known(compiled: Compile, ada: Row, nothing: str | None) -> None:
    values = compiled().read({"emailaddress1": "ada@contoso.example", "jobtitle": nothing}).values
    assert values == {"email": "ada@contoso.example", "JOB_TITLE": None}


def test_unconvertible_value_leaves_out_one_field_with_a_warning(compiled: Compile, ada: Row) -> None:
    mapped = compiled(*TWO).read({**ada, "leadsourcecode": 77})
    assert "LEAD_SOURCE" not in mapped.values
    assert mapped.values["JOB_TITLE"] == "Analyst"
    assert mapped.warnings == (
        "LEAD_SOURCE was left out: Lead Source (leadsourcecode): option 77 is not in the list of Dynamics",
    )


def test_long_text_is_cut_with_a_warning(compiled: Compile, ada: Row) -> None:
    mapped = compiled().read({**ada, "jobtitle": "x" * 254 + " y"})
    assert mapped.values["JOB_TITLE"] == "x" * 254
    assert mapped.warnings == ("JOB_TITLE was cut: Jobtitle (jobtitle) is longer than 255 characters",)


def test_long_note_keeps_16000_characters(compiled: Compile, ada: Row) -> None:
    mapped = compiled(("description", "NOTES")).read({**ada, "description": "x" * 16_001})
    assert len(mapped.values["NOTES"]) == 16_000


def test_hidden_value_of_a_secured_column_does_not_read_as_empty(compiled: Compile, ada: Row) -> None:
    mapping = compiled(("annualincome", "OWNER"))
    assert "OWNER" not in mapping.read({**ada, "annualincome": None}).values
    assert "secured" in mapping.notes[0]


def test_owner_travels_as_a_name(compiled: Compile, ada: Row) -> None:
    mapping = compiled(("ownerid", "OWNER"))
    row = {**ada, "_ownerid_value": "u1", f"_ownerid_value@{FORMATTED}": "Ben King"}
    assert mapping.needs_annotations
    assert "_ownerid_value" in mapping.select
    assert mapping.read(row).values["OWNER"] == "Ben King"


def test_date_follows_the_configured_zone(compiled: Compile, ada: Row) -> None:
    row = {**ada, "lastusedincampaign": "2026-01-04T11:00:00Z"}
    mapping = compiled(("lastusedincampaign", "BIRTHDAY"), zone="Pacific/Auckland")
    assert mapping.read(row).values["BIRTHDAY"] == "2026-01-05"


def test_time_without_zone_keeps_the_date_it_shows(compiled: Compile, ada: Row, columns: dict[str, Column]) -> None:
    columns["new_fair"] = Column("new_fair", "Fair", ColumnType.DATETIME_FLOATING)
    mapping = compiled(("new_fair", "BIRTHDAY"), zone="Pacific/Auckland")
    assert mapping.read({**ada, "new_fair": "2026-01-04T23:00:00Z"}).values["BIRTHDAY"] == "2026-01-04"


def test_select_names_what_the_sync_looks_at_and_each_column_once(compiled: Compile) -> None:
    select = compiled(extra=("ownerid", "jobtitle", "address2_city")).select
    assert select[:4] == ("contactid", "emailaddress1", "_parentcustomerid_value", "_originatingleadid_value")
    wanted = {"statecode", "statuscode", "modifiedon", "donotbulkemail", "merged", "_masterid_value"}
    assert wanted <= set(select)
    assert {"_ownerid_value", "address2_city"} <= set(select)
    assert "donotemail" not in select
    assert len(select) == len(set(select))


def test_currency_is_selected_only_with_an_amount(compiled: Compile) -> None:
    assert "_transactioncurrencyid_value" not in compiled().select
    assert "_transactioncurrencyid_value" in compiled(("annualincome", "OWNER")).select


def test_contact_body_writes_and_clears(compiled: Compile) -> None:
    values = {"email": "ada@contoso.example", "phone": None, "INTERESTS": [2, 1], "GONE": "x"}
    assert compiled(*TWO).contact_body(values) == {
        "email": "ada@contoso.example",
        "phone": "",
        "fieldValues": [{"field": "5", "value": "||Engines||Poetry||"}],
    }


def test_bulk_row_has_other_names_and_no_empty_values(compiled: Compile, ada: Row) -> None:
    mapping = compiled(*TWO)
    row = mapping.bulk_row({**mapping.read(ada).values, "phone": None, "INTERESTS": None})
    assert row == {
        "email": "Ada@Contoso.example",
        "first_name": "Ada",
        "last_name": "Byron",
        "fields": [{"id": 1, "value": "Analyst"}, {"id": 4, "value": "Web"}],
    }


def test_unticked_box_is_cleared_whatever_the_setting(compiled: Compile, ada: Row) -> None:
    mapping = compiled({"dynamics": "creditonhold", "activecampaign": "ON_HOLD", "on_empty": "keep"})
    assert mapping.read({**ada, "creditonhold": False}).values["ON_HOLD"] is None
    assert mapping.on_empty["ON_HOLD"] == "mirror"


def test_what_was_delivered_reads_back_without_difference(compiled: Compile, ada: Row) -> None:
    mapping = compiled(*TWO)
    ours = mapping.read(ada).values
    body = mapping.contact_body(ours)
    stored = {int(value["field"]): value["value"] for value in body["fieldValues"]}
    assert mapping.differences(ours, mapping.read_contact(body, stored)) == []


def test_schema_reads_what_read_reads(compiled: Compile, ada: Row) -> None:
    mapping = compiled(*TWO)
    raw = {pair.field.key: ada[pair.column.row_key] for pair in mapping.pairs if pair.column.row_key in ada}
    assert mapping.schema.load(raw) == mapping.read(ada).values


@pytest.fixture
def company(company_columns: dict[str, Column], company_fields: dict[str, Field]) -> CompiledMapping:
    settings = {"fields": [{"dynamics": "new_markets", "activecampaign": "Markets"}]}
    both = (company_columns, company_fields)
    return compile_mapping("account", settings, *both, version=1, zone="UTC", currencies={EURO: "EUR"})


CONTOSO_ROW: Row = {
    "name": "Contoso Ltd",
    "websiteurl": None,
    "numberofemployees": 500,
    "revenue": 1234.5,
    "_transactioncurrencyid_value": EURO,
    "new_markets": "2,1",
}


def test_account_body_has_numbers_cents_and_lists(company: CompiledMapping) -> None:
    mapped = company.read(CONTOSO_ROW)
    assert (mapped.address, mapped.account_id, mapped.warnings) == (None, None, ())
    assert company.account_body(mapped.values) == {
        "name": "Contoso Ltd",
        "accountUrl": "",
        "fields": [
            {"customFieldId": 9, "fieldValue": "500"},
            {"customFieldId": 20, "fieldValue": 123450, "fieldCurrency": "EUR"},
            {"customFieldId": 11, "fieldValue": ["EMEA", "APAC"]},
        ],
    }


@pytest.mark.parametrize(
    ("stored", "different"),
    [
        (123450, []),
        ("123450", []),
        ({"fieldValue": 123450, "fieldCurrency": "eur"}, []),
        ({"fieldValue": 123450, "fieldCurrency": "usd"}, ["Annual Revenue"]),
        (123451, ["Annual Revenue"]),
    ],
)
def test_amount_is_compared_with_its_currency_where_it_is_known(
    company: CompiledMapping, stored: Any, different: list[str]
) -> None:
    ours = company.read(CONTOSO_ROW).values
    values = {9: "500", 20: stored, 11: ["APAC", "EMEA"]}
    theirs = company.read_account({"name": "Contoso Ltd", "accountUrl": ""}, values)
    assert company.differences(ours, theirs) == different


def test_amount_can_be_cleared(company: CompiledMapping) -> None:
    assert company.account_body({"Annual Revenue": None}) == {"fields": [{"customFieldId": 20, "fieldValue": ""}]}
