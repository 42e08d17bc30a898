"""Generated records: the same for the same seed, plausible, and untidy in every way that hurts."""

from __future__ import annotations

import itertools
import re
import tracemalloc
import unicodedata
from collections import Counter, defaultdict
from typing import Any

import pytest

from simulators.data import columns
from simulators.data.generate import records

COUNTS = {"accounts": 400, "contacts": 900, "leads": 500, "opportunities": 200}
TABLES = ("account", "contact", "lead", "opportunity")


@pytest.fixture(scope="module")
def rows() -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for table, row in records(7, **COUNTS):
        found[table].append(row)
    return found


@pytest.fixture(scope="module")
def addresses(rows) -> dict[str, list[str | None]]:
    return {table: [row["emailaddress1"] for row in rows[table]] for table in ("contact", "lead")}


def test_same_seed_gives_the_same_records():
    assert list(records(3, **COUNTS)) == list(records(3, **COUNTS))


def test_another_seed_gives_other_people():
    first, other = (next(records(seed, contacts=1))[1] for seed in (1, 2))
    assert first["contactid"] != other["contactid"]


def test_more_contacts_do_not_change_the_first_ones():
    few, many = (list(records(5, contacts=count)) for count in (20, 40))
    assert many[:20] == few


def test_every_record_has_an_id_of_its_own(rows):
    ids = [row[f"{table}id"] for table in TABLES for row in rows[table]]
    assert len(set(ids)) == sum(COUNTS.values())


def test_ids_are_guids(rows):
    guid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(guid.fullmatch(row[f"{table}id"]) for table in TABLES for row in rows[table])


def test_tables_come_in_the_order_in_which_they_point_at_each_other():
    assert [table for table, _ in itertools.groupby(table for table, _ in records(1, **COUNTS))] == list(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_option_of_every_choice_occurs(rows, table):
    for column, values in columns.CHOICES[table].items():
        assert {row.get(column) for row in rows[table]} == {None, *values}, column


@pytest.mark.parametrize("table", TABLES)
def test_every_state_occurs_and_no_other(rows, table):
    assert {(row["statecode"], row["statuscode"]) for row in rows[table]} == set(columns.STATES[table])


@pytest.mark.parametrize("table", TABLES)
def test_texts_reach_the_limits_of_their_columns_and_never_pass_them(rows, table):
    limits = {name: length for name, length in columns.LENGTHS[table].items() if name != "emailaddress1"}
    assert {name: max(len(row.get(name) or "") for row in rows[table]) for name in limits} == limits


@pytest.mark.parametrize(
    ("table", "column"), [("lead", "subject"), ("opportunity", "name"), ("contact", "description")]
)
def test_some_texts_are_longer_than_activecampaign_takes(rows, table, column):
    assert max(len(row.get(column) or "") for row in rows[table]) > 255


@pytest.mark.parametrize(
    ("table", "column"), [("account", "name"), ("contact", "lastname"), ("lead", "lastname"), ("lead", "subject")]
)
def test_what_dynamics_asks_for_is_never_missing(rows, table, column):
    assert all(row.get(column) for row in rows[table])


def test_two_contacts_share_an_address(addresses):
    assert max(Counter(addresses["contact"][:40]).values()) > 1


def test_addresses_differ_in_case_only_now_and_then(addresses):
    found = {address for address in addresses["contact"] if address}
    assert any(address.isupper() and address.lower() in found for address in found)


def test_leads_share_addresses_with_contacts(addresses):
    shared = set(addresses["lead"]) & set(addresses["contact"]) - {None}
    assert len(shared) > COUNTS["leads"] / 20


def test_qualified_leads_know_their_contact(rows):
    people = {row["contactid"]: row for row in rows["contact"]}
    qualified = [row for row in rows["lead"] if row.get("_parentcontactid_value")]
    assert qualified
    assert all(row["statecode"] == 1 and row["_parentcontactid_value"] in people for row in qualified)


@pytest.mark.parametrize("table", ["contact", "lead"])
def test_some_people_have_no_address(addresses, table):
    assert None in addresses[table]


@pytest.mark.parametrize("looks", [r".*\+.*@.*", r"[^@]*", r".*@@.*", r" .* ", r".{100}", r"[A-Z].*@[A-Z].*"])
def test_addresses_are_untidy(addresses, looks):
    assert any(re.fullmatch(looks, address) for address in addresses["contact"] if address)


def test_addresses_are_as_long_as_dynamics_takes_them_at_most(addresses):
    assert {max(len(address or "") for address in found) for found in addresses.values()} == {100}


def test_addresses_lie_in_example_domains(addresses):
    domains = [
        domain
        for found in addresses.values()
        for address in found
        for domain in re.findall(r"@([\w.]+)", address or "")
    ]
    assert domains
    assert {domain.lower().rpartition(".")[2] for domain in domains} == {"example"}


@pytest.mark.parametrize("script", ["ARABIC", "HEBREW", "CJK", "HANGUL", "CYRILLIC", "GREEK", "THAI"])
def test_names_come_in_many_scripts(rows, script):
    assert any(unicodedata.name(row["fullname"][0], "").startswith(script) for row in rows["contact"])


@pytest.mark.parametrize("part", ["'", "’", "🎉", "<i>&", "  ", "\u200b"])
def test_names_hold_difficult_characters(rows, part):
    assert all(any(part in row["fullname"] for row in rows[table]) for table in ("contact", "lead"))


@pytest.mark.parametrize("part", ["\n", "\r\n", "\t", "<script>", "🚀", "||"])
def test_descriptions_hold_line_breaks_and_markup(rows, part):
    assert any(part in (row.get("description") or "") for row in rows["contact"])


def test_two_accounts_have_one_name(rows):
    assert max(Counter(row["name"] for row in rows["account"]).values()) > 1


@pytest.mark.parametrize(
    ("table", "column", "to"),
    [
        ("account", "_parentaccountid_value", "account"),
        ("lead", "_parentaccountid_value", "account"),
        ("opportunity", "_parentaccountid_value", "account"),
        ("opportunity", "_parentcontactid_value", "contact"),
    ],
)
def test_lookups_point_at_records_that_exist(rows, table, column, to):
    known = {row[f"{to}id"] for row in rows[to]}
    assert {row[column] for row in rows[table] if row.get(column)} <= known


@pytest.mark.parametrize(("table", "column"), [("contact", "parentcustomerid"), ("opportunity", "customerid")])
def test_customers_are_accounts_and_contacts(rows, table, column):
    known = {kind: {row[f"{kind}id"] for row in rows[kind]} for kind in ("account", "contact")}
    pointing = [row for row in rows[table] if row.get(f"_{column}_value")]
    assert {row[f"{column}_type"] for row in pointing} == set(known)
    assert all(row[f"_{column}_value"] in known[row[f"{column}_type"]] for row in pointing)


def test_without_accounts_nobody_points_at_one():
    assert not any("_parentcustomerid_value" in row for _, row in records(1, contacts=90))


def test_money_has_up_to_four_decimals(rows):
    amounts = [row["revenue"] for row in rows["account"]]
    assert all(amount == round(amount, 4) >= 0 for amount in amounts)
    assert any(amount != round(amount, 3) for amount in amounts)


@pytest.mark.parametrize("moment", ["2024-03-31T01:00:00Z", "2024-10-27T00:30:00Z", "2024-11-03T06:30:00Z"])
def test_moments_lie_around_changes_of_the_clocks(rows, moment):
    assert any(row["createdon"] == moment for table in TABLES for row in rows[table])


def test_nothing_is_modified_before_it_is_created(rows):
    assert all(row["createdon"] <= row["modifiedon"] < "2026" for table in TABLES for row in rows[table])


@pytest.mark.parametrize("column", ["donotbulkemail", "donotemail"])
def test_some_people_opted_out(rows, column):
    assert {row[column] for row in rows["contact"]} == {True, False}


def test_closed_opportunities_tell_when_and_for_how_much(rows):
    closed = [row for row in rows["opportunity"] if row["statecode"]]
    assert closed
    assert all(row["actualclosedate"] and row["actualvalue"] >= 0 for row in closed)


def test_records_are_made_one_at_a_time():
    tracemalloc.start()
    try:
        for _ in itertools.islice(records(1, accounts=1_000_000, contacts=1_000_000), 5_000):
            pass
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
